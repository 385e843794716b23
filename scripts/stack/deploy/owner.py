"""The first owner: an account for an address, with the role, and a mail by which a password is chosen."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from stack.deploy.steps import Site, Unready


def first_owner(site: Site) -> str:
    """Make ``--owner`` an owner; without one, see that there is an owner."""
    accounts = f"/v1/projects/{site.project}/accounts"
    if site.owner is None:
        told = site.google.ask("POST", "identity", f"{accounts}:query", {"returnUserInfo": True})
        owners = [one for one in told.get("userInfo", ()) if _claims(one).get("role") == "owner"]
        if not owners:
            raise Unready("nobody may use the site yet")
        return f"{owners[0].get('email', owners[0].get('localId'))} is an owner"
    told = site.google.ask("POST", "identity", f"{accounts}:lookup", {"email": [site.owner]})
    known = told.get("users", [])
    if known and _claims(known[0]).get("role") == "owner":
        return f"{site.owner} is an owner"
    if known and known[0].get("emailVerified"):
        uid = known[0]["localId"]
        site.mended.append("the account is an owner's from its next sign-in on")
    else:
        # an account with an unconfirmed address may have been made by somebody else
        uid = known[0]["localId"] if known else _made(site, accounts)
        unproven = {"password": secrets.token_urlsafe(32), "validSince": str(int(time.time()))}
        site.google.ask("POST", "identity", f"{accounts}:update", {"localId": uid, **unproven})
        mail = {"requestType": "PASSWORD_RESET", "email": site.owner}
        site.google.ask("POST", "identity", f"{accounts}:sendOobCode", mail)
        site.mended.append("a mail to choose a password is on its way")
    claims = json.dumps({"role": "owner"})
    site.google.ask("POST", "identity", f"{accounts}:update", {"localId": uid, "customAttributes": claims})
    return f"{site.owner} is an owner"


def _made(site: Site, accounts: str) -> str:
    return str(site.google.ask("POST", "identity", accounts, {"email": site.owner})["localId"])


def _claims(account: dict[str, Any]) -> dict[str, Any]:
    claims = json.loads(account.get("customAttributes") or "{}")
    return claims if isinstance(claims, dict) else {}
