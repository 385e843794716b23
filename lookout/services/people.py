"""Corrections by owners: naming, muting and merging strangers, correcting alerts, merging and erasing people."""

from __future__ import annotations

from lookout.cloud.accounts.id_token import verify
from lookout.cloud.alerts.similar import similar_alerts
from lookout.cloud.corrections.alert_removal import delete_alert
from lookout.cloud.corrections.jobs import Job
from lookout.cloud.corrections.not_a_face import NotAFace
from lookout.cloud.corrections.photo_import import ENROL_SECONDS
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.privacy import exported_files
from lookout.cloud.privacy.export import Export
from lookout.cloud.privacy.verification import find_traces
from lookout.cloud.strangers.records import StrangerRecords
from lookout.domain.people.requests import (
    parse_correction,
    parse_ignoring,
    parse_merging,
    parse_naming,
    parse_traced,
)
from lookout.domain.site.caller import READERS, Caller, Role
from lookout.errors import Conflict, JobImpossible, NotFound
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.services import members
from lookout.services.jobs import build_jobs
from lookout.services.notify import trial
from lookout.settings import Settings, current_settings
from lookout.web.answer import Fields, Request, endpoint
from lookout.web.callers import Callers, open_to_origins
from lookout.web.download import attachment, safe_name
from lookout.web.rate_limit import RateLimit
from lookout.web.routes import Routes, json_body
from lookout.web.zipped import zipped

SEARCHES_PER_MINUTE = 12
"""Searches for traces of one owner and instance: each reads all that is stored."""

TRACES_TOLD = 50


class PeopleService:
    """Answers the paths of ``people``. One per warm instance, shared by its threads."""

    def __init__(self, settings: Settings, stores: Stores, enrol_seconds: float = ENROL_SECONDS) -> None:
        self._stores = stores
        self.jobs = build_jobs(settings, stores, enrol_seconds)
        self._strangers = StrangerRecords(stores)
        self._not_a_face = NotAFace(stores, self._strangers, self.jobs.correct_alert)
        self._export = Export(stores)
        self._searches = RateLimit(SEARCHES_PER_MINUTE, "searches")
        self._callers = Callers(verify, settings.limits.calls_per_minute)

    def name_stranger(self, request: Request, stranger_id: str) -> Fields:
        """Name a stranger: as a new person, or one who is there."""
        caller = self._owner(request)
        wanted = parse_naming(json_body(request))
        self.jobs.runner.resume_excluding(f"strangers/{stranger_id}", f"people/{wanted.person_id}")
        return self._done(self.jobs.name_stranger.begin(stranger_id, wanted, caller.uid))

    def ignore_stranger(self, request: Request, stranger_id: str) -> Fields:
        """Stop making alerts of a stranger, or make them again."""
        caller = self._owner(request)
        ignored = parse_ignoring(json_body(request, absent={}))
        self._strangers.mute(stranger_id, ignored)
        log(Severity.INFO, "stranger ignored", stranger=stranger_id, ignored=ignored, by=caller.uid)
        return {"stranger_id": stranger_id, "ignored": ignored}

    def merge_stranger(self, request: Request, stranger_id: str) -> Fields:
        """Merge a stranger into another one."""
        caller = self._owner(request)
        into_id = parse_merging(json_body(request))
        self.jobs.runner.resume_excluding(f"strangers/{stranger_id}", f"strangers/{into_id}")
        return self._done(self.jobs.merge_strangers.begin(stranger_id, into_id, caller.uid))

    def correct_alert(self, request: Request, alert_id: str) -> Fields:
        """Say who an alert is of."""
        caller = self._owner(request)
        correction = parse_correction(json_body(request))
        done = self.jobs.correct_alert.correct(alert_id, correction, caller.uid)
        log(Severity.INFO, "alert corrected", alert=alert_id, by=caller.uid)
        return done

    def delete_alert(self, request: Request, alert_id: str) -> Fields:
        """Delete an alert. A page that is being left can still make this call, but not write to Firestore."""
        caller = self._owner(request)
        delete_alert(self._stores, alert_id)
        log(Severity.INFO, "alert deleted", alert=alert_id, by=caller.uid)
        return {"alert_id": alert_id}

    def not_a_face(self, request: Request, alert_id: str) -> Fields:
        """Delete an alert of something that is no face, and make no more alerts of it."""
        caller = self._owner(request)
        stranger_id = self._not_a_face.mute(alert_id, caller.uid)
        log(Severity.INFO, "not a face", alert=alert_id, stranger=stranger_id, by=caller.uid)
        return {"alert_id": alert_id, "stranger_id": stranger_id}

    def similar_alerts(self, request: Request, alert_id: str) -> Fields:
        """The past alerts whose faces are nearest to that of an alert; viewers may ask too."""
        self._callers.require(request, *READERS)
        found = similar_alerts(self._stores, alert_id)
        return {"alerts": [{"alert_id": one, "distance": round(distance, 4)} for one, distance in found]}

    def merge_person(self, request: Request, person_id: str) -> Fields:
        """Merge a person into another one."""
        caller = self._owner(request)
        into_id = parse_merging(json_body(request))
        self.jobs.runner.resume_excluding(f"people/{person_id}", f"people/{into_id}")
        return self._done(self.jobs.merge_people.begin(person_id, into_id, caller.uid))

    def erase_person(self, request: Request, person_id: str) -> Fields:
        """Delete all that is stored about a person; the receipt."""
        caller = self._owner(request)
        receipt = self.jobs.erasure.erase(self.jobs.runner, person_id, caller.uid)
        log(Severity.INFO, "person erased", receipt=receipt["receipt_id"], by=caller.uid)
        return receipt

    def export_person(self, request: Request, person_id: str) -> Fields:
        """Store all that is stored about a person as a zip file, for a day; where it is."""
        caller = self._owner(request)
        name, files = self._export.files(person_id, safe_name)
        disposition = attachment(f"{name}.zip")
        stored = exported_files.keep(self._stores, person_id, zipped(files), disposition)
        try:
            # an erasure that ran meanwhile did not see the file
            self._export.files(person_id, safe_name)
        except NotFound:
            storage.remove(self._stores, stored.path)
            raise
        log(Severity.INFO, "person exported", by=caller.uid)
        expires_at = stored.expires_at.isoformat(timespec="seconds")
        called = safe_name(f"{name}.zip")
        return {"path": stored.path, "name": called, "bytes": stored.bytes, "expires_at": expires_at}

    def traces(self, request: Request, person_id: str) -> Fields:
        """Where a person is named in all that is stored: after an erasure nowhere."""
        caller = self._owner(request)
        name = parse_traced(json_body(request))
        self._searches.admit(caller.uid)
        found = find_traces(self._stores, person_id, name)
        log(Severity.INFO, "traces searched", traces=len(found), by=caller.uid)
        return {"count": len(found), "traces": found[:TRACES_TOLD]}

    def _done(self, job: Job) -> Fields:
        result = self.jobs.runner.finish(job)
        log(Severity.INFO, "job done", job=job.id, kind=job.kind, by=job.created_by)
        return result

    def _owner(self, request: Request) -> Caller:
        return self._callers.require(request, Role.OWNER)


service = Lazy(lambda: PeopleService(current_settings(), firebase_stores()))
routes = Routes()
for method, path, name in (
    ("POST", "/strangers/<subject>/name", "name_stranger"),
    ("POST", "/strangers/<subject>/ignore", "ignore_stranger"),
    ("POST", "/strangers/<subject>/merge", "merge_stranger"),
    ("POST", "/alerts/<subject>/correct", "correct_alert"),
    ("POST", "/alerts/<subject>/delete", "delete_alert"),
    ("POST", "/alerts/<subject>/not-a-face", "not_a_face"),
    ("GET", "/alerts/<subject>/similar", "similar_alerts"),
    ("POST", "/people/<subject>/merge", "merge_person"),
    ("POST", "/people/<subject>/erase", "erase_person"),
    ("GET", "/people/<subject>/export", "export_person"),
    ("POST", "/people/<subject>/traces", "traces"),
):
    routes.on(method, path)(lambda request, subject, name=name: getattr(service(), name)(request, subject))

routes.on("POST", "/notify/test")(lambda request: trial.service().test(request))
routes.on("GET", "/members")(lambda request: members.service().all(request))
routes.on("POST", "/members")(lambda request: members.service().invite(request))
routes.on("POST", "/members/sign-out")(lambda request: members.service().sign_out(request))
routes.on("DELETE", "/members/<uid>")(lambda request, uid: members.service().remove(request, uid))


@open_to_origins("GET", "POST", "DELETE")
@endpoint()
def people(request: Request) -> Fields:
    """Answer a call about people, strangers or alerts; ``docs/api.md`` has the calls and their answers."""
    try:
        return routes.handle(request)
    except JobImpossible as error:
        raise Conflict(error.message) from error
