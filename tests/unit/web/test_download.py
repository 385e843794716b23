"""Files to keep: called as the person is, in any alphabet, on every system."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from lookout.web.download import NAME_BYTES, attachment, safe_name

ANY = st.text(st.characters(codec="utf-8"), max_size=120)


def names(name: str) -> tuple[str, str]:
    """What the file is called for those who read ASCII alone, and for all others."""
    disposition = attachment(f"{name}.zip")
    assert disposition.isascii()
    plain, _, full = disposition.removeprefix("attachment; filename=").partition("; filename*=UTF-8''")
    return plain.strip('"'), unquote(full, errors="strict")


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("Anna", "Anna.zip", "Anna.zip"),
        ("Zo\u00eb", "Zoe.zip", "Zo\u00eb.zip"),
        ("\u5c71\u7530", "export.zip", "\u5c71\u7530.zip"),
        ("\u0410\u043d\u043d\u0430", "export.zip", "\u0410\u043d\u043d\u0430.zip"),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940",
            "export.zip",
            "\u0939\u093f\u0928\u094d\u0926\u0940.zip",
        ),
        ("\U0001f600", "export.zip", "\U0001f600.zip"),
        ("..", "export.zip", "_.zip"),
        ("CON", "_CON.zip", "_CON.zip"),
        ("a/b", "a_b.zip", "a_b.zip"),
        ("A. B", "A. B.zip", "A. B.zip"),
        ("\u00a1.0", "0.zip", "\u00a1.0.zip"),
        ("a\uff0fb", "a_b.zip", "a\uff0fb.zip"),
        ("a\uff1a\uff02b", "a_b.zip", "a\uff1a\uff02b.zip"),
        ("\uff23\uff2f\uff2e", "_CON.zip", "\uff23\uff2f\uff2e.zip"),
    ],
    ids=ascii,
)
def test_a_file_is_called_as_the_person_is(name: str, plain: str, full: str) -> None:
    assert names(name) == (plain, full)


def test_the_longest_name_keeps_its_extension() -> None:
    for name in ("\U0001f600" * 100, "x" * 300):
        plain, full = names(name)
        assert full.endswith(".zip")
        assert plain.endswith(".zip")
        assert len(full.encode()) <= NAME_BYTES


@settings(deadline=None)
@given(ANY)
def test_whatever_the_name_it_is_one_file_here(name: str) -> None:
    plain, full = names(name)
    for made in (plain, full):
        assert made.endswith(".zip")
        assert not made.startswith(".")
        assert not set(made) & set('/\\:*?"<>|\r\n\0')
        assert len(made.encode()) <= NAME_BYTES + 1
    header = attachment(f"{name}.zip")
    assert parse_options_header(header)[1]["filename"] == full
    assert safe_name(full) == full
