"""All steps of deploying, in their order."""

from __future__ import annotations

from lookout.deployment import REGION, SECRETS
from stack.deploy import cloud, here, owner, rollout, smoke, watching
from stack.deploy.steps import Step
from stack.install.account.sign_in import COMMAND

CONSOLE = "https://console.firebase.google.com/project/{project}"
CLOUD = "https://console.cloud.google.com"
MOVE = (
    f"it cannot be moved: take a new project, or change {REGION} in lookout/deployment.py and firebase.json"
)
OTHER_MODEL = (
    "scripts/models installs the other one; or scripts/deploy {project} --new-model, "
    "then scripts/reenrol --project {project}"
)

SIGNED_IN = "somebody is signed in to the Firebase CLI; FIREBASE_TOKEN does too"

HERE = (
    Step(
        "tools",
        "Node and the Firebase CLI of this checkout; the CLI is installed",
        "install Node 20",
        here.tools,
        True,
    ),
    Step(
        "python",
        "the Python that the CLI calls by name; it is linked into .venv",
        "rm -r .venv; scripts/lint",
        here.python,
    ),
    Step("npm", "npm, which builds the dashboard", "install npm", here.npm),
    Step(
        "functions",
        f"the functions and the site's rewrites are in one region, {REGION}",
        "mend firebase.json",
        here.functions,
    ),
    Step("weights", "the networks are there, byte by byte", "scripts/models", here.weights),
    Step(
        "indexes",
        "indexes and times to live are complete",
        "git checkout firestore.indexes.json",
        here.indexes,
    ),
    Step(
        "settings",
        "functions/*/.env has no secret and no name that Firebase refuses",
        "npx firebase functions:secrets:set <NAME> --project {project}",
        here.settings,
    ),
)
"""What is looked at before Google is asked."""

THERE = (
    Step(
        "project",
        "the Firebase project exists",
        "npx firebase projects:create {project}",
        cloud.project,
        True,
    ),
    Step(
        "billing", "a billing account is linked (the Blaze plan)", f"{CONSOLE}/usage/details", cloud.billing
    ),
    Step(
        "apis",
        f"{len(cloud.APIS)} APIs are on; those that are not are switched on",
        f"{CLOUD}/apis/library?project={{project}}",
        cloud.apis,
    ),
    Step(
        "sign-in",
        "people sign in by e-mail and password; it is switched on",
        f"{CONSOLE}/authentication",
        cloud.sign_in,
    ),
    Step("database", f"Firestore is in {REGION}; deploying makes it there", MOVE, cloud.database),
    Step("bucket", f"the bucket is in {REGION}; it is made there", MOVE, cloud.bucket),
    Step(
        "soft-del",
        "the bucket forgets what is deleted; its soft delete is switched off",
        f"{CLOUD}/storage/browser?project={{project}}",
        cloud.soft_delete,
    ),
    Step(
        "role",
        f"Storage has {cloud.CROSS_SERVICE}; it is granted",
        f"{CLOUD}/iam-admin/iam?project={{project}}",
        cloud.cross_service,
    ),
    Step(
        "secrets",
        f"{', '.join(SECRETS)} exist; those that nobody set are stored as not set",
        "npx firebase functions:secrets:set <NAME> --project {project}",
        cloud.secrets,
    ),
    Step("rules", "the rules of Firestore and Storage compile", "scripts/test tests/rules", cloud.rules),
    Step("model", "people are enrolled with the network that is deployed", OTHER_MODEL, cloud.enrolled_model),
    Step("hosting", "where the site will be", f"{CONSOLE}/hosting", cloud.hosting),
    Step(
        "budget",
        "somebody is told when it costs more than expected",
        "scripts/deploy {project} --budget <AMOUNT>",
        cloud.budget,
        advice=True,
    ),
)
"""What is looked at in the project, and put right there."""

DEPLOY = (
    Step(
        "deploy",
        "firebase deploy --force --non-interactive, again where new permissions do not hold yet",
        "scripts/deploy {project}",
        rollout.firebase_deploy,
        True,
    ),
    Step("pictures", "the bucket's CORS and lifecycle rules", "scripts/deploy {project}", cloud.bucket_rules),
    Step(
        "owner",
        "somebody is an owner; --owner makes an address one",
        "scripts/deploy {project} --owner <you@example.com>",
        owner.first_owner,
    ),
    Step(
        "watching",
        "metrics of the log, and policies that write to --owner",
        "scripts/deploy {project} --owner <you@example.com>",
        watching.watching,
        advice=True,
    ),
    Step(
        "smoke",
        "a camera for a minute posts a frame, its alert is seen, both are removed",
        "npx firebase functions:log --project {project} --only detect",
        smoke.smoke_test,
    ),
)
"""What is done."""

LEFT_OUT = (
    f"{'app check':10} is not switched on: it would lock agents out (docs/decisions/0076-no-app-check.md)"
)
"""What the plan says of what one might expect here."""

SIGN_IN = Step("account", SIGNED_IN, COMMAND, lambda site: "signed in", True)
"""For the plan; the token itself is fetched before there is anybody who asks."""
