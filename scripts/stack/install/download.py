"""Fetches one large file: the first source that answers, resumed where it broke off, renamed when whole."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import requests

ANSWER_SECONDS = 10.0
"""All sources together have this long to begin to answer; then the fallback is taken."""

STALL_SECONDS = 10.0
"""A transfer that brings nothing for this long is given up; what came is kept for the next attempt."""

CHUNK = 1 << 16


class DownloadFailed(Exception):
    """No source delivered the whole file; the message says why, source by source."""


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(sources: Sequence[str], target: Path, expected: str | None) -> str:
    """Fetch ``target`` from the first of ``sources`` that delivers it, and return its sha256.

    A ``.part`` file left by a broken transfer is continued, or thrown away when the server cannot continue
    it or the whole does not have the ``expected`` digest. ``target`` appears only when it is whole.

    Raises:
        DownloadFailed: no source delivered.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + ANSWER_SECONDS
    complaints = []
    for left, url in zip(range(len(sources), 0, -1), sources, strict=True):
        seconds = (deadline - time.monotonic()) / left
        host = url.split("/")[2]
        if seconds <= 0:
            complaints.append(f"{host}: no time left")
            continue
        part = target.with_name(f"{target.name}.{host}.part")
        try:
            _probe(url, seconds)
            _transfer(url, part)
        except (requests.RequestException, OSError) as error:
            complaints.append(f"{host}: {_short(error)}")
            continue
        digest = sha256(part)
        if expected is not None and digest != expected:
            part.unlink()
            complaints.append(f"{host}: its checksum is {digest[:12]}…, not {expected[:12]}…")
            continue
        part.replace(target)
        return digest
    raise DownloadFailed("; ".join(complaints))


def _probe(url: str, seconds: float) -> None:
    """Ask for one byte, with little patience: a host that is out of reach must not hold up the fallback."""
    # a quarter to connect and a quarter to answer, and both once more for the redirect to a storage host
    patience = max(0.5, seconds / 4)
    headers = {"Range": "bytes=0-0"}
    with requests.get(url, headers=headers, stream=True, timeout=(patience, patience)) as response:
        response.raise_for_status()


def _transfer(url: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with requests.get(url, headers=headers, stream=True, timeout=STALL_SECONDS) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            if response.headers.get("Content-Range", "").endswith(f"/{have}"):
                return
            part.unlink()
            raise requests.RequestException("what was there does not fit; start again")
        response.raise_for_status()
        resumed = response.status_code == requests.codes.partial_content
        have = have if resumed else 0
        whole = have + int(response.headers.get("Content-Length", 0))
        with part.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_content(CHUNK):
                file.write(chunk)
                have += len(chunk)
                _progress(part.name, have, whole)
    if whole and have != whole and "Content-Encoding" not in response.headers:
        raise requests.RequestException(f"broke off at {have} of {whole} bytes")


def _progress(name: str, have: int, whole: int) -> None:
    if sys.stderr.isatty():
        share = f" of {whole / 1e6:.0f}" if whole else ""
        sys.stderr.write(f"\r  {name}: {have / 1e6:.0f}{share} MB ")
        sys.stderr.flush()


def _short(error: Exception) -> str:
    text = str(error)
    if isinstance(error, requests.ConnectionError):
        unresolved = "resolve" in text or "Name or service" in text or "resolution" in text
        return "its name cannot be resolved" if unresolved else "cannot be reached"
    if isinstance(error, requests.Timeout):
        return "does not answer"
    return text.splitlines()[0][:120] if text else type(error).__name__
