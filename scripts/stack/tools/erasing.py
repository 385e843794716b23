"""Erasing from the command line, straight in the stores: also where nobody is signed in as an owner."""

from __future__ import annotations

import getpass

from lookout.cloud.corrections.jobs import JobStore, Runner
from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.cloud.privacy import erasure
from lookout.cloud.privacy.verification import leftovers
from lookout.settings import Settings
from stack.console import say, step

TIMEOUT = 30.0


def erase(person_id: str) -> str | None:
    """Erase the person and tell the receipt. Returns the name that the person had, None without one.

    Raises:
        NotFound: there is no such person.
        Conflict: something else is being done with the person.
        Unavailable: a store did not answer.
    """
    db = firestore_client()
    stale_seconds = Settings.from_environment().gallery_refresh_seconds * 1.5
    book = JobStore(db, TIMEOUT)
    work = erasure.Erasure(db, bucket(), book, stale_seconds, TIMEOUT)
    with store_errors("Firestore"):
        person = db.collection("people").document(person_id).get(**call_options(TIMEOUT)).to_dict() or {}
    with step(f"erasing {person_id}"):
        receipt = work.erase(
            Runner(book, {erasure.KIND: work.work}), person_id, f"scripts/erase {getpass.getuser()}"
        )
    say(f"Receipt {receipt['receipt_id']} of {receipt['erased_at']}:")
    for kind, count in sorted(receipt["counts"].items()):
        say(f"  {count} {kind.replace('_', ' ')}")
    name: str | None = person.get("name")
    return name


def verify(person_id: str, name: str | None) -> list[str]:
    """Where the person is still named.

    Raises:
        Unavailable: a store did not answer.
    """
    with step("walking through all that is stored"):
        return leftovers(firestore_client(), bucket(), person_id, name, TIMEOUT)
