"""Every setting is read from its variable, and a bad value names it and what it may be."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from lookout import deployment
from lookout.errors import SettingsError
from lookout.setting_groups import GROUPS
from lookout.settings import Settings, declarations

GROUP = {field.metadata["env"]: group for group, field in declarations()}
DECLARED = {field.metadata["env"]: field for _, field in declarations()}
NUMBERS = [env for env, field in DECLARED.items() if field.metadata["high"] is not None]


def _read(env: str, value: str) -> object:
    return _value(Settings.from_environment({env: value}), env)


def _value(settings: Settings, env: str) -> object:
    group = GROUP[env]
    return getattr(settings if group is None else getattr(settings, group), DECLARED[env].name)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_every_setting_has_a_variable_of_its_own_and_says_what_it_means() -> None:
    assert len(DECLARED) == len(list(declarations()))
    assert set(GROUPS) == {field.name for field in fields(Settings) if "env" not in field.metadata}
    assert all(field.metadata["meaning"] for field in DECLARED.values())


@pytest.mark.parametrize("env", NUMBERS)
def test_every_default_is_within_its_range_and_so_are_the_ends_of_it(env: str) -> None:
    field = DECLARED[env]
    low, high = field.metadata["low"], field.metadata["high"]
    assert field.default is None or low <= field.default <= high
    assert _read(env, str(low)) == low
    assert _read(env, f" {high} ") == high


@pytest.mark.parametrize("env", NUMBERS)
@pytest.mark.parametrize("value", ["many", "1,5", "0x10", "nan", "inf", "-inf", "1 2", "-1", "1e99", "--"])
def test_a_number_that_is_none_or_out_of_range_is_told_with_variable_and_range(env: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({env: value})
    field = DECLARED[env]
    low, high = field.metadata["low"], field.metadata["high"]
    assert env in refused.value.message
    assert f"from {low} to {high}" in refused.value.message


@pytest.mark.parametrize("env", [env for env in NUMBERS if "int" in str(DECLARED[env].type)])
def test_a_whole_number_is_whole(env: str) -> None:
    with pytest.raises(SettingsError, match=env):
        Settings.from_environment({env: "64.5"})
    assert isinstance(_read(env, str(DECLARED[env].metadata["high"])), int)


def test_texts_and_paths_are_taken_as_they_are() -> None:
    given = Settings.from_environment(
        {"MODEL_NAME": "Facenet", "MODELS_DIR": "/srv/models", "THRESHOLD": "0.4"}
    )
    read = given.recognition
    assert (read.model_name, read.models_dir, read.threshold) == ("Facenet", Path("/srv/models"), 0.4)


@pytest.mark.parametrize("env", DECLARED)
@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_variable_is_one_that_is_not_set(env: str, value: str) -> None:
    assert Settings.from_environment({env: value}) == Settings()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Berlin", "../UTC", "Europe"])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(SettingsError, match=r"TIMEZONE=.*IANA name such as Europe/Berlin"):
        Settings.from_environment({"TIMEZONE": zone})
    assert Settings.from_environment({"TIMEZONE": "Asia/Tokyo"}).visits.timezone == "Asia/Tokyo"


def test_the_process_environment_is_what_is_read_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISIT_SECONDS", "7")
    assert Settings.from_environment().visits.visit_seconds == 7


def test_variables_of_others_are_no_matter() -> None:
    assert Settings.from_environment({"PATH": "/bin", "margin": "7", "LOOKOUT_MARGIN": "x"}) == Settings()


@pytest.mark.parametrize(
    ("value", "on"), [("true", True), ("1", True), ("On", True), ("false", False), ("0", False)]
)
def test_a_switch_is_on_or_off(value: str, on: bool) -> None:
    assert Settings.from_environment({"DEBUG_FRAMES": value}).visits.debug_frames is on


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"DEBUG_FRAMES='maybe' is neither on nor off"):
        Settings.from_environment({"DEBUG_FRAMES": "maybe"})


SECRETS = ["EMAIL_PASSWORD", "WEBHOOK_URL", "WEBHOOK_SECRET"]


@pytest.mark.parametrize("env", SECRETS)
def test_a_secret_is_read_and_never_shown(env: str) -> None:
    given = Settings.from_environment({env: "hidden words"})
    assert _value(given, env) == "hidden words"
    assert "hidden words" not in f"{given} {given!r}"


def test_secrets_are_kept_by_secret_manager() -> None:
    hidden = {env for env, field in DECLARED.items() if not field.repr}
    assert hidden == set(SECRETS) == set(deployment.SECRETS)


@pytest.mark.parametrize("text", ["ab#cd", "a b", "'\"", "ü", "a\nb", "$(x)", "a=b"])
def test_a_password_may_have_any_characters(text: str) -> None:
    assert Settings.from_environment({"EMAIL_PASSWORD": text}).email.password == text


def test_whatever_is_called_a_password_or_a_secret_is_one() -> None:
    assert {env for env in DECLARED if "PASSWORD" in env or "SECRET" in env} <= set(SECRETS)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://house.example.com/", "https://house.example.com"),
        ("http://127.0.0.1:5500", "http://127.0.0.1:5500"),
    ],
)
def test_the_sites_address_has_no_final_slash(given: str, read: str) -> None:
    assert Settings.from_environment({"SITE_URL": given}).site_url == read


@pytest.mark.parametrize(
    "bad",
    [
        "house",
        "https://[house",
        "https://house:port",
        "https://my house",
        "ftp://house",
        "https://",
        "javascript:alert(1)",
        "https://h/?a=1#x",
    ],
)
def test_an_address_that_no_link_can_lead_to_is_refused(bad: str) -> None:
    with pytest.raises(SettingsError, match="SITE_URL"):
        Settings.from_environment({"SITE_URL": bad})
