"""What each codebase tells the Firebase CLI of its functions, held by golden copies."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from typing import Any

import pytest
import yaml

from lookout import deployment
from stack.install.bootstrap import ROOT
from stack.install.vendor import functions
from stack.local.firebase_tools.declarations import ASK
from tests.support.golden import assert_golden

CODEBASES = [folder.name for folder in functions(ROOT)]

ASK_HERE = f"import sys; del sys.path[0]; import lookout\n{ASK}"
"""As the CLI does: in the codebase's folder, in a process of its own. The library is the original."""


@functools.cache
def manifest(codebase: str, **more: str) -> dict[str, Any]:
    environment = {
        **more,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "GCLOUD_PROJECT": "my-house",
        "FIREBASE_CONFIG": json.dumps({"storageBucket": "my-house.firebasestorage.app"}),
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK_HERE],
        cwd=ROOT / "functions" / codebase, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = yaml.safe_load(asked.stdout)
    return told


@pytest.mark.parametrize("codebase", CODEBASES)
def test_a_codebase_is_deployed_as_its_golden_copy_says(codebase: str) -> None:
    told = manifest(codebase)
    assert_golden(f"manifests/{codebase}.json", told)
    for name, endpoint in told["endpoints"].items():
        instance = deployment.INSTANCES[name]
        # without a whole processor a function gets a sixth of one, and one request at a time
        assert endpoint["cpu"] >= 1
        assert (endpoint["concurrency"], endpoint["maxInstances"]) == (
            instance.concurrency,
            instance.max_instances,
        )
        trigger = endpoint.get("eventTrigger")
        assert trigger is None or trigger["retry"] is instance.retry


def test_every_function_of_the_table_is_in_one_codebase_and_firebase_json_names_all() -> None:
    told = [name for codebase in CODEBASES for name in manifest(codebase)["endpoints"]]
    assert sorted(told) == sorted(deployment.INSTANCES)
    config = json.loads((ROOT / "firebase.json").read_text())
    assert [codebase["codebase"] for codebase in config["functions"]] == CODEBASES


def test_database_and_functions_and_rewrites_are_in_one_region() -> None:
    config = json.loads((ROOT / "firebase.json").read_text())
    assert config["firestore"]["location"] == deployment.REGION
    assert {rewrite["function"]["region"] for rewrite in config["hosting"]["rewrites"]} == {deployment.REGION}


@pytest.mark.few(2)
@pytest.mark.parametrize("codebase", CODEBASES)
def test_only_who_tells_people_is_given_secrets_and_the_emulator_asks_for_none(codebase: str) -> None:
    for name, endpoint in manifest(codebase)["endpoints"].items():
        given = [one["key"] for one in endpoint["secretEnvironmentVariables"]]
        assert given == (list(deployment.SECRETS) if name in ("notify", "people") else [])
    here = manifest(codebase, FUNCTIONS_EMULATOR="true")["endpoints"].values()
    assert not any(endpoint["secretEnvironmentVariables"] for endpoint in here)


def test_photos_are_watched_in_the_bucket_that_the_functions_use() -> None:
    told = manifest("enroll", STORAGE_BUCKET="another")["endpoints"]
    watched = [told[name]["eventTrigger"]["eventFilters"]["bucket"] for name in ("enroll", "forget_photo")]
    assert watched == ["another", "another"]


def test_nothing_secret_and_nothing_local_is_uploaded_or_committed() -> None:
    config = json.loads((ROOT / "firebase.json").read_text())
    for codebase in config["functions"]:
        assert {".env*", ".secret.local", "venv"} <= set(codebase["ignore"])
    asked = [
        f"functions/{one}/{name}" for one in CODEBASES for name in (".env", ".env.my-house", ".secret.local")
    ]
    ignored = subprocess.run(
        ["git", "check-ignore", *asked], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.split() == asked
