"""``/members``: owners say who may look and who may change things; a user ends all own sessions.

A part of the function ``people``.
"""

from __future__ import annotations

from collections.abc import Mapping

from lookout.cloud.accounts import members
from lookout.cloud.accounts.id_token import verify
from lookout.domain.site.caller import READERS, Role
from lookout.errors import BadRequest
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.settings import Settings, current_settings
from lookout.web.answer import Fields, Request
from lookout.web.callers import Callers
from lookout.web.routes import json_body

EMAIL_CHARACTERS = 254


class MembersService:
    """Answers ``/members``. One per warm instance."""

    def __init__(self, settings: Settings) -> None:
        self._callers = Callers(verify, settings.limits.calls_per_minute)

    def all(self, request: Request) -> Fields:
        """Every account with a role."""
        self._callers.require(request, Role.OWNER)
        return {"members": [_shown(member) for member in members.members()]}

    def invite(self, request: Request) -> Fields:
        """Give an address a role. ``choose_password``: Firebase has to be asked for the mail by which to do so."""
        caller = self._callers.require(request, Role.OWNER)
        email, role = parse_invitation(json_body(request))
        member, choose_password = members.invite(email, role)
        log(Severity.INFO, "member invited", member=member.uid, role=role, by=caller.uid)
        return {"member": _shown(member), "choose_password": choose_password}

    def remove(self, request: Request, uid: str) -> Fields:
        """Take a role away."""
        caller = self._callers.require(request, Role.OWNER)
        member = members.remove(uid)
        log(Severity.INFO, "member removed", member=member.uid, role=member.role, by=caller.uid)
        return {"uid": member.uid}

    def sign_out(self, request: Request) -> Fields:
        """End all sessions of the caller, and remove the caller's devices; ID tokens last up to an hour longer."""
        caller = self._callers.require(request, *READERS)
        members.end_sessions(caller.uid)
        log(Severity.INFO, "signed out everywhere", member=caller.uid)
        return {"uid": caller.uid}


def parse_invitation(body: object) -> tuple[str, Role]:
    """The address and the role that the JSON ``body`` names.

    Raises:
        BadRequest: it does not name both.
    """
    given = body if isinstance(body, Mapping) and set(body) == {"email", "role"} else {}
    email, role = given.get("email"), given.get("role")
    if not isinstance(email, str) or role not in (Role.OWNER.value, Role.VIEWER.value):
        raise BadRequest('Send {"email": "anna@example.com", "role": "viewer"}, or "owner".')
    email = email.strip()
    if not 3 <= len(email) <= EMAIL_CHARACTERS or any(character.isspace() for character in email):
        raise BadRequest(f"{email[:EMAIL_CHARACTERS]!r} is no e-mail address.")
    return email, Role(role)


def _shown(member: members.Member) -> dict[str, object]:
    shown: dict[str, object] = {"uid": member.uid, "email": member.email, "role": member.role}
    return shown if member.agent_id is None else shown | {"agent_id": member.agent_id}


service = Lazy(lambda: MembersService(current_settings()))
