"""Places that a camera can be sent back to, as owners keep them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookout.cloud.cameras.registry import CameraRegistry
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.camera import camera_fields
from lookout.errors import BadRequest

GATE = {"pan": 40, "tilt": 90}
FAMILY = "\U0001f469\u200d\U0001f467"


@pytest.fixture
def registry(stores: Stores) -> CameraRegistry:
    made = CameraRegistry(stores, offline_seconds=60.0)
    made.create({"id": "cam_001", "name": "Front Door"})
    return made


@pytest.mark.parametrize("name", ["Gate", "a.b", "بوابة", FAMILY, "<script>", "`", "x" * 40])
def test_a_named_place_is_kept_and_shown(db: Any, registry: CameraRegistry, name: str) -> None:
    assert registry.change("cam_001", {"presets": {name: GATE}})["presets"] == {name: GATE}
    assert db.document("cameras/cam_001").get().to_dict()["presets"] == {name: GATE}


def test_the_places_are_replaced_by_those_that_are_sent(registry: CameraRegistry) -> None:
    registry.change("cam_001", {"presets": {f"place {number}": GATE for number in range(12)}})
    assert registry.change("cam_001", {"presets": {"Gate": GATE}})["presets"] == {"Gate": GATE}
    assert registry.change("cam_001", {"location": "Entrance"})["presets"] == {"Gate": GATE}
    assert registry.change("cam_001", {"presets": {}})["presets"] == {}


def test_angles_are_whole_however_they_are_written() -> None:
    sent = {"presets": {" Gate ": {"pan": "40", "tilt": 90.0}}}
    assert camera_fields(sent) == {"presets": {"Gate": GATE}}


@pytest.mark.parametrize(
    ("presets", "advice"),
    [
        (None, "must be an object"),
        ([], "must be an object"),
        ({f"place {number}": GATE for number in range(13)}, "at most 12"),
        ({" ": GATE}, "1 to 40 characters"),
        ({"x" * 41: GATE}, "1 to 40 characters"),
        ({"__gate__": GATE}, "double underscores"),
        ({"a\nb": GATE}, "control characters"),
        ({"a\u2028b": GATE}, "control characters"),
        ({"Gate": GATE, "Gate ": GATE}, "two places"),
        ({"Gate": None}, "needs pan"),
        ({"Gate": {"pan": 40}}, "needs pan"),
        ({"Gate": {"pan": 40, "tilt": 181}}, "needs pan"),
        ({"Gate": {"pan": 40.5, "tilt": 90}}, "needs pan"),
        ({"Gate": {"pan": True, "tilt": 90}}, "needs pan"),
        ({"Gate": GATE | {"zoom": 2}}, "nothing else"),
    ],
)
def test_what_is_no_place_is_refused_in_words(presets: object, advice: str) -> None:
    with pytest.raises(BadRequest, match=advice):
        camera_fields({"presets": presets})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=45) | st.just("pan"), inner, max_size=14)
    ),
    max_leaves=20,
)


@pytest.mark.long
@given(JSON | st.dictionaries(st.text(max_size=45), st.fixed_dictionaries({"pan": JSON, "tilt": JSON})))
def test_anything_sent_is_places_or_refused(presets: object) -> None:
    try:
        (kept,) = camera_fields({"presets": presets}).values()
    except BadRequest:
        return
    assert isinstance(kept, dict)
    assert len(kept) <= 12
    for name, place in kept.items():
        assert 1 <= len(name) <= 40
        assert set(place) == {"pan", "tilt"}
        assert all(0 <= angle <= 180 for angle in place.values())
