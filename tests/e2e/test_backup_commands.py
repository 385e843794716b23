"""``scripts/backup`` and ``scripts/restore`` as they are typed, on the running site and an empty project."""

from __future__ import annotations

import json
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.cloud.firebase.stores import Stores
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.keeping.backup import MANIFEST, OBJECTS, kept_documents
from stack.local.info import StackInfo
from tests.e2e.test_enrolment import Person
from tests.support.stores import bucket_at, firestore_at, objects
from tests.support.waiting import wait_until

pytestmark = pytest.mark.long


def command(name: str, *arguments: object) -> list[str]:
    return [sys.executable, str(ROOT / "scripts" / name), *map(str, arguments)]


def run(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    typed = command(name, *arguments)
    return subprocess.run(typed, capture_output=True, text=True, timeout=300, check=False)


def done(name: str, *arguments: object) -> str:
    ended = run(name, *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def refused(name: str, *arguments: object) -> str:
    ended = run(name, *arguments)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert ended.stderr.startswith("lookout: ")
    assert "Traceback" not in ended.stderr
    return ended.stderr


@pytest.fixture(scope="module")
def site(stack: StackInfo) -> Iterator[list[str]]:
    """The running site, with somebody enrolled, as the commands are told it; nobody afterwards."""
    person = Person("Kept")
    person.upload(photos.ensure() / "biden.jpg")
    person.wait_enrolled()
    notice = firestore_client().document(f"notices/{secrets.token_hex(4)}_new")
    notice.set({"state": "budget"})
    yield ["--project", stack.project, "--bucket", stack.bucket]
    notice.delete()
    person.document.delete()
    wait_until(lambda: (person.gallery.get().to_dict() or {}).get("deleted"), "the forgetting")


@pytest.fixture
def other(stack: StackInfo) -> Iterator[tuple[list[str], Stores]]:
    """An empty project on the same emulators; gone again at the end."""
    project = f"demo-{secrets.token_hex(6)}"
    stores = Stores(
        firestore_at(stack.environment["FIRESTORE_EMULATOR_HOST"], project),
        bucket_at(stack.urls["storage"], project),
        30.0,
    )
    yield ["--project", project, "--bucket", f"{project}.appspot.com"], stores
    for collection in stores.db.collections():
        stores.db.recursive_delete(collection)
    for path in objects(stores.bucket):
        stores.bucket.blob(path).delete(timeout=30)


def documents(stores: Stores) -> dict[str, Any]:
    return {one["path"]: one["fields"] for one in kept_documents(stores)}


def kept(folder: Path) -> dict[str, Any]:
    lines = (folder / "documents.jsonl").read_text().splitlines()
    return {one["path"]: one["fields"] for one in map(json.loads, lines)}


@pytest.mark.parametrize("name", ["backup", "restore"])
def test_the_commands_say_what_they_do_and_what_they_need(name: str) -> None:
    told = done(name, "--help")
    assert f"usage: scripts/{name}" in told
    assert "--yes" in told
    assert "--project" in told
    missing = run(name)
    assert (missing.returncode, "folder" in missing.stderr) == (2, True)
    unknown = run(name, "x", "--everything")
    assert (unknown.returncode, "--everything" in unknown.stderr) == (2, True)


def test_a_site_that_is_backed_up_comes_back_in_an_empty_project(
    site: list[str], other: tuple[list[str], Stores], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    told = done("backup", folder, *site)
    manifest = json.loads((folder / MANIFEST).read_text())
    assert f"{manifest['documents']} documents and {manifest['objects']} objects are in {folder}." in told
    assert manifest["project"] == site[1]
    # faces are in it: for the owner's eyes alone
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in folder.rglob("*")} == {0}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    stored = kept(folder)
    assert not [path for path in stored if path.startswith("notices/")]

    assert "holds a backup already" in refused("backup", folder, *site)
    assert "--yes" in refused("restore", folder, *site)

    there, stores = other
    told = done("restore", folder, *there)
    assert f"{len(stored)} documents and {manifest['objects']} objects are back." in told
    assert documents(stores) == stored
    listed = [json.loads(line) for line in (folder / OBJECTS).read_text().splitlines()]
    assert objects(stores.bucket) == sorted(one["name"] for one in listed)
    there_now = {blob.name: blob.md5_hash for blob in stores.bucket.list_blobs(timeout=30)}
    assert there_now == {one["name"]: one["md5"] for one in listed}
    # it is not empty any more, and what the backup does not have stays
    assert "is not empty" in refused("restore", folder, *there)
    stores.db.document("people/New").set({"name": "New"})
    stores.db.document("settings/site").delete()
    done("restore", folder, *there, "--yes")
    people = {path: fields for path, fields in documents(stores).items() if path != "people/New"}
    assert people == stored
    assert stores.db.document("people/New").get().exists


def test_a_backup_of_what_was_restored_is_the_same_backup(
    site: list[str], other: tuple[list[str], Stores], tmp_path: Path
) -> None:
    there, stores = other
    done("backup", tmp_path / "first", *site)
    done("restore", tmp_path / "first", *there)
    done("backup", tmp_path / "second", *there)
    assert kept(tmp_path / "second") == kept(tmp_path / "first")
    lines = [(tmp_path / one / OBJECTS).read_text().splitlines() for one in ("first", "second")]
    assert sorted(lines[0]) == sorted(lines[1])
    assert objects(stores.bucket)


def test_a_backup_that_is_killed_is_none_and_the_same_command_goes_on(
    site: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    with subprocess.Popen(command("backup", folder, *site), stdout=subprocess.PIPE, text=True) as process:
        begun = folder / "objects"
        wait_until(lambda: begun.is_dir() or process.poll() is not None, "the backup's start", pause=0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert not (folder / MANIFEST).exists()
    assert "interrupted" in refused("restore", folder, *site)
    done("backup", folder, *site)
    assert (folder / MANIFEST).exists()


def test_what_is_no_backup_is_refused_before_the_site_is_asked(
    site: list[str], other: tuple[list[str], Stores], tmp_path: Path
) -> None:
    assert "is no backup" in refused("restore", tmp_path / "nowhere", *site)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("Dear all")
    assert "is no backup" in refused("restore", tmp_path / "letters", *site)
    assert "something else" in refused("backup", tmp_path / "letters", *site)
    assert (tmp_path / "letters" / "one.txt").read_text() == "Dear all"
    done("backup", tmp_path / "kept", *site)
    broken = next((tmp_path / "kept" / "objects").iterdir())
    broken.write_bytes(b"cut")
    there, stores = other
    assert "damaged or missing" in refused("restore", tmp_path / "kept", *there)
    assert (documents(stores), objects(stores.bucket)) == ({}, [])


def test_the_site_stays_as_it_was(site: list[str], tmp_path: Path) -> None:
    before = objects(bucket())
    done("backup", tmp_path / "kept", *site)
    assert set(before) <= set(objects(bucket()))
