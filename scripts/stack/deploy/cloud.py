"""What is looked at in the Firebase project, and put right there where that takes nothing back."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from lookout.deployment import REGION, SECRETS
from stack.deploy.google import Json, Refused
from stack.deploy.here import model_id
from stack.deploy.steps import Site, Unready

APIS = (
    "artifactregistry", "cloudbilling", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "cloudscheduler",
    "eventarc", "firebase", "firebasehosting", "firebaserules", "firebasestorage", "firestore", "identitytoolkit",
    "logging", "monitoring", "pubsub", "run", "secretmanager", "serviceusage", "storage",
)  # fmt: skip

NOT_SET = " "
"""What a secret holds that nobody uses: a setting of blanks is one that is not set."""

CROSS_SERVICE = "roles/firebaserules.firestoreServiceAgent"


def project(site: Site) -> str:
    """The project, which has to exist."""
    found = site.google.find("firebase", f"/v1beta1/projects/{site.project}")
    if found is None:
        raise Unready(f"there is no Firebase project {site.project} that you may see")
    site.number = str(found["projectNumber"])
    return f"{site.project}, number {site.number}"


def billing(site: Site) -> str:
    """The Blaze plan: a billing account."""
    told = site.google.get("billing", f"/v1/projects/{site.project}/billingInfo")
    if not told.get("billingEnabled"):
        raise Unready("no billing account is linked, so that no functions can be deployed")
    site.billing_account = str(told["billingAccountName"])
    return f"paid by {site.billing_account}"


def apis(site: Site) -> str:
    """The APIs that are used; those that are off are switched on."""
    wanted = [f"{name}.googleapis.com" for name in APIS]
    path = f"/v1/projects/{site.number}/services"
    query = "&".join(f"names=projects/{site.number}/services/{name}" for name in wanted)
    told = site.google.get("services", f"{path}:batchGet?{query}")
    on = {one["config"]["name"] for one in told.get("services", ()) if one.get("state") == "ENABLED"}
    if missing := [name for name in wanted if name not in on]:
        site.google.ask("POST", "services", f"{path}:batchEnable", {"serviceIds": missing})
        site.mended.append(f"switched on {', '.join(missing)}")
    return f"{len(wanted)} APIs are on"


def sign_in(site: Site) -> str:
    """Signing in by e-mail and password, which the dashboard offers; it is switched on."""
    path = f"/admin/v2/projects/{site.project}/config"
    told = site.google.find("identity", path)
    if told is None:
        raise Unready("Authentication was never set up in this project")
    email = told.get("signIn", {}).get("email", {})
    if not (email.get("enabled") and email.get("passwordRequired")):
        wanted = {"signIn": {"email": {"enabled": True, "passwordRequired": True}}}
        site.google.ask("PATCH", "identity", f"{path}?updateMask=signIn.email", wanted)
        site.mended.append("switched on signing in by e-mail and password")
    return "people sign in by e-mail and password"


def database(site: Site) -> str:
    """Firestore's database, in the functions' region."""
    found = site.google.find("firestore", f"/v1/projects/{site.project}/databases/(default)")
    if found is None:
        return f"none yet; deploying makes it in {REGION}"
    if found.get("type", "FIRESTORE_NATIVE") != "FIRESTORE_NATIVE":
        raise Unready("the database is one in Datastore mode")
    if found["locationId"] != REGION:
        raise Unready(f"the database is in {found['locationId']}, the functions are in {REGION}")
    return f"in {REGION}"


def bucket(site: Site) -> str:
    """The project's bucket, in the functions' region; it is made where there is none."""
    path = f"/v1alpha/projects/{site.project}/defaultBucket"
    found = site.google.find("firebasestorage", path)
    if found is None:
        found = site.google.ask("POST", "firebasestorage", path, {"location": REGION})
        site.mended.append(f"made in {REGION}")
    site.bucket = str(found["bucket"]["name"]).rpartition("/")[2]
    where = str(found["location"]).lower()
    if where != REGION:
        raise Unready(f"{site.bucket} is in {where}, the functions are in {REGION}")
    return f"{site.bucket} in {REGION}"


def soft_delete(site: Site) -> str:
    """The bucket's soft delete, which would keep erased faces for a week; it is switched off."""
    path = f"/storage/v1/b/{_bucket(site)}"
    told = site.google.get("storage", path)
    kept = int(told.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0))
    if kept:
        site.google.ask("PATCH", "storage", path, {"softDeletePolicy": {"retentionDurationSeconds": "0"}})
        site.mended.append(f"deleted pictures were kept for {kept // 86400} days, and are not from now on")
    return "what is deleted is gone at once"


def cross_service(site: Site) -> str:
    """The role by which the storage rules look into Firestore; it is granted."""
    member = f"serviceAccount:service-{site.number}@gcp-sa-firebasestorage.iam.gserviceaccount.com"
    path = f"/v1/projects/{site.project}"
    policy = site.google.ask("POST", "projects", f"{path}:getIamPolicy", {})
    bindings: list[Json] = policy.setdefault("bindings", [])
    if not any(one["role"] == CROSS_SERVICE and member in one.get("members", ()) for one in bindings):
        bindings.append({"role": CROSS_SERVICE, "members": [member]})
        site.google.ask("POST", "projects", f"{path}:setIamPolicy", {"policy": policy})
        site.mended.append("granted to Storage")
    return f"{CROSS_SERVICE}, without which no snapshot is stored"


def secrets(site: Site) -> str:
    """The secrets of the functions; those that nobody set are stored as one blank."""
    used = 0
    for name in SECRETS:
        path = f"/v1/projects/{site.project}/secrets/{name}"
        if site.google.find("secrets", path) is None:
            made = {"replication": {"automatic": {}}, "labels": {"firebase-managed": "functions"}}
            site.google.ask("POST", "secrets", f"{path.rpartition('/')[0]}?secretId={name}", made)
        newest = site.google.find("secrets", f"{path}/versions/latest")
        if newest is None:
            blank = {"payload": {"data": base64.b64encode(NOT_SET.encode()).decode()}}
            site.google.ask("POST", "secrets", f"{path}:addVersion", blank)
            site.mended.append(f"{name} is stored as not set")
        elif newest.get("state") != "ENABLED":
            raise Unready(f"the newest version of {name} is {str(newest.get('state')).lower()}")
        else:
            used += 1
    return f"{used} of {len(SECRETS)} were there"


def rules(site: Site) -> str:
    """The rules of Firestore and Storage, compiled by Google as they will be used."""
    for name in ("firestore.rules", "storage.rules"):
        source = {"files": [{"name": name, "content": (site.root / name).read_text()}]}
        told = site.google.ask("POST", "rules", f"/v1/projects/{site.project}:test", {"source": source})
        if issues := [one for one in told.get("issues", ()) if one.get("severity") == "ERROR"]:
            raise Unready(f"{name}: {issues[0].get('description')}")
    return "both compile"


def enrolled_model(site: Site) -> str:
    """The model that people are enrolled with, which has to be the one that is deployed."""
    path = f"/v1/projects/{site.project}/databases/(default)/documents/gallery_state/current"
    found = site.google.find("firestore", path)
    ours = model_id(site.root)
    theirs = (found or {}).get("fields", {}).get("modelId", {}).get("stringValue")
    if theirs is None:
        return "nobody is enrolled yet"
    if theirs != ours:
        raise Unready(
            f"people are enrolled with {theirs}, this checkout has {ours}: nobody would be recognised"
        )
    return f"people are enrolled with {ours}"


def budget(site: Site) -> str:
    """A budget that tells you when it costs more than you thought; made where ``--budget`` says how much."""
    path = f"/v1/{site.billing_account}/budgets"
    scope = f"projects/{site.number}"
    try:
        told = site.google.get("budgets", path).get("budgets", [])
    except Refused as refused:
        raise Unready(f"budgets cannot be seen: {refused.message}") from refused
    if any(scope in one.get("budgetFilter", {}).get("projects", [scope]) for one in told):
        return "somebody is told when it costs more"
    if site.budget is None:
        raise Unready("nobody is told when it costs more than you thought")
    made = {
        "displayName": f"Lookout in {site.project}",
        "budgetFilter": {"projects": [scope]},
        "amount": {"specifiedAmount": {"units": str(site.budget)}},
        "thresholdRules": [{"thresholdPercent": 0.5}, {"thresholdPercent": 1.0}],
    }
    site.google.ask("POST", "budgets", path, made)
    site.mended.append(f"{site.budget} a month, in the account's currency")
    return "you are told at half of it and at all of it"


def hosting(site: Site) -> str:
    """Where the site will be."""
    told = site.google.get("hosting", f"/v1beta1/projects/{site.project}/sites")
    sites = [one for one in told.get("sites", ()) if one.get("type") == "DEFAULT_SITE"]
    if not sites:
        raise Unready("the project has no Hosting site")
    site.url = str(sites[0]["defaultUrl"])
    return site.url


def bucket_rules(site: Site) -> str:
    """What the bucket itself is told: who may load pictures into a page, and what it deletes by itself."""
    cors = json.loads((site.root / "storage.cors.json").read_text())
    for rule in cors:
        rule["origin"] = [site.url, f"https://{site.project}.firebaseapp.com"]
    lifecycle = json.loads((site.root / "storage.lifecycle.json").read_text())
    site.google.ask(
        "PATCH", "storage", f"/storage/v1/b/{_bucket(site)}", {"cors": cors, "lifecycle": lifecycle}
    )
    return f"pictures may be loaded by {site.url}; {len(lifecycle['rule'])} kinds of pictures expire"


def _bucket(site: Site) -> str:
    if not site.bucket:
        raise Unready("the bucket is not known")
    return quote(site.bucket, safe="")
