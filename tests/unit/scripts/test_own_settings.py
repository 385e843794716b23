"""The settings of one's own for a local stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack.local import own_settings


def test_without_the_file_there_are_none(tmp_path: Path) -> None:
    assert own_settings.read(tmp_path / ".env.local") == {}


def test_each_line_is_a_setting_but_for_what_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env.local"
    file.write_text(
        "# mails\n\nEMAIL_HOST=mail.example.com\n EMAIL_PASSWORD = 'a=b # c' \nEMAIL_PORT=1\nEMPTY=\n"
    )
    monkeypatch.setenv("EMAIL_PORT", "25")
    assert own_settings.read(file) == {
        "EMAIL_HOST": "mail.example.com",
        "EMAIL_PASSWORD": "a=b # c",
        "EMPTY": "",
    }


@pytest.mark.parametrize("line", ["EMAIL_PASSWORD hidden", "hidden", "=hidden", "EMAIL-HOST=hidden"])
def test_a_line_of_another_form_is_told_by_its_number_and_not_shown(
    tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / ".env.local"
    file.write_text(f"A=1\n{line}\n")
    with pytest.raises(SystemExit) as ended:
        own_settings.read(file)
    told = f"{ended.value} {capsys.readouterr()}"
    assert "line 2 of .env.local" in told
    assert "hidden" not in told
