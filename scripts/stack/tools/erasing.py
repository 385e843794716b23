"""Erasing from the command line, directly in the stores: no owner has to be signed in."""

from __future__ import annotations

import getpass

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import firebase_stores
from lookout.cloud.privacy.verification import find_traces
from lookout.services.jobs import build_jobs
from lookout.settings import Settings
from stack.console import say, step

TIMEOUT = 30.0


def erase(person_id: str) -> str | None:
    """Erase the person and tell the receipt. Returns the name that the person had, None without one.

    Raises:
        NotFound: there is no such person.
        Conflict: a running job excludes this.
        JobImpossible: the erasure was given up meanwhile.
        Unavailable: a store did not answer.
    """
    stores = firebase_stores(TIMEOUT)
    jobs = build_jobs(Settings.from_environment(), stores)
    with store_errors("Firestore"):
        person = stores.db.collection("people").document(person_id).get(**stores.options).to_dict() or {}
    with step(f"erasing {person_id}"):
        receipt = jobs.erasure.erase(jobs.runner, person_id, f"scripts/erase {getpass.getuser()}")
    say(f"Receipt {receipt['receipt_id']} of {receipt['erased_at']}:")
    for kind, count in sorted(receipt["counts"].items()):
        say(f"  {count} {kind.replace('_', ' ')}")
    days = receipt["soft_delete_days"]
    if days:
        say(f"The project's owner can bring the pictures back for {days} more days: the bucket keeps what is")
        say("deleted. scripts/deploy switches that off for what is erased afterwards.")
    name: str | None = person.get("name")
    return name


def verify(person_id: str, name: str | None) -> list[str]:
    """Where the person is still named.

    Raises:
        Unavailable: a store did not answer.
    """
    with step("walking through all that is stored"):
        return find_traces(firebase_stores(TIMEOUT), person_id, name)
