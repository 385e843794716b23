"""The firmware's JSON reader against Python's: the same texts are JSON, and the same values are in them."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.long

DEPTH = 16
LONGEST_TEXT = 160
LONGEST_PATH = 96
KINDS = {str: 0, int: 1, float: 1, bool: 2, type(None): 3}

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
)
# half a letter of two (a lone surrogate) is no text that could come over the line
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
DOCUMENTS = st.recursive(
    LEAVES | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)

Values = list[tuple[bytes, int, bytes]]


def read(built: Path, texts: list[bytes]) -> list[Values | None]:
    """What the firmware reads in each text; None where it says that it is no JSON."""
    done = subprocess.run(
        [built / "json_values"], input="\n".join(text.hex() for text in texts) + "\n",
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[Values | None] = []
    values: Values = []
    for line in done.stdout.splitlines():
        if line in ("whole", "wrong"):
            found.append(values if line == "whole" else None)
            values = []
        else:
            path, kind, text = line.split()
            values.append((bytes.fromhex(path[1:]), int(kind), bytes.fromhex(text[1:])))
    return found


def expected(value: Any, path: str = "") -> Values:
    """The values of a document in the order in which they come."""
    if isinstance(value, list):
        return [one for item in value for one in expected(item, f"{path}[]")]
    if isinstance(value, dict):
        inner = {name: "".join("?" if letter < " " else letter for letter in name) for name in value}
        prefix = f"{path}\n" if path else ""
        return [one for name, item in value.items() for one in expected(item, prefix + inner[name])]
    text = value if isinstance(value, str) else json.dumps(value)
    return [(path.encode()[:LONGEST_PATH], KINDS[type(value)], text.encode()[:LONGEST_TEXT])]


def depth(value: Any) -> int:
    """How deep lists and objects nest."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(st.lists(DOCUMENTS, min_size=20, max_size=20), st.booleans(), st.sampled_from([None, 1]))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_every_value_is_read_with_its_path(
    built: Path, documents: list[Any], ascii_only: bool, indent: int | None
) -> None:
    texts = [json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode() for document in documents]
    for document, found in zip(documents, read(built, texts), strict=True):
        assert found == (expected(document) if depth(document) <= DEPTH else None)


def _is_json(text: bytes) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        json.loads(text.decode("latin-1"), parse_constant=refuse)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("seed", range(5))
def test_what_is_json_and_what_is_not_is_told_alike(built: Path, seed: int) -> None:
    chance = random.Random(seed)
    answer = {
        "status": "success", "person": "Zo\u00eb \"\\", "confidence": 0.99, "alert_id": None, "is_known": True,
        "faces": [{"box": [1, -2, 30, 4e3], "candidates": []}, {}], "next": {"interval_ms": 1000, "flash": 0},
    }  # fmt: skip
    letters = '{}[]",:\\/u0d8x.-+eE019tfnrals \r\n\t'
    texts = []
    for _ in range(2000):
        text = list(json.dumps(answer, indent=chance.choice([None, 1])))
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(text))
            text[at : at + chance.randrange(3)] = chance.choices(letters, k=chance.randrange(3))
        texts.append("".join(text).encode())
    told = [values is not None for values in read(built, texts)]
    assert told == [_is_json(text) for text in texts]
    assert 200 < sum(told) < 1900
