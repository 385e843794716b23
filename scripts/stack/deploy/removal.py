"""How to get rid of all that a deployment made: lines to run, in an order in which each still works."""

from __future__ import annotations

from lookout.deployment import INSTANCES, REGION, SECRETS

FUNCTIONS = " ".join(sorted(INSTANCES))
DESTROY = "npx firebase functions:secrets:destroy {} --project {{project}} --force"

STEPS = (
    ("the site is off the net", "npx firebase hosting:disable --project {project} --force"),
    ("no function runs, and nothing is made anew",
     f"npx firebase functions:delete {FUNCTIONS} --region {REGION} --project {{project}} --force"),
    ("photos, frames and snapshots are deleted, for good where the bucket's soft delete is off",
     "gcloud storage rm --recursive 'gs://{bucket}/**' --project {project}"),
    ("people, vectors, alerts, cameras and all other documents are deleted",
     "npx firebase firestore:databases:delete '(default)' --project {project} --force"),
    ("passwords and webhooks are deleted",
     "; ".join(DESTROY.format(name) for name in SECRETS)),
    ("the functions' built images are deleted, which would cost a little every month",
     f"gcloud artifacts repositories delete gcf-artifacts --location {REGION} --project {{project}}"),
    ("accounts are deleted", "https://console.firebase.google.com/project/{project}/authentication/users"),
    ("metrics and alert policies are deleted, which cost nothing",
     "https://console.cloud.google.com/monitoring/alerting/policies?project={project}"),
    ("instead of all of this: the whole project is deleted, and kept by Google for 30 days",
     "gcloud projects delete {project}"),
    ("the budget is deleted, which belongs to the billing account",
     "https://console.cloud.google.com/billing/budgets"),
)  # fmt: skip
"""What is so afterwards, and the line that does it."""


def plan(project: str) -> list[str]:
    """The lines to print."""
    bucket = f"{project}.firebasestorage.app"
    return [
        line
        for says, does in STEPS
        for line in (f"# {says}", does.format(project=project, bucket=bucket), "")
    ]
