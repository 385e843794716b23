"""What happened lately, read for the page that watches the site: a bounded number of documents each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Documents

MOST = 50
"""Documents that are read of each kind, the newest."""

Found = dict[str, dict[str, Any]]


def alerts(stores: Stores, since: datetime) -> Found:
    """The alerts that were seen ``since`` a moment, by their ids.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return _newest(stores, "alerts", "lastSeenAt", since)


def notices(stores: Stores, since: datetime) -> Found:
    """The notices that were made ``since`` a moment.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return _newest(stores, "notices", "createdAt", since)


def unfinished_jobs(stores: Stores, before: datetime) -> Found:
    """The jobs that were opened ``before`` a moment and are not finished.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    running = stores.db.collection("jobs").where(filter=FieldFilter("state", "==", "running"))
    return {id: job for id, job in _read(stores, running).items() if job["createdAt"] < before}  # noqa: A001


def agents(stores: Stores) -> Found:
    """The agents.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return _read(stores, stores.db.collection("agents"))


def failed_commands(stores: Stores, agent_ids: Iterable[str], since: datetime) -> Found:
    """The commands for agents that were given ``since`` a moment and not carried out.

    Raises:
        Unavailable: Firestore did not answer.
    """
    found: Found = {}
    for agent_id in agent_ids:
        found |= _newest(stores, f"agents/{agent_id}/commands", "createdAt", since)
    return {command_id: command for command_id, command in found.items() if command.get("error")}


def network(stores: Stores) -> str | None:
    """The ``model_id`` of the network that people are enrolled with; None where nobody is.

    Raises:
        Unavailable: Firestore did not answer.
    """
    reference = stores.db.collection("gallery_state").document("current")
    with store_errors("Firestore"):
        model_id = (reference.get(**stores.options).to_dict() or {}).get("modelId")
    return model_id if isinstance(model_id, str) else None


def _newest(stores: Stores, collection: str, field: str, since: datetime) -> Found:
    from google.cloud.firestore import Query
    from google.cloud.firestore_v1.base_query import FieldFilter

    found = stores.db.collection(collection).where(filter=FieldFilter(field, ">=", since))
    return _read(stores, found.order_by(field, Query.DESCENDING))


def _read(stores: Stores, documents: Documents) -> Found:
    with store_errors("Firestore"):
        stored = list(documents.limit(MOST).stream(**stores.options))
    return {one.id: one.to_dict() or {} for one in stored}
