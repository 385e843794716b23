"""What the firmware's logic is compiled with on this machine: g++ with its sanitizers, make, Mbed TLS."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from stack.alone import alone
from stack.console import fail, step
from stack.install.bootstrap import ROOT

FIRMWARE = ROOT / "firmware"
BUILD = FIRMWARE / "build"

DEBIAN = ("g++", "make", "libmbedtls-dev")

PROBE = "#include <mbedtls/ssl.h>\nint main() { mbedtls_ssl_context ssl; mbedtls_ssl_init(&ssl); }\n"
"""Compiles and links only where all of it is there."""


def ensure() -> None:
    """Install what is missing where this process may, saying so.

    Raises:
        SystemExit: something is missing and cannot be installed; one line says what to install.
    """
    if is_there():
        return
    advice = f"the firmware's tests need a C++ compiler: apt install {' '.join(DEBIAN)}, or the like."
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise fail(advice)
    with step(f"installing {', '.join(DEBIAN)}"):
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *DEBIAN]):
            subprocess.run(
                ["apt-get", "-q", *arguments],
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL, capture_output=True, check=False,
            )  # fmt: skip
    if not is_there():
        raise fail(advice)


def is_there() -> bool:
    """Whether a program with Mbed TLS and the sanitizers can be compiled and linked."""
    if shutil.which("make") is None or shutil.which("g++") is None:
        return False
    done = subprocess.run(
        ["g++", "-fsanitize=address,undefined", "-x", "c++", "-", "-o", os.devnull, "-lmbedtls", "-lmbedcrypto"],
        input=PROBE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


def build() -> Path:
    """Compile the tests and the camera. Returns the folder of the programs.

    Raises:
        SystemExit: it does not compile; the compiler's complaint is in the message.
    """
    ensure()
    with alone(FIRMWARE):
        done = subprocess.run(
            ["make", "-C", str(FIRMWARE), "-j2", "all"], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise fail(f"the firmware does not compile:\n{done.stderr}")
    return BUILD
