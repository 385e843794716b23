"""When a face is somebody: the thresholds of a model, and how sure one may be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from lookout.domain.recognition.cohort import Cohort


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a distance into the probability that a face is the person.

    A logistic curve, falling with the distance: 0.5 at ``midpoint``, and the steeper the larger ``slope``.
    """

    midpoint: float
    slope: float

    def confidence(self, distance: float) -> float:
        """Probability from 0 to 1 of a distance from 0 to 2."""
        return 1.0 / (1.0 + math.exp(min(60.0, self.slope * (distance - self.midpoint))))


@dataclass(frozen=True, slots=True)
class Rule:
    """What belongs to a model, and stands with its source in ``models/manifest.json``. Distances are cosine
    distances, shifted by the ``cohort`` where there is one.

    ``threshold``: the largest distance at which a face is known, of a person with two photos or more;
    ``one_photo``: that of a person with one. A person's own photos may ask for another one, by up to ``stricter``
    less and ``wider`` more. ``same_face``: the largest distance (not shifted) between two frames of one visit.
    ``few`` is the calibration of people with one photo, ``many`` that of people with three or more.
    """

    threshold: float
    one_photo: float
    same_face: float
    few: Calibration
    many: Calibration
    stricter: float = 0.0
    wider: float = 0.0
    cohort: Cohort | None = None

    @classmethod
    def plain(cls, threshold: float, calibration: Calibration) -> Rule:
        """One threshold and one curve for all: for models that nobody has calibrated."""
        return cls(threshold, threshold, threshold, calibration, calibration)

    def with_threshold(self, threshold: float | None) -> Rule:
        """The rule with an owner's own threshold for everybody; None leaves it as it is."""
        if threshold is None:
            return self
        return replace(
            self, threshold=threshold, one_photo=threshold, same_face=threshold, stricter=0.0, wider=0.0
        )

    def confidence(self, distance: float, photos: int) -> float:
        """Probability from 0 to 1 that a face at ``distance`` from a person of so many photos is the person."""
        few, many = self.few, self.many
        if photos >= 3:
            return many.confidence(distance)
        if photos == 2:
            between = Calibration((few.midpoint + many.midpoint) / 2, (few.slope + many.slope) / 2)
            return between.confidence(distance)
        return few.confidence(distance)
