"""A minute of ``scripts/soak``: whatever failed, nothing that was answered is lost."""

from __future__ import annotations

import re
import subprocess
import sys

from stack.install.bootstrap import ROOT

SEED = 12


def test_a_minute_of_faults_loses_nothing_that_was_answered() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "soak"), "--minutes", "1", "--seed", str(SEED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing was lost" in done.stdout
    counts = {name: int(count) for name, count in re.findall(r"^  ([a-zA-Z ,]+): (\d+)$", done.stdout, re.M)}
    assert counts["answered with success"] > 0
    assert counts["alerts"] > 0
