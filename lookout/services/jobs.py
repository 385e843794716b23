"""Builds all kinds of jobs, for ``people``, for the tidying and for the scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lookout.cloud.corrections import merge_people, merge_strangers, name_stranger
from lookout.cloud.corrections.correct_alert import CorrectAlert
from lookout.cloud.corrections.jobs import JobStore
from lookout.cloud.corrections.merge_people import MergePeople
from lookout.cloud.corrections.merge_strangers import MergeStrangers
from lookout.cloud.corrections.name_stranger import NameStranger
from lookout.cloud.corrections.photo_import import ENROL_SECONDS, PhotoImport
from lookout.cloud.corrections.relabelling import RelabelAll, Relabelling
from lookout.cloud.corrections.runner import Runner
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.privacy import erasure
from lookout.cloud.privacy.erasure import Erasure
from lookout.cloud.site.settings import site_reader
from lookout.settings import Settings

STALE_FACTOR = 1.5
"""Running instances may recognise a deleted person for this many times their refresh interval."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """What opens jobs of each kind, the ``runner`` that does their work, and corrections, which keep out of their
    way."""

    name_stranger: NameStranger
    merge_strangers: MergeStrangers
    merge_people: MergePeople
    erasure: Erasure
    correct_alert: CorrectAlert
    runner: Runner


def build_jobs(settings: Settings, stores: Stores, enrol_seconds: float = ENROL_SECONDS) -> Jobs:
    """Jobs on these stores. ``enrol_seconds`` is the longest that a call waits for enrolment."""
    stale_seconds = settings.limits.gallery_refresh_seconds * STALE_FACTOR
    site = site_reader(settings, stores)

    def hour(moment: datetime) -> int:
        return site.current().hour(moment)

    store = JobStore(stores)
    relabelling = Relabelling(stores, hour)
    relabel_all = RelabelAll(stores, store, relabelling)
    photo_import = PhotoImport(stores, enrol_seconds)
    naming = NameStranger(stores, store, relabel_all, photo_import)
    strangers = MergeStrangers(stores, store, relabel_all)
    people = MergePeople(stores, store, relabel_all, photo_import, stale_seconds)
    erasing = Erasure(stores, store, stale_seconds)
    works = {
        name_stranger.KIND: naming.work,
        merge_strangers.KIND: strangers.work,
        merge_people.KIND: people.work,
        erasure.KIND: erasing.work,
    }
    corrections = CorrectAlert(stores, store, relabelling)
    return Jobs(naming, strangers, people, erasing, corrections, Runner(store, works))
