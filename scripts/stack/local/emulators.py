"""Starts, finds and ends a local stack: Firebase's emulators with the functions in them, cameras and an agent.

A stack lives in a folder: ``stack.json`` (where it answers), ``logs/``, ``project/`` (what the emulators see),
``data/`` (what ``keep`` saved). The one that people start lives in ``.dev``; tests start theirs elsewhere.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from stack.alone import alone
from stack.console import fail, step
from stack.install import dashboard, project, toolchain
from stack.install.bootstrap import ROOT
from stack.install.vendor import functions, vendor
from stack.local import local_network, processes, readiness, seed
from stack.local.firebase_tools.declarations import declarations
from stack.local.firebase_tools.launching import launch
from stack.local.firebase_tools.turn import turn
from stack.local.info import FILE, CameraKey, StackInfo

FOLDER = ROOT / ".dev"
LEADER = "firebase.pid"
LOG = Path("logs") / "emulators.log"
KEPT = Path("data")
DECLARED = FOLDER / "declared.json"
STOP_SECONDS = 20.0
"""Time for an orderly end, the export of kept data included."""

STARTS = 3
"""Tries where another program takes a port that firebase-tools has just found free."""

_launched: dict[Path, subprocess.Popen[bytes]] = {}
"""The stacks this process started, by folder."""


def running(folder: Path = FOLDER) -> StackInfo | None:
    """The stack of ``folder``, if it is up and answers."""
    info = StackInfo.load(folder)
    if info is None or _leader(folder) is None:
        return None
    address = urlsplit(info.urls["functions"])
    try:
        socket.create_connection((address.hostname or "", address.port or 0), timeout=2).close()
    except OSError:
        return None
    return info


def start(
    ports: project.Ports,
    folder: Path = FOLDER,
    keep: bool = False,
    environment: Mapping[str, str] | None = None,
    many_projects: bool = False,
    edited: bool = True,
) -> StackInfo:
    """Start a stack and wait until every function answers; with ``keep``, on the data of the last time.

    ``environment`` are settings for its functions, over those of this process. ``many_projects``: the rules are
    those of the stack's own project alone. The emulator would compile them again, for 80 ms, for each
    other that a test makes up; there nobody may do anything but functions and scripts. ``edited``: the functions
    are asked what they declare, now and whenever their sources change; else they are not, and it starts faster.

    Raises:
        SystemExit: it cannot start; one line says why. Nothing is left running.
    """
    folder = folder.resolve()
    if _leader(folder) is not None:
        raise fail("a stack is running already; scripts/dev --stop ends it.")
    if busy := ports.busy():
        raise fail(f"port {busy[0]} is in use: stop what listens there, or choose others with --port-base.")
    tools = toolchain.ensure()
    settings = environment or {}
    declared: Mapping[str, str] = {}
    with alone(ROOT / "functions"):
        for function in functions(ROOT):
            vendor(ROOT, function)
        if not edited:
            with step("asking the functions what they declare"):
                declared = declarations(functions(ROOT), settings, DECLARED)
    dashboard.build()
    kept = StackInfo.load(folder / KEPT) if keep and (folder / KEPT / "emulators").is_dir() else None
    for tries_left in reversed(range(STARTS)):
        try:
            return _start(tools, ports, folder, keep, kept, settings, many_projects, declared)
        except BaseException as error:
            stop(folder)
            if not tries_left or not readiness.met_another(error):
                raise
    raise AssertionError("the last try returns or raises")


def wait(folder: Path = FOLDER) -> None:
    """Wait until the stack of ``folder``, started by this process, ends."""
    _launched[folder.resolve()].wait()


def stop(folder: Path = FOLDER) -> bool:
    """End the stack of ``folder`` and every process of it. Returns whether there was one."""
    folder = folder.resolve()
    leader = _leader(folder)
    found = bool(processes.marked(folder))
    if found:
        processes.end(folder, leader, STOP_SECONDS)
    if folder in _launched:
        _launched.pop(folder).wait()
    local_network.reap(folder)
    for name in (LEADER, FILE):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    return found


@contextmanager
def started(
    port_base: int | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    many_projects: bool = False,
) -> Iterator[StackInfo]:
    """A stack of one's own for the length of a ``with`` block: free ports and a throw-away folder by default.

    ``environment`` and ``many_projects`` as of :func:`start`. The functions stay as they are meanwhile.
    """
    ports = project.free_ports() if port_base is None else project.Ports(port_base)
    with processes.told_to_end(), tempfile.TemporaryDirectory(prefix="lookout-") as temporary:
        home = Path(temporary) if folder is None else folder
        info = start(ports, home, environment=environment, many_projects=many_projects, edited=False)
        try:
            yield info
        finally:
            stop(home)


@contextmanager
def at_hand() -> Iterator[StackInfo]:
    """The stack of scripts/dev where it runs, else one of its own for the length of the ``with`` block."""
    info = running()
    if info is not None:
        yield info
        return
    with started() as own:
        yield own


def _leader(folder: Path) -> int | None:
    try:
        pid = int((folder / LEADER).read_text())
    except (OSError, ValueError):
        return None
    return pid if pid in processes.marked(folder.resolve()) else None


def _start(
    tools: toolchain.Toolchain,
    ports: project.Ports,
    folder: Path,
    keep: bool,
    kept: StackInfo | None,
    settings: Mapping[str, str],
    many_projects: bool,
    declared: Mapping[str, str],
) -> StackInfo:
    log = folder / LOG
    with step("switching on the cameras"):
        local_network.switch_on_cameras(ports, folder)
    with turn():
        with step("starting the emulators"):
            project.lay_out(folder / "project", ports, declared, many_projects)
            emulators = launch(tools, ports, folder, log, settings, folder / KEPT if keep else None)
            _launched[folder] = emulators
            (folder / LEADER).write_text(str(emulators.pid))
            readiness.wait_for_emulators(emulators, log)
        with step("waiting for every function to answer"):
            readiness.wait_for_functions(ports, log)
            readiness.require_every_port(ports, log)
    urls = ports.urls()
    if many_projects:
        seed.set_rules(urls["firestore"], project.PROJECT)
    cameras = _register_cameras(urls, ports, kept)
    agent = (kept and kept.agent) or local_network.make_agent(urls["auth"])
    info = StackInfo(
        urls=urls,
        project=project.PROJECT,
        bucket=project.BUCKET,
        owner=kept.owner if kept else seed.make_owner(urls["auth"], project.PROJECT),
        camera=cameras[0],
        agent=agent,
        cameras=cameras,
    )
    with step("starting the agent"):
        local_network.start_agent(info, agent, folder)
    info.save(folder)
    if keep:
        info.save(folder / KEPT)
    return info


def _register_cameras(
    urls: dict[str, str], ports: project.Ports, kept: StackInfo | None
) -> tuple[CameraKey, ...]:
    known = {camera.id: camera.key for camera in (kept.camera, *kept.cameras)} if kept else {}
    keys = seed.register_cameras(urls, project.PROJECT, project.BUCKET, local_network.seeds(ports), known)
    return local_network.all_cameras(keys)
