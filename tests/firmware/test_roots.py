"""The pinned roots: which they are, and when they end."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from stack.install.compiler import FIRMWARE

HEADER = (FIRMWARE / "include" / "lookout" / "setup" / "roots.h").read_text()
PEMS = re.findall(r"// (\S+), until (\S+)\n.*\n((?: {4}\".*\\n\"\n?)+)", HEADER.replace(";\n", "\n"))
ROOTS = {
    name: (
        last,
        "".join(re.findall(r'"(.*)\\n"', lines)) and "\n".join(re.findall(r'"(.*)\\n"', lines)) + "\n",
    )
    for name, last, lines in PEMS
}


def test_googles_roots_and_globalsigns_are_pinned() -> None:
    assert {name for name in ROOTS if name.startswith("GTS")} == {
        f"GTS_Root_R{number}" for number in range(1, 5)
    }
    assert len([name for name in ROOTS if name.startswith("GlobalSign")]) == 2
    assert HEADER.count("BEGIN CERTIFICATE") == len(ROOTS)


@pytest.mark.parametrize("name", ROOTS)
def test_the_header_and_the_readme_say_when_each_of_them_ends(name: str) -> None:
    last, pem = ROOTS[name]
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert f"{certificate.not_valid_after_utc:%Y-%m-%d}" == last
    assert f"| {name.replace('_', ' ')} | {last} |" in (FIRMWARE / "README.md").read_text()


def test_a_board_that_is_flashed_today_can_post_for_years() -> None:
    ends = sorted(datetime.fromisoformat(last).replace(tzinfo=UTC) for last, _ in ROOTS.values())
    now = datetime.now(UTC)
    assert ends[0] > now, "one of the roots has ended: run firmware/scripts/roots"
    assert sum(end > now + timedelta(days=730) for end in ends) >= 5, (
        "time for newer roots: firmware/scripts/roots"
    )


def test_the_header_is_what_the_script_makes_of_the_certificates(tmp_path: Path) -> None:
    for name, (_, pem) in ROOTS.items():
        (tmp_path / f"{name}.crt").write_text(pem)
    subprocess.run(
        [
            sys.executable,
            FIRMWARE / "scripts" / "roots",
            "--source",
            tmp_path,
            "--output",
            tmp_path / "roots.h",
        ],
        check=True,
    )
    assert (tmp_path / "roots.h").read_text() == HEADER
