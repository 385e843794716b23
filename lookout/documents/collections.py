"""Which kinds of documents each collection has. What stands in braces is an id."""

from __future__ import annotations

from lookout.documents import alerts, cameras, people, site

COLLECTIONS: dict[str, tuple[type, ...]] = {
    "agents/{id}": (cameras.Agent,),
    "agents/{id}/commands/{id}": (cameras.Command,),
    "alert_vectors/{id}": (alerts.AlertVector,),
    "alerts/{id}": (alerts.Alert,),
    "arrivals/{id}": (alerts.Arrival,),
    "cameras/{id}": (cameras.Camera,),
    "cameras/{id}/private/{id}": (cameras.CameraKey,),
    "days/{id}": (site.Day,),
    "devices/{id}": (site.Device,),
    "gallery/{id}": (people.GalleryPerson, people.GalleryTombstone),
    "gallery_state/{id}": (people.GalleryState,),
    "jobs/{id}": (site.Job,),
    "jobs_state/{id}": (site.StateChange,),
    "misplaced_photos/{id}": (people.MisplacedPhoto,),
    "notices/{id}": (alerts.Notice,),
    "people/{id}": (people.Person,),
    "people/{id}/photos/{id}": (people.Photo,),
    "receipts/{id}": (site.Receipt,),
    "revocations/{id}": (site.Revocation,),
    "settings/{id}": (site.SiteSettings,),
    "stranger_state/{id}": (site.StateChange,),
    "stranger_vectors/{id}": (people.StrangerVectors, people.StrangerTombstone),
    "strangers/{id}": (people.Stranger,),
    "visits/{id}": (alerts.Visits,),
}
"""Where a collection has two kinds, the second stands for what is gone."""
