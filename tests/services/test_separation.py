"""``GET /people/separation`` over HTTP: owners are told distances, and nobody is told faces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lookout.domain.recognition.gallery import pack
from lookout.services import separation
from lookout.services.separation import SeparationService
from lookout.vision.networks.models import installed
from tests.support import functions
from tests.support.documents import gallery_person
from tests.support.household import Household
from tests.support.reads import Reads


def face(degrees: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A face in a plane of the space, so that distances are known."""
    vector = np.zeros(512, np.float32)
    vector[:2] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return vector


@dataclass
class Site(Household):
    """A site's people, and the function that answers."""

    tokens: Mapping[str, str | None]

    def enrol(self, person_id: str, *degrees: float) -> None:
        """Write somebody's photos as ``enroll`` does."""
        version = (self.get("gallery_state/current") or {"version": 0})["version"] + 1
        model = installed(self.settings).card.model_id
        photos = [f"{number}.jpg" for number in range(len(degrees))]
        vectors = pack(np.stack([face(one) for one in degrees]))
        made = gallery_person(person_id, vectors, version, modelId=model, photoIds=photos)
        self.db.document(f"gallery/{person_id}").set(made)
        self.db.document("gallery_state/current").set({"version": version, "modelId": model})

    def instance(self, **changes: Any) -> None:
        """Let a new instance answer from now on."""
        separation.service.replace(SeparationService(*self.changed(**changes)))

    def ask(self, role: str = "owner", method: str = "GET") -> Any:
        token = self.tokens[role]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = functions.app("separation", "detect").test_client()
        return client.open("/people/separation", method=method, headers=headers)

    def told(self) -> dict[str, Any]:
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json
        return read


@pytest.fixture
def site(settings: Any, db: Any, bucket: Any, tokens: Mapping[str, str | None]) -> Site:
    made = Site(settings, db, bucket, tokens)
    made.instance(COHORT="none")
    return made


def test_a_house_without_people_has_empty_histograms(site: Site) -> None:
    told = site.told()
    assert (sum(told["within"]), sum(told["between"])) == (0, 0)
    assert (told["nearest"], told["people"], told["left_out"]) == ([], [], 0)
    assert (told["threshold"], told["own_threshold"]) == (told["usual_threshold"], False)


def test_owners_are_told_who_is_near_whom_and_whose_photos_are_far(site: Site) -> None:
    site.enrol("Anna", 0, 10, 85)
    site.enrol("Beth", 80)
    told = site.told()
    assert (sum(told["within"]), sum(told["between"])) == (3, 4)
    (pair,) = told["nearest"]
    assert (pair["person_id"], pair["other_id"]) == ("Anna", "Beth")
    assert pair["distance"] == pytest.approx(1 - np.cos(np.radians(5)), abs=1e-3)
    assert pair["gap"] < 0
    anna, beth = told["people"]
    assert (anna["photos"], anna["farthest"][0]["photo_id"]) == (3, "2.jpg")
    assert (beth["photos"], beth["farthest"], beth["threshold"]) == (1, [], told["one_photo"])


def test_numbers_leave_the_server_and_no_face_does(site: Site) -> None:
    site.enrol("Anna", 0, 10)
    site.enrol("Beth", 80)
    told = site.told()
    # the longest list of numbers is a histogram: a face would be 512
    assert len(told["within"]) == len(told["between"]) < 100
    assert len(json.dumps(told)) < 2000


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("agent", 403), ("nobody", 403), ("anonymous", 401)]
)
def test_nobody_but_owners_is_told(site: Site, role: str, status: int) -> None:
    assert site.ask(role).status_code == status
    assert site.ask(method="POST").status_code == 405


def test_what_was_worked_out_is_answered_until_a_person_or_the_threshold_changes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.enrol("Anna", 0, 10)
    site.enrol("Beth", 80)
    site.instance(COHORT="none", GALLERY_REFRESH_SECONDS=0.0, SITE_REFRESH_SECONDS=0.0)
    service = separation.service()
    work, made = service._worked_out, []

    def counted(*arguments: Any) -> Any:
        made.append(arguments)
        return work(*arguments)

    monkeypatch.setattr(service, "_worked_out", counted)
    first = site.told()
    reads = Reads(site.db)
    assert site.told() == first
    assert (len(made), reads.documents) == (1, 2)  # the gallery's version and the site's settings
    site.enrol("Cleo", 160)
    assert len(site.told()["people"]) == 3
    site.db.document("settings/site").set({"threshold": 0.4, "margin": 0.1})
    told = site.told()
    assert (told["threshold"], told["one_photo"], told["margin"]) == (0.4, 0.4, 0.1)
    assert (told["own_threshold"], told["usual_threshold"]) == (True, first["threshold"])
    assert len(made) == 3
