"""Each thing that stops a deployment is found before anything is deployed, and said with what mends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.conftest import Script
from tests.deploy.project import Cloud

Harm = Callable[[Cloud], None]


def _set(**fields: object) -> Harm:
    def harm(cloud: Cloud) -> None:
        for name, value in fields.items():
            setattr(cloud, name, value)

    return harm


CONSOLE = "https://console.firebase.google.com/project/my-house"
ELSEWHERE = "the functions are in europe-west1"
STOPS = [
    ("account", _set(signed_in=False), "nobody is signed in", "npx firebase login"),
    ("project", _set(exists=False), "there is no Firebase project", "npx firebase projects:create my-house"),
    ("billing", _set(billing=False), "no billing account is linked", f"{CONSOLE}/usage/details"),
    ("sign-in", _set(email=None), "Authentication was never set up", f"{CONSOLE}/authentication"),
    ("database", _set(database="nam5"), f"the database is in nam5, {ELSEWHERE}", "take a new project"),
    ("bucket", _set(bucket="us-central1"), f"is in us-central1, {ELSEWHERE}", "take a new project"),
    ("bucket", _set(bucket="US"), f"is in us, {ELSEWHERE}", "take a new project"),
    ("secrets", _set(secrets={"EMAIL_PASSWORD": "(disabled)"}), "EMAIL_PASSWORD is disabled", "secrets:set"),
    ("rules", _set(rules_issue="What is x?"), "firestore.rules: What is x?", "scripts/test tests/rules"),
    ("model", _set(model="official-1234"), "people are enrolled with official-1234", "scripts/reenrol"),
]
"""The step, what is wrong in the project, what is said of it, and what mends it."""


@pytest.mark.parametrize(("name", "harm", "found", "mend"), STOPS, ids=[one[0] for one in STOPS])
def test_what_is_wrong_in_the_project_stops_with_its_name_and_cure(
    name: str, harm: Harm, found: str, mend: str, run: Script, cloud: Cloud
) -> None:
    harm(cloud)
    ended = run("deploy", "my-house")
    line = ended.line(name)
    assert line.startswith("stop")
    assert found in line
    assert mend in line
    assert ended.code == 1
    assert "Traceback" not in ended.text
    assert not cloud.functions
    assert not cloud.uploads


@pytest.mark.parametrize(
    "path", [".deepface/weights/arcface_weights.onnx", "fr_detect.onnx", "installed.json"]
)
def test_damaged_or_missing_networks_stop_before_google_is_asked(
    path: str, run: Script, cloud: Cloud, checkout: Path
) -> None:
    file = checkout / "models" / path
    whole = file.read_bytes()
    try:
        file.write_bytes(whole[:-3])
        ended = run("deploy", "my-house")
    finally:
        file.write_bytes(whole)
    assert ended.line("weights").startswith(f"stop    weights    models/{path} is missing or damaged")
    assert "scripts/models" in ended.line("weights")
    assert cloud.asked == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EMAIL_PASSWORD=ab#cd", "functions/notify/.env has EMAIL_PASSWORD, which is a secret"),
        ("FIREBASE_STORAGE_BUCKET=b", "FIREBASE_STORAGE_BUCKET, a name that Firebase refuses"),
    ],
)
def test_a_secret_or_a_refused_name_in_a_file_stops(
    text: str, found: str, run: Script, cloud: Cloud, checkout: Path
) -> None:
    file = checkout / "functions" / "notify" / ".env"
    try:
        file.write_text(f"{text}\n")
        ended = run("deploy", "my-house")
    finally:
        file.unlink()
    assert found in ended.line("settings")
    assert "ab#cd" not in ended.text
    assert (ended.code, cloud.asked) == (1, [])


def test_a_time_to_live_that_is_missing_and_regions_that_differ_stop(
    run: Script, cloud: Cloud, checkout: Path
) -> None:
    stats = '"functionId": "stats", "region": "{}"'
    harms = {
        "firestore.indexes.json": (
            '"arrivals", "fieldPath": "expireAt"',
            '"arrivals2", "fieldPath": "expireAt"',
        ),
        "firebase.json": (stats.format("europe-west1"), stats.format("us-east1")),
    }
    whole = {name: (checkout / name).read_text() for name in harms}
    try:
        for name, (before, after) in harms.items():
            assert before in whole[name]
            (checkout / name).write_text(whole[name].replace(before, after))
        ended = run("deploy", "my-house")
    finally:
        for name, text in whole.items():
            (checkout / name).write_text(text)
    assert "no time to live for arrivals" in ended.line("indexes")
    assert "sends calls to europe-west1, us-east1" in ended.line("functions")
    assert (ended.code, cloud.asked) == (1, [])


def test_what_can_be_put_right_is_and_the_second_time_there_is_nothing_to_do(
    run: Script, cloud: Cloud
) -> None:
    cloud.apis_off = {"run.googleapis.com", "eventarc.googleapis.com"}
    cloud.email, cloud.bucket, cloud.soft_delete = False, None, "604800"
    first = run("deploy", "my-house", "--check", "--budget", "10")
    assert first.code == 0, first.text
    for name, done in {
        "apis": "switched on eventarc.googleapis.com, run.googleapis.com",
        "sign-in": "switched on signing in by e-mail and password",
        "bucket": "made in europe-west1",
        "soft-del": "deleted pictures were kept for 7 days, and are not from now on",
        "role": "granted to Storage",
        "secrets": "WEBHOOK_URL is stored as not set",
        "budget": "10 a month",
    }.items():
        assert first.line(name).startswith("mended")
        assert done in first.line(name)
    assert not cloud.apis_off
    assert vars(cloud).items() >= {"email": True, "bucket": "europe-west1", "soft_delete": "0"}.items()
    assert set(cloud.secrets.values()) == {" "}
    cloud.asked.clear()
    second = run("deploy", "my-house", "--check")
    assert second.code == 0
    assert "mended" not in second.text
    assert cloud.writes() == []


def test_no_budget_is_advice_and_stops_nothing(run: Script, cloud: Cloud) -> None:
    ended = run("deploy", "my-house", "--check")
    assert ended.code == 0
    assert ended.line("budget").startswith("advice")
    assert "scripts/deploy my-house --budget <AMOUNT>" in ended.line("budget")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_the_plan_needs_no_account_and_touches_nothing(
    script: str, run: Script, cloud: Cloud, checkout: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in checkout.rglob("*") if ".venv" not in path.parts}
    ended = run(script, "my-house", "--plan", FIREBASE_TOKEN="")
    assert ended.code == 0
    assert "my-house" in ended.text
    assert ("app check" in ended.text) is (script == "deploy")
    assert cloud.asked == []
    now = {path: path.stat().st_mtime_ns for path in checkout.rglob("*") if ".venv" not in path.parts}
    assert {path for path in now if now[path] != before.get(path) and "__pycache__" not in str(path)} == set()


def test_granting_a_role_without_a_sign_in_is_one_line(run: Script, cloud: Cloud) -> None:
    cloud.signed_in = False
    ended = run("grant", "you@example.com", "owner", "--project", "my-house")
    assert ended.code == 1
    assert ended.text == "lookout: nobody is signed in to Firebase here; run npx firebase login.\n"
