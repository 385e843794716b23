"""What Google answers on loopback, to the Firebase CLI and to ``scripts/deploy`` alike.

It believes every token and compiles no rules: what counts is what it was asked to make.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from typing import Any
from urllib.parse import unquote

from tests.deploy.project import AGENT, BUCKET, REGION, Answer, Cloud, Json, N, P


def answer(cloud: Cloud, method: str, path: str, query: str, body: Any, raw: bytes) -> Answer:
    """What Google says to one request."""
    if path.endswith("/oauth2/v3/token"):
        if not cloud.signed_in:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "ya29.stand-in", "expires_in": 3600, "token_type": "Bearer"}
    if path == "/site/detect":
        return _detect(cloud)
    for pattern, of in ROUTES:
        if found := re.fullmatch(pattern, path):
            said: Answer | None = of(cloud, method, found, query, body, raw)
            if said is not None:
                return said
    return 200, {}


def _detect(cloud: Cloud) -> Answer:
    if not cloud.answers:
        return 200, {"status": "success", "alert_id": None, "reason": "no_face"}
    cloud.documents["alerts/a1"] = {"fields": {}}
    return 200, {"status": "success", "alert_id": "a1", "reason": "unknown"}


def _missing(what: str) -> Answer:
    return 404, {"error": {"code": 404, "message": f"no {what}", "status": "NOT_FOUND"}}


def _project(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if not c.exists:
        return _missing("project")
    return 200, {"projectId": P, "projectNumber": N, "name": f"projects/{P}", "resources": {"hostingSite": P}}


def _billing(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    return 200, {
        "billingEnabled": c.billing,
        "billingAccountName": "billingAccounts/AB-12" if c.billing else "",
    }


def _budgets(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "POST":
        c.budgets.append(b)
    return 200, {"budgets": c.budgets}


def _metrics(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "GET":
        return (200, c.metrics[f[1]]) if f[1] in c.metrics else _missing("metric")
    c.metrics[b["name"]] = b
    return 200, b


def _watching(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    kept = {"alertPolicies": c.policies, "notificationChannels": c.channels}[f[1]]
    name = f[0].removeprefix("/v3/")
    if m == "POST":
        kept.append(b | {"name": f"{name}/{len(kept) + 1}"})
        return 200, kept[-1]
    for one in kept:
        if m == "PATCH" and one["name"] == name:
            one.update(b)
    return 200, {f[1]: kept}


def _services(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    names = re.findall(r"services/([\w.]+)", unquote(q))
    told = [
        {"config": {"name": one}, "state": "DISABLED" if one in c.apis_off else "ENABLED"} for one in names
    ]
    return 200, {"services": told}


def _enable(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    c.apis_off -= set(b["serviceIds"])
    return 200, {"name": "operations/x", "done": True}


def _service(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    return (200, {"state": "ENABLED"}) if m == "GET" else None


def _sign_in(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if c.email is None:
        return _missing("configuration")
    if m == "PATCH":
        c.email = bool(b["signIn"]["email"]["enabled"])
    return 200, {"signIn": {"email": {"enabled": c.email, "passwordRequired": c.email}}}


def _accounts(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    match f[1]:
        case ":query":
            return 200, {"userInfo": c.accounts}
        case ":lookup":
            return 200, {"users": [one for one in c.accounts if one["email"] in b["email"]]}
        case "":
            c.accounts.append({"localId": "uid1", "email": b["email"]})
            return 200, c.accounts[-1]
        case ":update":
            for one in c.accounts:
                if one["localId"] == b["localId"]:
                    one.update(b)
    return 200, {}


def _database(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "POST":
        c.database = b["locationId"]
        return 200, {"name": f"projects/{P}/operations/db", "done": True, "response": {"name": "db"}}
    if c.database is None:
        return _missing("database")
    return 200, {"name": f[0][4:], "locationId": c.database, "type": "FIRESTORE_NATIVE"}


def _document(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    path = f[1]
    if path == "gallery_state/current" and c.model is not None:
        return 200, {"fields": {"modelId": {"stringValue": c.model}}}
    if m == "PATCH":
        c.documents[path] = b
    if m == "DELETE":
        c.documents.pop(path, None)
        return 200, {}
    return (200, c.documents[path]) if path in c.documents else _missing("document")


def _default_bucket(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "POST":
        c.bucket = b["location"]
    if c.bucket is None:
        return _missing("bucket")
    return 200, {"location": c.bucket, "bucket": {"name": f"projects/{P}/buckets/{BUCKET}"}}


def _bucket(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "PATCH":
        c.soft_delete = b.get("softDeletePolicy", {}).get("retentionDurationSeconds", c.soft_delete)
        c.bucket_rules.update({name: value for name, value in b.items() if name != "softDeletePolicy"})
    kept = {"retentionDurationSeconds": c.soft_delete}
    return 200, {
        "name": f[1],
        "location": (c.bucket or "").upper(),
        "softDeletePolicy": kept,
        **c.bucket_rules,
    }


def _policy(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if f[1] == "set":
        c.bindings = b["policy"]["bindings"]
    return 200, {"bindings": c.bindings, "etag": "e"}


def _secret(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "POST" and not f[1]:
        c.secrets[re.findall(r"secretId=(\w+)", q)[0]] = None
        return 200, {}
    name, rest = f[1], f[2]
    if rest == ":addVersion":
        c.secrets[name] = base64.b64decode(b["payload"]["data"]).decode()
    elif c.secrets.get(name) is None and (rest or name not in c.secrets):
        return _missing("secret")
    if "IamPolicy" in (rest or ""):
        return 200, {"bindings": []}
    full = f"projects/{N}/secrets/{name}"
    if rest:
        state = "DISABLED" if c.secrets[name] == "(disabled)" else "ENABLED"
        return 200, {"name": f"{full}/versions/1", "state": state}
    return 200, {"name": full, "labels": {"firebase-managed": "functions"}, "replication": {}}


def _rules(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    issues = [{"severity": "ERROR", "description": c.rules_issue}] if c.rules_issue else []
    return 200, {"issues": issues}


def _function(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if m == "GET":
        return 200, {"functions": [], "unreachable": []}
    name = re.findall(r"functionId=([^&]+)", q)[0]
    if c.eventarc_fails and "eventTrigger" in b:
        c.eventarc_fails -= 1
        denied = "Permission denied while using the Eventarc Service Agent."
        return 400, {"error": {"code": 400, "message": denied, "status": "FAILED_PRECONDITION"}}
    c.functions[name] = b
    return 200, {"name": f"projects/{P}/locations/{REGION}/operations/{name}"}


def _operation(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    made = dict(c.functions.get(f[1], {}))
    url = f"https://{f[1]}.a.run.app"
    service = {"service": f"projects/{P}/locations/{REGION}/services/{f[1]}", "uri": url}
    made.update(url=url, state="ACTIVE", serviceConfig={**made.get("serviceConfig", {}), **service})
    return 200, {"name": f[0].lstrip("/"), "done": True, "response": made}


def _upload_url(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    source = {"bucket": "gcf-v2-uploads", "object": "code.zip"}
    return 200, {"uploadUrl": f"{c.origin}/upload/code", "storageSource": source}


def _upload(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    if f[1] == "code":
        with zipfile.ZipFile(io.BytesIO(r)) as archive:
            c.uploads.append({name: archive.read(name) for name in archive.namelist()})
    return 200, {}


def _site(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    site = {"name": f"projects/{P}/sites/{P}", "type": "DEFAULT_SITE", "defaultUrl": f"{c.origin}/site"}
    return 200, {"sites": [site]}


def _says(status: int, body: Json, only: str = "") -> Any:
    return lambda c, m, f, q, b, r: (status, body) if not only or m in only.split() else None


def _populate(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    return 200, {"uploadRequiredHashes": [], "uploadUrl": f"{c.origin}/upload/h"}


def _repository(c: Cloud, m: str, f: re.Match[str], q: str, b: Any, r: bytes) -> Answer | None:
    return (200, {"name": f[0].lstrip("/"), "cleanupPolicies": {}}) if m == "GET" else None


def _absent(what: str, only: str) -> Any:
    return lambda c, m, f, q, b, r: _missing(what) if m in only.split() else None


ROUTES: list[tuple[str, Any]] = [
    (r".*:testIamPermissions", lambda c, m, f, q, b, r: (200, {"permissions": b["permissions"]})),
    (r"/v1(?:beta1)?/projects/[^/:]+", _project),
    (r".*/adminSdkConfig", _says(200, {"projectId": P, "storageBucket": BUCKET})),
    (r"/v1/projects/[^/]+/billingInfo", _billing),
    (r"/v1/billingAccounts/[^/]+/budgets", _budgets),
    (r"/v2/projects/[^/]+/metrics(?:/(.*))?", _metrics),
    (r"/v3/projects/[^/]+/(alertPolicies|notificationChannels)(?:/\d+)?", _watching),
    (r"/v1/projects/[^/]+/services:batchGet", _services),
    (r"/v1/projects/[^/]+/services:batchEnable", _enable),
    (r".*:generateServiceIdentity", _says(200, {"name": "operations/x", "done": True, "response": {}})),
    (r"/v1(?:beta1)?/projects/[^/]+/services/.*", _service),
    (r"/admin/v2/projects/[^/]+/config", _sign_in),
    (r"/v1/projects/[^/]+/accounts(:?\w*)", _accounts),
    (r"/v1/projects/[^/]+/databases(?:/\(default\))?", _database),
    (r"/v1/projects/[^/]+/databases/\(default\)/documents/(.*)", _document),
    (
        r"/v1/projects/[^/]+/databases/[^/]+/collectionGroups/.*",
        _says(200, {"name": "op", "done": True}, "POST PATCH"),
    ),
    (r".*/defaultBucket", _default_bucket),
    (r".*/serviceAccount", _says(200, {"email_address": AGENT})),
    (r"/(?:storage/)?v1/b/([^/]+)", _bucket),
    (r"/v1/projects/[^/]+/secrets(?:/(\w+)(.*))?", _secret),
    (r".*:(get|set)IamPolicy", _policy),
    (
        r"/compute/v1/projects/.*",
        _says(200, {"defaultServiceAccount": f"{N}-compute@developer.gserviceaccount.com"}),
    ),
    (r".*:generateUploadUrl", _upload_url),
    (r"/upload/(\w+)", _upload),
    (r"/v[12]/projects/.*/functions", _function),
    (r".*/operations/([^/]+)", _operation),
    (r".*/jobs/.*", _absent("job", "GET")),
    (r".*:test", _rules),
    (r".*/rulesets", _says(200, {"name": f"projects/{P}/rulesets/r1"}, "POST")),
    (r".*/releases", _says(200, {"releases": []}, "GET")),
    (r"/v1/projects/[^/]+/releases/.*", _absent("release", "PUT PATCH")),
    (r".*/sites", _site),
    (r".*/versions", _says(200, {"name": f"sites/{P}/versions/v1", "status": "CREATED"}, "POST")),
    (r".*:populateFiles", _populate),
    (r".*/repositories/.*", _repository),
    (r".*/releases", _says(200, {"name": f"sites/{P}/versions/v1/releases/1"}, "POST")),
]
"""Paths, the first that fits, and what answers for them; None leaves it to the next."""
