"""How a setting is declared, and what is read of its text."""

from __future__ import annotations

from dataclasses import Field, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lookout.domain.number import number, whole
from lookout.domain.site.site import is_timezone
from lookout.errors import SettingsError


def setting(
    env: str, default: object, meaning: str, low: float | None = None, high: float | None = None
) -> Any:
    """A field that is read from the variable ``env``; numbers lie from ``low`` to ``high``."""
    return field(default=default, metadata={"env": env, "meaning": meaning, "low": low, "high": high})


def secret(env: str, meaning: str) -> Any:
    """A field that printed settings, and the traces of errors, do not show."""
    return field(
        default=None, repr=False, metadata={"env": env, "meaning": meaning, "low": None, "high": None}
    )


def _switch(env: str, raw: str) -> bool:
    if raw.lower() not in _SWITCH:
        raise SettingsError(f"{env}={raw!r} is neither on nor off; set it to true or false.")
    return _SWITCH[raw.lower()]


_SWITCH = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}


def _site_url(raw: str) -> str:
    try:
        parts = urlsplit(raw)
        found = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # a bracket that is not closed, a port that is none
        parts, found = urlsplit(""), False
    if not found or parts.query or parts.fragment or not raw.isprintable() or " " in raw:
        raise SettingsError(f"SITE_URL={raw!r} is no address of a site, such as https://my-house.web.app.")
    return raw.rstrip("/")


def parse(declared: Field[Any], raw: str) -> object:
    """The value of the setting ``declared`` that is written as ``raw``.

    Raises:
        SettingsError: it is not of its type or outside its range; the message names both.
    """
    env, low, high = (declared.metadata[key] for key in ("env", "low", "high"))
    kind = str(declared.type).removesuffix(" | None")
    if env == "TIMEZONE" and not is_timezone(raw):
        raise SettingsError(f"{env}={raw!r} is no time zone; set it to an IANA name such as Europe/Berlin.")
    if env == "SITE_URL":
        return _site_url(raw)
    if kind == "str":
        return raw
    if kind == "Path":
        return Path(raw)
    if kind == "bool":
        return _switch(env, raw)
    value = whole(raw) if kind == "int" else number(raw)
    if value is None:
        word = "whole number" if kind == "int" else "number"
        raise SettingsError(f"{env}={raw!r} is not a {word}; set it to one from {low} to {high}.")
    if not low <= value <= high:
        raise SettingsError(f"{env}={raw} is out of range; set it to a number from {low} to {high}.")
    return value
