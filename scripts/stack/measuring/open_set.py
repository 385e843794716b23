"""Some people enrolled, others strangers: who is named rightly, wrongly, or not at all, and how sure one was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import match
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Rule

SIZES = (5, 10, 30, 60)
PHOTOS = (1, 3, 5)
TRIALS = 5
BINS = 10

People = Mapping[str, Sequence[Embedding]]
"""A person's id to the vectors of the photos, in the order of their names."""


@dataclass(slots=True)
class Outcomes:
    """What became of probes. ``sure``: the confidence of each, and whether the nearest person was the one."""

    right: int = 0
    wrong: int = 0
    ambiguous: int = 0
    missed: int = 0
    strangers: int = 0
    strangers_named: int = 0
    sure: list[tuple[float, bool]] = field(default_factory=list)
    groups: dict[str, Counter[str]] = field(default_factory=dict)

    def report(self) -> dict[str, object]:
        """Counts and shares, for printing and for JSON."""
        probes = self.right + self.wrong + self.ambiguous + self.missed
        return {
            "probes": probes,
            "right": _share(self.right, probes),
            "wrong": _share(self.wrong, probes),
            "ambiguous": _share(self.ambiguous, probes),
            "missed": _share(self.missed, probes),
            "strangers": self.strangers,
            "strangers_named": _share(self.strangers_named, self.strangers),
            "confidence_error": expected_error(self.sure),
            "groups": {
                name: {"probes": counts["probes"], "right": _share(counts["right"], counts["probes"])}
                for name, counts in sorted(self.groups.items())
            },
        }


def trial(
    people: People,
    photos: int,
    size: int,
    rule: Rule,
    margin: float,
    seed: int,
    groups: Mapping[str, str] | None = None,
) -> Outcomes | None:
    """Enrol ``photos`` each of ``size`` people drawn by the ``seed``; all others are strangers.

    None where there are not so many people with a photo more than that. At least a third stay strangers.
    """
    rng = np.random.default_rng(seed)
    able = [person for person in sorted(people) if len(people[person]) > photos]
    if len(able) < size or len(people) < 1.5 * size:
        return None
    enrolled = [able[at] for at in rng.permutation(len(able))[:size]]
    gallery = Gallery(
        "measured",
        [
            PersonVectors(one, one, "measured", np.stack(people[one][:photos]), ("",) * photos)
            for one in enrolled
        ],
    )
    outcomes = Outcomes()
    for person in enrolled:
        for found in match(people[person][photos:], gallery, rule, margin):
            nearest = bool(found.candidates) and found.candidates[0].person_id == person
            outcomes.sure.append((found.confidence, nearest))
            right = found.person_id == person
            outcomes.right += right
            outcomes.wrong += found.is_known and not right
            outcomes.ambiguous += found.reason is Reason.AMBIGUOUS
            outcomes.missed += found.reason is Reason.UNKNOWN
            counts = outcomes.groups.setdefault((groups or {}).get(person, "all"), Counter())
            counts.update(probes=1, right=int(right))
    for person in people.keys() - set(enrolled):
        for found in match(people[person], gallery, rule, margin):
            outcomes.strangers += 1
            outcomes.strangers_named += found.is_known
            outcomes.sure.append((found.confidence, False))
    return outcomes


def trials(
    people: People, photos: int, size: int, rule: Rule, margin: float, groups: Mapping[str, str] | None = None
) -> Outcomes | None:
    """:func:`trial` with five draws, added up."""
    total: Outcomes | None = None
    for seed in range(TRIALS):
        one = trial(people, photos, size, rule, margin, seed, groups)
        if one is None:
            return None
        total = one if total is None else _added(total, one)
    return total


def reliability(sure: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Of each tenth of the confidence that was said: its mean, the share that was right, how many."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for said, right in sure:
        bins.setdefault(min(int(said * BINS), BINS - 1), []).append((said, right))
    return [
        (float(np.mean([said for said, _ in part])), float(np.mean([right for _, right in part])), len(part))
        for _, part in sorted(bins.items())
    ]


def expected_error(sure: Sequence[tuple[float, bool]]) -> float | None:
    """How far what was said is from what was right, on average; None without a probe."""
    parts = reliability(sure)
    total = sum(count for _, _, count in parts)
    return sum(abs(said - right) * count for said, right, count in parts) / total if total else None


def _added(one: Outcomes, other: Outcomes) -> Outcomes:
    groups = {name: Counter(counts) for name, counts in one.groups.items()}
    for name, counts in other.groups.items():
        groups.setdefault(name, Counter()).update(counts)
    return Outcomes(
        one.right + other.right,
        one.wrong + other.wrong,
        one.ambiguous + other.ambiguous,
        one.missed + other.missed,
        one.strangers + other.strangers,
        one.strangers_named + other.strangers_named,
        one.sure + other.sure,
        groups,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
