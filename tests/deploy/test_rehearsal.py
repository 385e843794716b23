"""The whole of going live, with the real CLI of the checkout, against a stand-in for Google."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lookout.deployment import INSTANCES, SECRETS
from stack.install.bootstrap import ROOT
from tests.deploy.conftest import Run, runner
from tests.deploy.project import Cloud
from tests.deploy.stand_in import stand_in
from tests.support.golden import assert_golden


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was printed, and what Google was asked."""

    ended: Run
    cloud: Cloud


@pytest.fixture(scope="module")
def rehearsal(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """A first deployment: no database, no bucket, and Eventarc's permissions come late."""
    cloud = Cloud(database=None, bucket=None, eventarc_fails=1)
    settings = checkout / "functions" / "notify" / ".env"
    settings.write_text("EMAIL_HOST=mail.rehearsal.example\nSITE_URL=https://my-house.web.app\n")
    with stand_in(cloud) as environment:
        run = runner(checkout, environment, tmp_path_factory.mktemp("settings"))
        yield Rehearsal(run("deploy", "my-house", "--owner", "you@example.com", "--wait", "1"), cloud)
    settings.unlink()


def test_it_ends_live(rehearsal: Rehearsal) -> None:
    assert rehearsal.ended.code == 0, rehearsal.ended.text
    assert "Deploy complete!" in rehearsal.ended.line("deploy")
    assert rehearsal.ended.text.rstrip().endswith(f"Lookout is live: {rehearsal.cloud.origin}/site")


def test_it_deploys_again_where_eventarc_was_not_ready(rehearsal: Rehearsal) -> None:
    assert "permissions do not hold yet; once more in 1 s" in rehearsal.ended.text
    assert "At attempt 2" in rehearsal.ended.line("deploy")


def test_database_and_bucket_are_made_where_the_functions_are(rehearsal: Rehearsal) -> None:
    assert (rehearsal.cloud.database, rehearsal.cloud.bucket) == ("europe-west1", "europe-west1")


def test_the_functions_are_made_as_their_golden_copy_says(rehearsal: Rehearsal) -> None:
    made = rehearsal.cloud.functions
    assert sorted(made) == sorted(INSTANCES)
    plain = json.loads(json.dumps(made).replace(rehearsal.cloud.origin, "https://google"))
    for function in plain.values():
        # differs with every change of the code, and with the version of the CLI
        for name in ("firebase-functions-hash", "deployment-tool"):
            function.get("labels", {}).pop(name, None)
    assert_golden("functions.json", plain)
    for name, function in made.items():
        given = [one["key"] for one in function["serviceConfig"].get("secretEnvironmentVariables", [])]
        assert given == (sorted(SECRETS) if INSTANCES[name].secrets else [])
        variables = function["serviceConfig"]["environmentVariables"]
        assert not variables.keys() & set(SECRETS)
    assert made["notify"]["serviceConfig"]["environmentVariables"]["EMAIL_HOST"] == "mail.rehearsal.example"


def test_indexes_times_to_live_rules_and_site_are_made_as_their_golden_copies_say(
    rehearsal: Rehearsal,
) -> None:
    asked = rehearsal.cloud.writes()
    fields = {path: body for method, path, body in asked if method == "PATCH" and "/fields/" in path}
    indexes = [(path, body) for method, path, body in asked if method == "POST" and path.endswith("/indexes")]
    # twice deployed, because of Eventarc: each is asked for with the same words
    assert_golden("fields.json", dict(sorted(fields.items())))
    assert_golden("indexes.json", [json.loads(one) for one in sorted({json.dumps(one) for one in indexes})])
    (site,) = {json.dumps(body["config"]) for _, path, body in asked if re.search(r"/versions/v1\?", path)}
    assert_golden("hosting.json", json.loads(site))
    rules = [body["source"]["files"][0]["name"] for _, path, body in asked if path.endswith("/rulesets")]
    assert set(rules) == {"firestore.rules", "storage.rules"}


def test_what_is_uploaded_is_code_networks_and_lock_and_no_setting(rehearsal: Rehearsal) -> None:
    uploads = rehearsal.cloud.uploads
    assert len(uploads) >= 6
    for files in uploads:
        assert {"main.py", "requirements.txt", "lookout/deployment.py"} <= files.keys()
        assert files["requirements.txt"].startswith(b"# made by scripts/lock")
        sees = b"onnxruntime" in files["requirements.txt"]
        assert ("models/installed.json" in files) is sees
        named = [
            name for name in files if ".env" in name or "secret" in name.rpartition("/")[2] or "venv" in name
        ]
        assert named == []
        assert not any(b"mail.rehearsal.example" in content for content in files.values())


def test_the_bucket_is_told_who_may_load_pictures_and_what_to_delete(rehearsal: Rehearsal) -> None:
    rules = rehearsal.cloud.bucket_rules
    assert rules["cors"][0]["origin"] == [
        f"{rehearsal.cloud.origin}/site",
        "https://my-house.firebaseapp.com",
    ]
    assert rules["lifecycle"] == json.loads((ROOT / "storage.lifecycle.json").read_text())


def test_the_first_owner_has_the_role_and_a_mail_to_choose_a_password(rehearsal: Rehearsal) -> None:
    (account,) = rehearsal.cloud.accounts
    assert account["email"] == "you@example.com"
    assert json.loads(account["customAttributes"]) == {"role": "owner"}
    mails = [body for _, path, body in rehearsal.cloud.asked if path.endswith(":sendOobCode")]
    assert mails == [{"requestType": "PASSWORD_RESET", "email": "you@example.com"}]


def test_metrics_of_the_log_and_policies_are_made_as_their_golden_copy_says(rehearsal: Rehearsal) -> None:
    cloud = rehearsal.cloud
    assert_golden("monitoring.json", {"metrics": cloud.metrics, "policies": cloud.policies})
    assert [one["labels"] for one in cloud.channels] == [{"email_address": "you@example.com"}]
    assert {tuple(one["notificationChannels"]) for one in cloud.policies} == {(cloud.channels[0]["name"],)}


def test_metrics_and_policies_that_are_there_are_brought_up_to_date_and_whom_they_tell_stays() -> None:
    from stack.deploy.google import Google
    from stack.deploy.steps import Site
    from stack.deploy.watching import watching

    cloud = Cloud()
    with stand_in(cloud) as environment, pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        site = Site("my-house", Google("token", "my-house"))
        assert "nobody is told" in watching(site)
        cloud.policies[0]["notificationChannels"] = ["by-hand"]
        cloud.policies[0]["enabled"] = False
        cloud.metrics["lookout_frames"]["filter"] = "of an older version"
        site.owner = "you@example.com"
        for _ in range(2):
            assert "somebody is told" in watching(site)
    assert (len(cloud.metrics), len(cloud.policies), len(cloud.channels)) == (6, 5, 1)
    assert cloud.policies[0]["notificationChannels"] == ["by-hand", cloud.channels[0]["name"]]
    assert cloud.policies[0]["enabled"]
    assert "frame judged" in cloud.metrics["lookout_frames"]["filter"]


def test_the_smoke_test_leaves_nothing(rehearsal: Rehearsal) -> None:
    assert "its alert stored; camera and alert are removed" in rehearsal.ended.line("smoke")
    assert rehearsal.cloud.documents == {}


def test_a_site_that_answers_without_an_alert_is_not_called_live(
    checkout: Path, tmp_path: Path, rehearsal: Rehearsal
) -> None:
    from stack.deploy.google import Google
    from stack.deploy.smoke import smoke_test
    from stack.deploy.steps import Site, Unready

    cloud = Cloud(answers=False)
    with stand_in(cloud) as environment, pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        site = Site("my-house", Google("token", "my-house"), url=f"{cloud.origin}/site")
        with pytest.raises(Unready, match="the frame was answered with no_face"):
            smoke_test(site)
    assert cloud.documents == {}
