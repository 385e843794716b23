"""Google's APIs as deploying needs them: JSON over HTTPS, with one person's token, at the CLI's own addresses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import requests

SECONDS = 60

ORIGINS = {
    "billing": ("FIREBASE_CLOUDBILLING_URL", "https://cloudbilling.googleapis.com"),
    "budgets": ("LOOKOUT_BILLINGBUDGETS_URL", "https://billingbudgets.googleapis.com"),
    "firebase": ("FIREBASE_API_URL", "https://firebase.googleapis.com"),
    "firestore": ("FIRESTORE_URL", "https://firestore.googleapis.com"),
    "hosting": ("FIREBASE_HOSTING_API_URL", "https://firebasehosting.googleapis.com"),
    "identity": ("FIREBASE_IDENTITY_URL", "https://identitytoolkit.googleapis.com"),
    "logging": ("FIREBASE_CLOUDLOGGING_URL", "https://logging.googleapis.com"),
    "monitoring": ("CLOUD_MONITORING_URL", "https://monitoring.googleapis.com"),
    "projects": ("FIREBASE_RESOURCEMANAGER_URL", "https://cloudresourcemanager.googleapis.com"),
    "rules": ("FIREBASE_RULES_URL", "https://firebaserules.googleapis.com"),
    "secrets": ("CLOUD_SECRET_MANAGER_URL", "https://secretmanager.googleapis.com"),
    "services": ("FIREBASE_SERVICE_USAGE_URL", "https://serviceusage.googleapis.com"),
    "storage": ("FIREBASE_STORAGE_URL", "https://storage.googleapis.com"),
    "firebasestorage": ("FIREBASE_FIREBASESTORAGE_URL", "https://firebasestorage.googleapis.com"),
}
"""The variable by which firebase-tools is sent elsewhere, and where it asks without one."""

Json = dict[str, Any]


class Refused(Exception):
    """Google said no: ``status`` is that of HTTP, 0 where nothing answered."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Google:
    """Asks in the name of one person; ``project`` is the one that the calls are counted for."""

    token: str
    project: str

    def get(self, service: str, path: str) -> Json:
        """What is there.

        Raises:
            Refused: nothing, or it may not be seen.
        """
        return self.ask("GET", service, path)

    def find(self, service: str, path: str) -> Json | None:
        """What is there; None where nothing is.

        Raises:
            Refused: it may not be seen.
        """
        try:
            return self.get(service, path)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def ask(self, method: str, service: str, path: str, body: Json | None = None) -> Json:
        """The answer to a call.

        Raises:
            Refused: any other answer than success.
        """
        variable, usual = ORIGINS[service]
        try:
            answer = requests.request(
                method,
                os.environ.get(variable, usual) + path,
                json=body,
                headers={"Authorization": f"Bearer {self.token}", "X-Goog-User-Project": self.project},
                timeout=SECONDS,
            )
        except requests.RequestException as error:
            raise Refused(0, f"{service}: {type(error).__name__}") from error
        try:
            told = answer.json() if answer.content else {}
        except ValueError:
            told = {}
        told = told if isinstance(told, dict) else {}
        if not answer.ok:
            problem = told.get("error")
            said = problem.get("message") if isinstance(problem, dict) else None
            raise Refused(answer.status_code, str(said or answer.reason or "no reason given"))
        return told
