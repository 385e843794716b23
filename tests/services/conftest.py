"""Stores of its own for each test, on the emulators, and instances that no other test has used."""

from __future__ import annotations

import pytest

from stack.local import owner
from stack.local.info import StackInfo
from tests.support import functions
from tests.support.accounts import account_with
from tests.support.stores import bucket, db, distant_db, line, photos, project, settings, stores

__all__ = ["bucket", "db", "distant_db", "line", "photos", "project", "settings", "stores"]


@pytest.fixture(autouse=True)
def _new_instance() -> None:
    """Rate limits and caches of one test are not those of the next."""
    functions.start_anew()


@pytest.fixture(scope="module")
def tokens(stack: StackInfo) -> dict[str, str | None]:
    """An ID token of each role; of ``nobody``, who has none, and None for ``anonymous``."""
    made: dict[str, str | None] = {"anonymous": None}
    for role in ("owner", "viewer", "agent", "nobody"):
        claims = {} if role == "nobody" else {"role": role}
        made[role] = owner.sign_in(stack, account_with(stack, claims))
    return made
