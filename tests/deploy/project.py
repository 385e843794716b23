"""A Firebase project, as far as deploying asks: what is there can be set, what is asked is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

P, N, REGION = "my-house", "123456789012", "europe-west1"
BUCKET = f"{P}.firebasestorage.app"
AGENT = f"service-{N}@gs-project-accounts.iam.gserviceaccount.com"

Json = dict[str, Any]
Answer = tuple[int, Json]


READS = (
    ":testIamPermissions", ":getIamPolicy", ":test", "/token", ":query", ":lookup", ":generateServiceIdentity",
    ":generateUploadUrl", "/site/detect",
)  # fmt: skip
"""Ends of what is posted, and changes nothing."""


@dataclass
class Cloud:
    """What is there, as a house that is ready has it, and what was asked. Tests change what they are about."""

    signed_in: bool = True
    exists: bool = True
    billing: bool = True
    apis_off: set[str] = field(default_factory=set)
    email: bool | None = True
    database: str | None = REGION
    bucket: str | None = REGION
    soft_delete: str = "0"
    bindings: list[Json] = field(default_factory=list)
    secrets: dict[str, str | None] = field(default_factory=dict)
    rules_issue: str | None = None
    model: str | None = None
    budgets: list[Json] = field(default_factory=list)
    accounts: list[Json] = field(default_factory=list)
    eventarc_fails: int = 0
    answers: bool = True
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    uploads: list[dict[str, bytes]] = field(default_factory=list)
    functions: dict[str, Json] = field(default_factory=dict)
    documents: dict[str, Json] = field(default_factory=dict)
    metrics: dict[str, Json] = field(default_factory=dict)
    policies: list[Json] = field(default_factory=list)
    channels: list[Json] = field(default_factory=list)
    bucket_rules: Json = field(default_factory=dict)
    origin: str = ""

    def writes(self) -> list[tuple[str, str, Any]]:
        """What was asked to be changed."""
        return [one for one in self.asked if one[0] != "GET" and not one[1].endswith(READS)]
