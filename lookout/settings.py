"""Every parameter, declared once: its environment variable, default, range and meaning.

A function reads them from its environment (``functions/<name>/.env`` on Firebase). The few that an owner may
change while everything runs (threshold, margin, visit length, retention, time zone) are overridden by the
document ``settings/site``; see ``lookout.domain.site.site``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from lookout.errors import SettingsError
from lookout.lazy import Lazy
from lookout.setting_groups import (
    GROUPS,
    EmailSettings,
    LimitSettings,
    PushSettings,
    RecognitionSettings,
    VisitSettings,
    WebhookSettings,
)
from lookout.setting_value import parse, setting


@dataclass(frozen=True, slots=True)
class Settings:
    """All parameters of one process, in groups. Build it with :meth:`from_environment`."""

    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    visits: VisitSettings = field(default_factory=VisitSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    email: EmailSettings = field(default_factory=EmailSettings)
    push: PushSettings = field(default_factory=PushSettings)
    webhook: WebhookSettings = field(default_factory=WebhookSettings)
    site_url: str | None = setting(
        "SITE_URL", None, "where the site is found, such as `https://my-house.web.app`; links lead there"
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of ``environ`` (default: the process's own).

        Raises:
            SettingsError: a value is not of its type or outside its range; the message names both.
        """
        settings, complaints = cls._read(environ)
        for complaint in complaints.values():
            raise complaint
        return settings

    @classmethod
    def for_notifications(cls, environ: Mapping[str, str] | None = None) -> tuple[Settings, dict[str, str]]:
        """The settings for notifying people, where one bad channel must not silence the others.

        A setting of a channel, or ``SITE_URL``, that cannot be used stays at its default; the complaints about
        such settings come beside, by variable.

        Raises:
            SettingsError: any other value is not of its type or outside its range.
        """
        settings, complaints = cls._read(environ)
        for env, complaint in complaints.items():
            if not env.startswith(_NOTIFICATIONS):
                raise complaint
        return settings, {env: complaint.message for env, complaint in complaints.items()}

    @classmethod
    def _read(cls, environ: Mapping[str, str] | None) -> tuple[Settings, dict[str, SettingsError]]:
        environ = os.environ if environ is None else environ
        given: dict[str | None, dict[str, Any]] = {group: {} for group in (None, *GROUPS)}
        complaints: dict[str, SettingsError] = {}
        for group, declared in declarations():
            env = declared.metadata["env"]
            raw = environ.get(env, "").strip()
            try:
                if raw:
                    given[group][declared.name] = parse(declared, raw)
            except SettingsError as error:
                complaints[env] = error
        groups = {name: group(**given[name]) for name, group in GROUPS.items()}
        return cls(**groups, **given[None]), complaints


def declarations() -> Iterator[tuple[str | None, Field[Any]]]:
    """Every setting with the name of its group; None for those of no group."""
    for name, group in GROUPS.items():
        yield from ((name, declared) for declared in fields(group))
    yield from ((None, declared) for declared in fields(Settings) if declared.name not in GROUPS)


_NOTIFICATIONS = ("SITE_URL", "EMAIL_", "PUSH_", "WEBHOOK_")
"""How the variables begin that only matter when people are notified."""


current_settings = Lazy(Settings.from_environment)
"""The settings of this process."""
