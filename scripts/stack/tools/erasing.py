"""Erasing from the command line, straight in the stores: also where nobody is signed in as an owner."""

from __future__ import annotations

import getpass

from lookout.cloud.corrections.jobs import JobStore, Runner
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import firebase_stores
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
    stores = firebase_stores(TIMEOUT)
    stale_seconds = Settings.from_environment().gallery_refresh_seconds * 1.5
    book = JobStore(stores)
    work = erasure.Erasure(stores, book, stale_seconds)
    with store_errors("Firestore"):
        person = stores.db.collection("people").document(person_id).get(**stores.options).to_dict() or {}
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
        return leftovers(firebase_stores(TIMEOUT), person_id, name)
