"""Who calls, and what each may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lookout.errors import Forbidden


class Role(StrEnum):
    """Given by the server as a custom claim; signing up gives none."""

    OWNER = "owner"
    VIEWER = "viewer"
    AGENT = "agent"


READERS = (Role.OWNER, Role.VIEWER)
"""Who may look at people, alerts and cameras."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user. ``role`` is None for someone who merely signed up."""

    uid: str
    email: str
    role: Role | None

    def require(self, *roles: Role) -> None:
        """Go on only for a caller of one of these roles.

        Raises:
            Forbidden: the caller has another role, or none.
        """
        if self.role not in roles:
            who = " or ".join(roles)
            raise Forbidden(f"This takes the role {who}; you are signed in with {self.role or 'no role'}.")


def role_of(claim: object) -> Role | None:
    """The role that a token's ``role`` claim names; None for anything else."""
    return Role(claim) if isinstance(claim, str) and claim in set(Role) else None
