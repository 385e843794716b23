"""``scripts/evaluate`` from end to end, on small folders of real faces: what it prints, stores and draws."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.recogniser import Recogniser
from stack.measuring import charts, degrading
from stack.tools import drawing
from tests.support.commands import called, started


def _cut(photo: Path, recogniser: Recogniser) -> list[np.ndarray]:
    """Each face of a photo with what is around it, largest first."""
    pixels = decode(photo.read_bytes()).pixels
    found = []
    for face in recogniser.see(decode(photo.read_bytes())).faces:
        box = face.box
        side = max(box.width, box.height)
        top, left = max(0, round(box.y - 0.5 * side)), max(0, round(box.x - 0.5 * side))
        found.append(pixels[top : top + round(2 * side), left : left + round(2 * side)])
    return found


@pytest.fixture(scope="module")
def people(recogniser: Recogniser, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people with two photos each: one as it is, one darker and softer."""
    folder = tmp_path_factory.mktemp("people")
    crops = [_cut(photos / "obama.jpg", recogniser)[0], _cut(photos / "biden.jpg", recogniser)[0]]
    crops += _cut(photos / "t1.jpg", recogniser)
    for number, crop in enumerate(crops):
        home = folder / f"p{number}"
        home.mkdir()
        cv2.imwrite(str(home / "a.jpg"), crop)
        cv2.imwrite(str(home / "b.jpg"), cv2.GaussianBlur((crop * 0.8).astype(np.uint8), (0, 0), 0.8))
    assert len(crops) == 8
    return folder


def _report(tmp_path: Path, *arguments: object) -> tuple[list[dict[str, Any]], np.ndarray]:
    done = started("evaluate", *arguments, "--json", tmp_path / "out.json", "--plot", tmp_path / "out.png")
    assert done.returncode == 0, done.stdout + done.stderr
    picture = cv2.imread(str(tmp_path / "out.png"))
    assert picture is not None
    rows: list[dict[str, Any]] = json.loads((tmp_path / "out.json").read_text())["rows"]
    return rows, picture


@pytest.mark.long
def test_frames_made_worse_are_a_curve_for_each_way(people: Path, photos: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for person in ("p0", "p1"):
        (few / person).symlink_to(people / person)
    rows, picture = _report(tmp_path, "--degrade", few)
    points = [(kind, amount) for kind, amount, _, _ in degrading.curves()]
    assert [(row["kind"], row["amount"]) for row in rows] == points
    assert {row["people"] for row in rows} == {2}
    share = {(row["kind"], row["amount"]): row.get("right", 0.0) for row in rows}
    assert share["jpeg", 80] == share["face width", 96] == 1.0
    assert not any(row.get("wrong") for row in rows)
    # seven ways, two panels to a row
    assert picture.shape == (4 * charts.HIGH, 2 * charts.WIDE, 3)


@pytest.mark.long
def test_groups_of_a_file_have_shares_of_their_own_and_confidence_a_picture(
    people: Path, tmp_path: Path
) -> None:
    groups = tmp_path / "groups.csv"
    with groups.open("w", newline="") as file:
        csv.writer(file).writerows([("person", "group"), *((f"p{n}", "ab"[n % 2]) for n in range(8))])
    rows, picture = _report(tmp_path, "--open-set", people, "--groups", groups)
    (row,) = rows
    assert (row["people"], row["photos"]) == (5, 1)
    assert (row["right"], row["wrong"], row["strangers_named"]) == (1.0, 0.0, 0.0)
    assert set(row["groups"]) == {"a", "b"}
    assert sum(one["probes"] for one in row["groups"].values()) == row["probes"] == 25
    assert row["reliability"]
    assert picture.shape == (charts.HIGH, 2 * charts.WIDE, 3)


@pytest.mark.long
def test_a_rule_is_fitted_to_pairs_and_kept_where_the_functions_read_it(
    people: Path, recogniser: Recogniser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(Settings().recognition.models_dir, tmp_path / "models")
    monkeypatch.setenv("MODELS_DIR", str(home))
    names = [f"p{n}/{photo}.jpg" for n in range(8) for photo in "ab"]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    # each pair of one person also the other way round, three times: twenty are the least
    same = [pair for pair in pairs if pair[0][:2] == pair[1][:2]] * 3
    table = tmp_path / "pairs.csv"
    lines = [f"{one},{other},Yes" for one, other in same]
    lines += [f"{one},{other},No" for one, other in pairs if one[:2] != other[:2]]
    table.write_text("file_x,file_y,Decision\n" + "\n".join(lines) + "\n")
    done = started("evaluate", table, people, "--calibrate")
    assert done.returncode == 0, done.stderr
    rule = json.loads((home / "calibrated.json").read_text())[recogniser.model_id]
    assert 0.2 < rule["threshold"] < 0.9
    assert f"threshold {rule['threshold']}" in done.stdout
    assert rule["confidence"]["one_photo"]["slope"] > 5


@pytest.mark.long
def test_photos_held_up_are_counted_by_half_way_and_width(people: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for person in ("p0", "p1"):
        (few / person).symlink_to(people / person)
    rows, picture = _report(tmp_path, "--spoof", few)
    assert {row["kind"] for row in rows} == {"person", "person, as photographed", "print", "screen"}
    assert {row["half"] for row in rows} == {"first", "second"}
    assert all(0 <= row["likely"] <= 1 and row["faces"] == 1 for row in rows)
    assert picture.shape[1] == 900


@pytest.fixture(scope="module")
def targets(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of the form that is asked for: five people, two strangers, and two of many photos."""
    folder = tmp_path_factory.mktemp("targets")
    for name in ("london", "canada", "orl"):
        (folder / name).mkdir()
    for number in range(4):
        (folder / "london" / f"p{number}").symlink_to(people / f"p{number}")
    for number in (4, 5):
        (folder / "canada" / f"p{number}").mkdir()
        (folder / "canada" / f"p{number}" / "a.jpg").symlink_to(people / f"p{number}" / "a.jpg")
    for number in (6, 7):
        home = folder / "orl" / f"p{number}"
        home.mkdir()
        for photo in range(9):
            (home / f"{photo}.jpg").symlink_to(people / f"p{number}" / f"{'ab'[photo % 2]}.jpg")
    return folder


@pytest.mark.long
def test_every_target_is_said_to_be_met_or_not_with_its_bound(targets: Path, tmp_path: Path) -> None:
    rows, _ = _report(tmp_path, "--targets", targets)
    told = {row["target"]: row for row in rows}
    right = told["first half, one photo each: right"]
    assert (right["of"], right["value"], right["bound"], right["met"]) == (2, 1.0, ">= 1", True)
    assert told["second half: strangers of canada named"]["met"] is True
    assert told["first half: right at 0.25 of the light"]["bound"] == ">= 0.9"
    assert told["first half: expected error of confidence"]["bound"] == "<= 0.02"
    assert told["visits named by the mean of its frames: a false name"]["value"] == 0.0
    children = next(row for name, row in told.items() if name.startswith("children"))
    assert (children["value"], children["met"]) == (None, None)


def test_a_folder_of_another_kind_is_one_clear_line(recogniser: Recogniser, tmp_path: Path) -> None:
    done = called("evaluate", "--targets", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        f"lookout: {tmp_path} needs the folders london, canada and orl"
    )


def test_a_curve_is_green_where_all_are_right_and_red_where_names_are_wrong() -> None:
    rows = [
        {"kind": "light", "amount": 1, "right": 1.0},
        {"kind": "light", "amount": 0.5, "right": 0.5, "wrong": 0.5},
        {"kind": "blur", "amount": 2, "right": 0.0, "wrong": 1.0},
    ]
    picture = charts.curves(rows)
    left, right = picture[:, : charts.WIDE], picture[:, charts.WIDE :]
    top = charts.EDGE
    assert picture.shape == (charts.HIGH, 2 * charts.WIDE, 3)
    assert left[top, charts.EDGE].tolist() == list(drawing.KNOWN)
    assert right[top, charts.WIDE // 2].tolist() == list(drawing.OTHER)
