"""``GET /people/separation``: the distances within and between one's own people, as numbers.

It belongs to the function ``separation``, which is deployed with ``detect``: the function ``people`` has neither
numpy nor the model's rule.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lookout.cloud.accounts.id_token import verify
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.site.settings import site_reader
from lookout.domain.site.caller import Role
from lookout.lazy import Lazy
from lookout.settings import Settings, current_settings
from lookout.web.answer import Fields, Request, endpoint
from lookout.web.callers import Callers, open_to_origins

if TYPE_CHECKING:
    from lookout.domain.recognition.gallery import Gallery
    from lookout.domain.recognition.rule import Rule


class SeparationService:
    """Answers the call. One per warm instance, shared by its threads.

    The people are read once; from then on one document says whether any of them changed. What was worked out is
    answered until a person or the threshold changes.
    """

    def __init__(self, settings: Settings, stores: Stores) -> None:
        # numpy is heavy to import, and this module is loaded at deployment too
        from lookout.cloud.gallery.reader import GalleryReader
        from lookout.vision.networks.models import installed

        self._card = installed(settings).card
        self._gallery = GalleryReader(stores, self._card.model_id, settings.limits.gallery_refresh_seconds)
        self._site = site_reader(settings, stores)
        self._callers = Callers(verify, settings.limits.calls_per_minute)
        self._lock = threading.Lock()
        self._made: tuple[Gallery, Rule, Mapping[str, object]] | None = None

    def answer(self, request: Request) -> Fields:
        """The separation of the site's people, for an owner; photos are named by their ids, people too."""
        self._callers.require(request, Role.OWNER)
        site, gallery = self._site.current(), self._gallery.current()
        rule = self._card.rule_for(site)
        with self._lock:
            made = self._made
            if made is None or made[0] is not gallery or made[1] != rule:
                self._made = made = gallery, rule, self._worked_out(gallery, rule)
            said = made[2]
        head = {"threshold": rule.threshold, "one_photo": rule.one_photo, "margin": site.margin}
        usual = {"usual_threshold": self._card.threshold, "own_threshold": site.threshold is not None}
        return {**head, **usual, **said}

    def _worked_out(self, gallery: Gallery, rule: Rule) -> Mapping[str, object]:
        from lookout.domain.recognition.separation import WIDTH, separation

        found = separation(gallery, rule)
        return {
            "width": WIDTH,
            "within": found.within,
            "between": found.between,
            "nearest": [
                {
                    "person_id": pair.person_id,
                    "other_id": pair.other_id,
                    "distance": pair.distance,
                    "gap": pair.gap,
                }
                for pair in found.nearest
            ],
            "people": [
                {
                    "person_id": one.person_id,
                    "photos": one.photos,
                    "threshold": one.threshold,
                    "farthest": [
                        {"photo_id": photo_id, "distance": distance} for photo_id, distance in one.farthest
                    ],
                }
                for one in found.people
            ],
            "left_out": found.left_out,
        }


service = Lazy(lambda: SeparationService(current_settings(), firebase_stores()))


@open_to_origins("GET")
@endpoint("GET")
def separation(request: Request) -> Fields:
    """Answer the call; ``docs/api.md`` has what it says."""
    return service().answer(request)
