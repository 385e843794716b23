"""Why a stack did not start, as its log tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack.console import fail
from stack.local.readiness import met_another, telling_lines

TAKEN = """\
i  functions: Watching "project/functions/enroll" for Cloud Functions...
 * Serving Flask app 'serving'
Address already in use
Port 8081 is in use by another program.
"""
BROKEN = """\
i  functions: Watching "project/functions/enroll" for Cloud Functions...
    import nothing_there
ModuleNotFoundError: No module named 'nothing_there'
"""
FAILED = (
    "⬢  functions: Failed to load function definition from source: FirebaseError: it could not be analyzed\n"
)


@pytest.mark.parametrize(("log", "again"), [(TAKEN + FAILED, True), (BROKEN + FAILED, False), ("", False)])
def test_a_start_is_tried_again_where_its_port_was_taken_and_not_where_the_code_is_broken(
    log: str, again: bool, tmp_path: Path
) -> None:
    written = tmp_path / "emulators.log"
    written.write_text(log)
    assert met_another(fail(f"the function enroll was not loaded:\n{telling_lines(written)}")) is again


def test_ctrl_c_is_no_reason_to_try_again() -> None:
    assert not met_another(KeyboardInterrupt("Address already in use"))
