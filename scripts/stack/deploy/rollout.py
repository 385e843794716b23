"""``firebase deploy`` as it has to be called where nobody answers questions, again where Google was not ready."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from stack.console import say
from stack.deploy.steps import Site, Unready
from stack.install import toolchain

AGAIN = re.compile(
    r"Eventarc Service Agent|permission.{0,80}propagat|Unable to retrieve the repository metadata|"
    r"generating the service identity.*failed|SERVICE_DISABLED|has not been used in project",
    re.IGNORECASE | re.DOTALL,
)
"""What the first deployment of a project fails with, because permissions that were just given do not hold yet."""

TIMES = 4

DONE = "Deploy complete!"


def command(project: str) -> list[str]:
    """``--force`` because functions retry, which the CLI would ask about."""
    return [
        str(toolchain.PACKAGES / ".bin" / "firebase"),
        "deploy",
        "--project",
        project,
        "--force",
        "--non-interactive",
    ]


def firebase_deploy(site: Site) -> str:
    """Functions, rules, indexes and the dashboard."""
    for attempt in range(1, TIMES + 1):
        whole, printed = _run(site)
        if whole:
            return DONE if attempt == 1 else f"{DONE} At attempt {attempt}"
        if not AGAIN.search(printed) or attempt == TIMES:
            break
        say(f"{'':7} {'':10} Google's permissions do not hold yet; once more in {site.wait:.0f} s")
        time.sleep(site.wait)
    errors = [line for line in printed.splitlines() if "Error" in line]
    raise Unready(f"firebase deploy failed: {errors[-1].strip() if errors else 'see above'}")


def _run(site: Site) -> tuple[bool, str]:
    """Whether all is deployed, and what was printed. It is shown while it is printed."""
    # the CLI asks for python3.11 and npm by name; without CI it fetches news of its maker's
    path = os.pathsep.join([str(toolchain.PACKAGES / ".bin"), os.environ.get("PATH", "")])
    with subprocess.Popen(
        command(site.project),
        cwd=site.root, env=os.environ | {"PATH": path, "CI": "1"}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None  # noqa: S101 - for the types: it is a pipe
        lines = []
        for line in running.stdout:
            sys.stdout.write(f"        | {line}")
            sys.stdout.flush()
            lines.append(line)
    printed = "".join(lines)
    return running.returncode == 0 and DONE in printed, printed
