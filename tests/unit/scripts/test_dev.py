"""What ``scripts/dev`` relies on, and the one line it says when something is wrong."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lookout import deployment
from stack.install import dashboard, project, toolchain
from stack.install.bootstrap import ROOT, deployed_python
from stack.install.emulator_jars import jars, offline_jars
from stack.local import emulators, local_network, processes, readiness
from stack.local.info import Account, CameraKey, StackInfo
from tests.support.waiting import SECONDS, wait_until

INFO = StackInfo(
    urls=project.Ports(6000).urls(),
    project=project.PROJECT,
    bucket=project.BUCKET,
    owner=Account("owner@example.com", "a password"),
    camera=CameraKey("cam_001", "a key"),
)


def _dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "dev"), *arguments],
        capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _command(folder: Path, name: str, prints: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{prints}\n")
    path.chmod(0o755)


# ports


def test_all_ports_follow_from_one_number() -> None:
    ports = project.Ports(6000)
    assert [ports[name] for name in project.EMULATORS] == list(range(6000, 6009))
    assert ports.websocket == 6009
    assert ports.cameras == [6010, 6011]
    assert ports.urls()["functions"] == "http://127.0.0.1:6001/demo-lookout/europe-west1"


def test_firebase_json_and_the_default_base_agree() -> None:
    config = json.loads((ROOT / "firebase.json").read_text())["emulators"]
    ports = project.Ports(project.DEFAULT_BASE)
    for name in ("auth", "firestore", "functions", "hosting", "storage"):
        assert config[name]["port"] == ports[name]
    assert config["ui"] == {"enabled": False}
    assert config["singleProjectMode"] is True


def test_a_busy_port_is_said_in_one_line(listener: int, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=f"port {listener} is in use.*--port-base"):
        emulators.start(project.Ports(listener), tmp_path)
    assert not (tmp_path / "stack.json").exists()


@pytest.mark.parametrize("which", range(project.PORTS))
def test_whichever_port_is_busy_is_said_before_anything_starts(which: int, tmp_path: Path) -> None:
    ports = project.free_ports()
    with (
        socket.create_server(("127.0.0.1", ports.base + which)),
        pytest.raises(SystemExit, match=f"port {ports.base + which} is in use"),
    ):
        emulators.start(ports, tmp_path)
    assert processes.marked(tmp_path) == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_port_of_a_camera_that_is_taken_meanwhile_is_said(which: int, tmp_path: Path) -> None:
    ports = project.free_ports()
    taken = ports.cameras[which]
    try:
        with (
            socket.create_server(("127.0.0.1", taken)),
            pytest.raises(SystemExit, match=f"(?s)no fake camera can answer at port {taken}.*--port-base"),
        ):
            local_network.switch_on_cameras(ports, tmp_path)
    finally:
        emulators.stop(tmp_path)
    assert processes.marked(tmp_path) == []


def test_an_emulator_that_took_another_port_is_said(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("port taken, trying another\n")
    ports = project.free_ports()
    with ExitStack() as listeners:
        for port in range(ports.base, ports.websocket):
            listeners.enter_context(socket.create_server(("127.0.0.1", port)))
        with pytest.raises(SystemExit, match=rf"nothing answers at port {ports.websocket} \(websocket\)"):
            readiness.require_every_port(ports, tmp_path / "log")
        listeners.enter_context(socket.create_server(("127.0.0.1", ports.websocket)))
        readiness.require_every_port(ports, tmp_path / "log")


@pytest.mark.parametrize("text", ["80", "65530", "many", "-1", ""])
def test_a_port_base_that_cannot_be_is_refused(text: str) -> None:
    done = _dev("--port-base", text)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_free_ports_are_free() -> None:
    assert project.free_ports().busy() == []


# the project folder


@pytest.fixture(autouse=True, scope="module")
def _built() -> None:
    dashboard.build()


def test_the_local_page_is_told_where_the_emulators_are_and_its_policy_allows_no_other(
    tmp_path: Path,
) -> None:
    project.lay_out(tmp_path, project.Ports(6000), {})
    emulators = json.loads((tmp_path / "site" / "emulators.json").read_text())
    urls = project.Ports(6000).urls()
    assert emulators == {name: urls[name] for name in ("auth", "firestore", "storage")}
    local, deployed = (
        _policy(json.loads((folder / "firebase.json").read_text())) for folder in (tmp_path, ROOT)
    )
    assert set(local.pop("connect-src")) == set(deployed.pop("connect-src")) | set(emulators.values())
    assert local == deployed


def _policy(config: dict[str, Any]) -> dict[str, list[str]]:
    headers = config["hosting"]["headers"][0]["headers"]
    value = next(header["value"] for header in headers if header["key"] == "Content-Security-Policy")
    return {name: sources for name, *sources in (part.split() for part in value.split(";"))}


def test_the_emulators_see_the_repository_with_the_ports_and_python_of_this_stack(tmp_path: Path) -> None:
    project.lay_out(tmp_path / "project", project.Ports(6000), {})
    config = json.loads((tmp_path / "project" / "firebase.json").read_text())
    assert config["emulators"]["firestore"] == {"host": "127.0.0.1", "port": 6003, "websocketPort": 6009}
    runtime = f"python{sys.version_info.major}{sys.version_info.minor}"
    assert {codebase["runtime"] for codebase in config["functions"]} == {runtime}
    for path in ("firestore.rules", "storage.rules", "site/index.html", "functions/detect"):
        assert (tmp_path / "project" / path).exists()


def test_a_project_folder_is_laid_out_twice_without_harm(tmp_path: Path) -> None:
    project.lay_out(tmp_path, project.Ports(6000), {})
    project.lay_out(tmp_path, project.Ports(7000), {})
    assert json.loads((tmp_path / "firebase.json").read_text())["emulators"]["auth"]["port"] == 7002


def test_what_functions_declare_lies_beside_links_to_them_and_not_where_they_are_deployed_from(
    tmp_path: Path,
) -> None:
    for declared in ({"stats": "endpoints: {}"}, {}, {"stats": "endpoints: {}"}):
        project.lay_out(tmp_path, project.Ports(6000), declared)
        main = tmp_path / "functions" / "stats" / "main.py"
        assert main.read_bytes() == (ROOT / "functions" / "stats" / "main.py").read_bytes()
        assert main.with_name("functions.yaml").exists() is bool(declared)
        assert not list(ROOT.glob("functions/*/functions.yaml"))


def test_a_stack_of_many_projects_has_rules_of_its_own_and_the_repositorys_stay_as_they_are(
    tmp_path: Path,
) -> None:
    before = (ROOT / "firestore.rules").read_bytes()
    for nobodys in (False, True, True, False):
        project.lay_out(tmp_path, project.Ports(6000), {}, nobodys)
        laid = tmp_path / "firestore.rules"
        assert laid.is_symlink() is not nobodys
        assert laid.read_text() == (project.NOBODYS_RULES if nobodys else before.decode())
        assert (ROOT / "firestore.rules").read_bytes() == before


def test_hosting_leads_to_the_region_the_functions_are_in() -> None:
    rewrites = json.loads((ROOT / "firebase.json").read_text())["hosting"]["rewrites"]
    assert {rewrite["function"]["region"] for rewrite in rewrites} == {project.REGION} == {deployment.REGION}


def test_every_function_has_a_codebase_of_its_own_and_one_python() -> None:
    config = json.loads((ROOT / "firebase.json").read_text())["functions"]
    assert [codebase["source"] for codebase in config] == [
        f"functions/{name}" for name in project.codebases()
    ]
    assert {codebase["runtime"] for codebase in config} == {"python{}{}".format(*deployed_python())}
    assert all(codebase["predeploy"] == [f"scripts/vendor {codebase['codebase']}"] for codebase in config)
    assert all("venv" in codebase["ignore"] for codebase in config)


# stack.json


def test_stack_json_is_read_back_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    INFO.save(tmp_path)
    assert StackInfo.load(tmp_path) == INFO
    assert (tmp_path / "stack.json").stat().st_mode & 0o777 == 0o600
    assert set(json.loads((tmp_path / "stack.json").read_text())) == {
        "urls",
        "project",
        "bucket",
        "owner",
        "camera",
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"urls": 1}', "{"])
def test_a_broken_stack_json_is_no_stack(text: str, tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(text)
    assert StackInfo.load(tmp_path) is None
    assert emulators.running(tmp_path) is None


def test_a_stack_that_died_is_not_running(tmp_path: Path) -> None:
    INFO.save(tmp_path)
    (tmp_path / emulators.LEADER).write_text(str(os.getpid()))  # an id that went to another process
    assert emulators.running(tmp_path) is None


def test_stopping_where_nothing_runs_is_no_error(tmp_path: Path) -> None:
    done = _dev("--stop", "--folder", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "No stack was running." in done.stdout


# processes


STUBBORN = """
import signal, subprocess, sys, time
for ending in (signal.SIGINT, signal.SIGTERM):
    signal.signal(ending, signal.SIG_IGN)
if len(sys.argv) == 1:
    subprocess.Popen([sys.executable, __file__, "child"], start_new_session=True)
print("up", flush=True)
time.sleep(60)
"""


def test_every_process_of_a_stack_ends_also_one_that_left_the_group_and_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.3)
    script = tmp_path / "stubborn.py"
    script.write_text(STUBBORN)
    leader = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, processes.MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    assert leader.stdout is not None
    with leader, leader.stdout:
        assert [leader.stdout.readline() for _ in range(2)] == [b"up\n", b"up\n"]
        assert len(processes.marked(tmp_path)) == 2
        processes.end(tmp_path, leader.pid, patience=0.2)
        leader.wait(SECONDS)
    wait_until(lambda: not processes.marked(tmp_path), "the end of both")


def test_a_stack_of_another_folder_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other"
    with subprocess.Popen(["sleep", "60"], env={**os.environ, processes.MARK: str(other)}) as bystander:
        processes.end(tmp_path, None, patience=0.1)
        assert bystander.poll() is None
        bystander.kill()


# tools


def test_a_missing_node_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="Node is missing: install Node 20"):
        toolchain.ensure()


def test_an_old_node_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _command(tmp_path, "node", "echo v18.19.0")
    _command(tmp_path, "npm", "")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SystemExit, match=r"Node 20 or later is needed, this is v18\.19\.0"):
        toolchain.ensure()


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("echo 'openjdk version \"21.0.8\" 2025-07-15' >&2", 21),
        ("echo 'openjdk version \"17.0.15\" 2025-04-15' >&2", 17),
        ("echo 'java version \"1.8.0_402\"' >&2", 1),
        ("echo no java here; exit 1", 0),
    ],
)
def test_the_version_of_a_java_is_read(says: str, version: int, tmp_path: Path) -> None:
    _command(tmp_path, "java", says)
    assert toolchain.java_version(tmp_path / "java") == version


def test_a_java_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert toolchain.java_version(tmp_path / "java") == 0


def test_the_firebase_tools_are_pinned_and_the_lock_names_no_host() -> None:
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]["firebase-tools"]
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert lock["node_modules/firebase-tools"]["version"] == pinned
    assert not [name for name, entry in lock.items() if "resolved" in entry]


# jars


def test_the_jars_are_those_the_pinned_firebase_tools_ask_for() -> None:
    names = [jar.name for jar in jars.wanted(toolchain.PACKAGES)]
    assert names[0].startswith("cloud-firestore-emulator-v")
    assert names[1].startswith("cloud-storage-rules-runtime-v")


def test_a_host_that_says_nothing_or_does_not_exist_is_out_of_reach(listener: int) -> None:
    assert not jars.is_reachable(f"http://127.0.0.1:{listener}/", patience=0.3)
    assert not jars.is_reachable("http://nowhere.invalid/", patience=2)


def test_without_a_cloud_sdk_the_jars_cannot_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(offline_jars.CannotBuild, match="install the Google Cloud SDK"):
        offline_jars.build(tmp_path / "a.jar", tmp_path / "b.jar")
    assert list(tmp_path.iterdir()) == []


def test_a_cloud_sdk_without_the_emulator_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _command(tmp_path, "gcloud", f"echo {tmp_path}")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(offline_jars.CannotBuild, match="cloud-firestore-emulator"):
        offline_jars.sdk_engine()


def test_out_of_reach_and_nothing_to_build_from_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars, "is_reachable", lambda url: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        jars.ensure(tmp_path / "jars", toolchain.PACKAGES, {})
    assert str(ended.value).count("\n") == 0
    assert "cannot be downloaded" in str(ended.value)


def test_a_host_that_answers_but_refuses_is_out_of_reach_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = "firebase-tools/lib/emulator"
    (tmp_path / pins).mkdir(parents=True)
    (tmp_path / pins / "downloadableEmulatorInfo.json").symlink_to(
        toolchain.PACKAGES / pins / "downloadableEmulatorInfo.json"
    )
    (tmp_path / ".bin").mkdir()
    _command(tmp_path / ".bin", "firebase", "echo Error: 403; exit 1")
    monkeypatch.setattr(jars, "is_reachable", lambda url: True)
    monkeypatch.setattr(offline_jars, "build", lambda *paths: [path.touch() for path in paths])
    jars.ensure(tmp_path / "jars", tmp_path, {})
    assert all((tmp_path / "jars" / jar.name).exists() for jar in jars.wanted(tmp_path))


@pytest.mark.parametrize(
    ("entries", "is_outdated"),
    [
        ({"com/google/Official.class": ""}, False),
        ({"StorageRulesRuntime.class": ""}, True),
        ({"StorageRulesRuntime.class": "", offline_jars.STAMP: "of other sources"}, True),
        ({"StorageRulesRuntime.class": "", offline_jars.STAMP: None}, False),
    ],
)
def test_a_jar_that_was_built_here_is_built_again_when_its_sources_changed(
    entries: dict[str, str | None], is_outdated: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.jar"
    with zipfile.ZipFile(path, "w") as jar:
        for name, content in entries.items():
            jar.writestr(name, offline_jars._sources_hash() if content is None else content)
    assert offline_jars.is_outdated(path) == is_outdated


def test_a_long_class_path_is_folded_as_manifests_want_it(tmp_path: Path) -> None:
    engine = Path("/" + "long/" * 60 + "engine.jar")
    lines = offline_jars.manifest("Main", engine).split("\r\n")
    assert all(len(line) <= 72 for line in lines)
    path = tmp_path / "x.jar"
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "\r\n".join(lines))
    unfolded = "\r\n".join(lines).replace("\r\n ", "")
    assert f"Class-Path: {engine.as_uri()}" in unfolded


# readiness


def test_emulators_that_die_at_the_start_say_their_last_telling_lines(tmp_path: Path) -> None:
    log = tmp_path / "emulators.log"
    with log.open("wb") as output:
        dying = subprocess.Popen(
            ["sh", "-c", "echo all is well; echo '\x1b[31mError: could not bind\x1b[0m'; exit 1"],
            stdout=output,
        )
    with pytest.raises(SystemExit) as ended:
        readiness.wait_for_emulators(dying, log)
    assert "Error: could not bind" in str(ended.value)
    assert "all is well" not in str(ended.value)
    assert "\x1b" not in str(ended.value)
    assert str(log) in str(ended.value)


def test_a_log_without_a_reason_is_shown_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "emulators.log"
    log.write_text("\n".join(f"line {number}" for number in range(20)))
    shown = readiness.telling_lines(log, most=2)
    assert "line 19" in shown
    assert "line 17" not in shown


def test_an_empty_log_is_no_trouble(tmp_path: Path) -> None:
    log = tmp_path / "emulators.log"
    log.touch()
    assert str(log) in readiness.telling_lines(log)
