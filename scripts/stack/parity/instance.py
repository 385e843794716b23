"""One function, served as the platform does, in a cell with what its instance gets, and what it takes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lookout.deployment import INSTANCES
from stack.alone import alone
from stack.install.bootstrap import ROOT
from stack.install.vendor import vendor
from stack.parity.cell import Cell, cell
from stack.parity.environment import HOME, ensure

MIB = 1024 * 1024

NOT_UPLOADED = shutil.ignore_patterns("venv", "__pycache__", "*.pyc", ".env*", ".secret.local")
"""As ``firebase.json`` has it."""

THREADS = 4
"""functions-framework's for each processor. It counts those of the machine, and an instance has fewer."""

START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Instance:
    """A running function: where it answers, in which cell, and the process that leads the others."""

    url: str
    cell: Cell
    leader: int
    temporary: Path
    log: Path

    @property
    def processes(self) -> list[int]:
        """gunicorn and its worker."""
        children = Path(f"/proc/{self.leader}/task/{self.leader}/children").read_text().split()
        return [self.leader, *map(int, children)]

    def processor(self) -> float:
        """Seconds of a processor that it has used until now: fields 14 and 15 of ``stat`` (proc_pid_stat(5))."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.processes]
        return sum(int(one[11]) + int(one[12]) for one in stats) / os.sysconf("SC_CLK_TCK")

    def peak(self) -> int:
        """The most bytes it took: the worker's peak, what gunicorn has for itself, and what is in ``/tmp``."""
        leader, *workers = self.processes
        highest = sum(_bytes(f"/proc/{pid}/status", "VmHWM") for pid in workers)
        own = _bytes(f"/proc/{leader}/smaps_rollup", "Private_Clean", "Private_Dirty")
        return highest + own + _kept(self.temporary)

    def printed(self) -> str:
        """What it printed until now."""
        return self.log.read_text(errors="replace")


@contextmanager
def instance(
    function: str,
    codebase: str,
    signature: str,
    variables: Mapping[str, str],
    by_group: bool = True,
) -> Iterator[Instance]:
    """Within it, ``function`` of a ``codebase`` is served as it is deployed.

    ``signature`` is "http" or "cloudevent"; ``variables`` come to those that the platform sets. ``by_group``:
    memory and processor are limited by a control group where the machine allows it.

    Raises:
        RuntimeError: it does not start; says what it printed last.
    """
    packages = ensure(codebase)
    options = INSTANCES[function]
    home = Path(tempfile.mkdtemp(prefix=f"{function}-", dir=HOME))
    source, temporary, log = _source(codebase, home), home / "tmp", home / "log"
    temporary.mkdir()
    port = _free_port()
    serve = [str(packages.python), "-m", "functions_framework"]
    with cell(options.memory * MIB, options.cpu, by_group) as held:
        environment = {
            **_platform(function, signature, port),
            "HOME": str(source),
            "TMPDIR": "/tmp" if held.is_shut else str(temporary),  # noqa: S108 - its own
            **variables,
        }
        with log.open("wb") as printed:
            process = subprocess.Popen(
                held.command(serve, [source, packages.folder, *_models(variables)]),
                cwd=source, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            _wait(port, process, log)
            seen = Path(f"/proc/{process.pid}/root/tmp") if held.is_shut else temporary
            yield Instance(f"http://127.0.0.1:{port}", held, process.pid, seen, log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _remove(home)


def _platform(function: str, signature: str, port: int) -> dict[str, str]:
    """What Cloud Run, Google's build and the CLI set, and nothing of this machine's."""
    options = INSTANCES[function]
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "TRUE",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "THREADS": str(THREADS * options.cpu),
        "FUNCTION_TARGET": function,
        "FUNCTION_SIGNATURE_TYPE": signature,
        "CLOUD_RUN_TIMEOUT_SECONDS": str(options.timeout),
        "K_SERVICE": function.replace("_", "-"),
        "K_REVISION": f"{function.replace('_', '-')}-00001-abc",
        "K_CONFIGURATION": function.replace("_", "-"),
        "LOG_EXECUTION_ID": "true",
    }


def _source(codebase: str, home: Path) -> Path:
    """A copy of what is uploaded, which nobody may write to."""
    folder = ROOT / "functions" / codebase
    with alone(ROOT / "functions"):
        vendor(ROOT, folder)
        source = Path(shutil.copytree(folder, home / "workspace", ignore=NOT_UPLOADED))
    for path in (source, *source.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return source


def _remove(home: Path) -> None:
    for folder in home.rglob("*"):
        if folder.is_dir():
            folder.chmod(0o755)
    shutil.rmtree(home)


def _models(variables: Mapping[str, str]) -> list[Path]:
    return [Path(variables["MODELS_DIR"])] if "MODELS_DIR" in variables else []


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it takes connections, which is what Cloud Run waits for."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the function does not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.02)


def _kept(folder: Path) -> int:
    """Bytes of the files in a folder, but not in what is mounted there."""
    found, device = 0, folder.stat().st_dev
    for path in folder.iterdir():
        seen = path.lstat()
        if seen.st_dev == device:
            found += seen.st_blocks * 512 + (_kept(path) if stat.S_ISDIR(seen.st_mode) else 0)
    return found


def _bytes(file: str, *names: str) -> int:
    """Sum of these lines of a file of ``/proc``, which has kilobytes."""
    found = re.findall(rf"^(?:{'|'.join(names)}):\s+(\d+) kB", Path(file).read_text(), re.MULTILINE)
    return 1024 * sum(map(int, found))
