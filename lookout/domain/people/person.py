"""A person's profile: the plain fields of ``people/{personId}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lookout.domain.people.requests import folder_name

PLAIN_FIELDS = ("name", "muted", "consentExpiresAt")
"""The fields that an owner may change and that affect how the person is recognised."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's name, whether the person makes no alerts, and the aware moment the consent ends, if it does."""

    name: str
    muted: bool = False
    consent_ends: datetime | None = None

    @classmethod
    def read(cls, person_id: str, document: Mapping[str, object]) -> tuple[Profile, list[str]]:
        """The profile in ``people/{person_id}``, and one complaint per value that cannot be used.

        Such a value counts as not set. A person without a name is called by the id.
        """
        name, muted, consent_ends = (document.get(field) for field in PLAIN_FIELDS)
        complaints = []
        if name is not None and not (isinstance(name, str) and name):
            complaints.append(f"people/{person_id} name={name!r} is no text")
        if muted is not None and not isinstance(muted, bool):
            complaints.append(f"people/{person_id} muted={muted!r} is neither true nor false")
        if consent_ends is not None and not isinstance(consent_ends, datetime):
            complaints.append(f"people/{person_id} consentExpiresAt={consent_ends!r} is no timestamp")
        profile = cls(
            # a folder without a person makes one of that name, as faces_db/Name/ did
            name if isinstance(name, str) and name else folder_name(person_id),
            muted is True,
            consent_ends if isinstance(consent_ends, datetime) else None,
        )
        return profile, complaints

    def fields(self) -> dict[str, object]:
        """The profile as fields of the document."""
        return dict(zip(PLAIN_FIELDS, (self.name, self.muted, self.consent_ends), strict=True))
