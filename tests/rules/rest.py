"""Firestore and Storage as a browser reaches them: REST with an ID token, bound by the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from stack.local.info import StackInfo

ADMIN = "owner"
"""The token by which the emulators take a caller for an administrator, whom no rule binds."""

SECONDS = 120


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class Firestore:
    """Each call returns the HTTP status: 200 passed, 403 refused by the rules."""

    def __init__(self, stack: StackInfo) -> None:
        self._url = f"{stack.urls['firestore']}/v1/projects/{stack.project}/databases/(default)/documents"
        self._written: set[str] = set()

    def clear(self) -> None:
        """Delete every document that was written here."""
        while self._written:
            self.delete(self._written.pop(), ADMIN)

    def get(self, path: str, token: str | None) -> int:
        """Read one document."""
        return requests.get(f"{self._url}/{path}", headers=_bearer(token), timeout=SECONDS).status_code

    def listing(self, path: str, token: str | None) -> int:
        """Read a collection."""
        return self.get(path, token)

    def query(self, collection: str, field: str, value: object, token: str | None) -> int:
        """Read what of a collection has ``value`` in ``field``."""
        equal = {"field": {"fieldPath": field}, "op": "EQUAL", "value": encoded(value)}
        query = {"from": [{"collectionId": collection}], "where": {"fieldFilter": equal}}
        return requests.post(
            f"{self._url}:runQuery", json={"structuredQuery": query}, headers=_bearer(token), timeout=SECONDS
        ).status_code

    def create(self, path: str, fields: Mapping[str, Any], token: str | None) -> int:
        """Write a document that must not exist."""
        return self._write(path, fields, [("currentDocument.exists", "false")], token)

    def update(self, path: str, fields: Mapping[str, Any], token: str | None) -> int:
        """Change these fields of a document that must exist."""
        mask = [("updateMask.fieldPaths", name) for name in fields]
        return self._write(path, fields, [("currentDocument.exists", "true"), *mask], token)

    def stamp(
        self,
        path: str,
        fields: Mapping[str, Any],
        stamped: str,
        token: str | None,
        without: Sequence[str] = (),
    ) -> int:
        """Change these fields, take those ``without`` away, and set the field ``stamped`` to the server's time."""
        name = f"{self._url.partition('/v1/')[2]}/{path}"
        write = {
            "update": {"name": name, "fields": {field: encoded(value) for field, value in fields.items()}},
            "updateMask": {"fieldPaths": [*fields, *without]},
            "updateTransforms": [{"fieldPath": stamped, "setToServerValue": "REQUEST_TIME"}],
        }
        status = requests.post(
            f"{self._url}:commit", json={"writes": [write]}, headers=_bearer(token), timeout=SECONDS
        ).status_code
        return self._noted(path, status)

    def put(self, path: str, fields: Mapping[str, Any]) -> None:
        """Write a document as the server does."""
        assert self._write(path, fields, [], ADMIN) == 200

    def delete(self, path: str, token: str | None) -> int:
        """Delete a document."""
        return requests.delete(f"{self._url}/{path}", headers=_bearer(token), timeout=SECONDS).status_code

    def _write(
        self, path: str, fields: Mapping[str, Any], options: list[tuple[str, str]], token: str | None
    ) -> int:
        body = {"fields": {name: encoded(value) for name, value in fields.items()}}
        answer = requests.patch(
            f"{self._url}/{path}", params=options, json=body, headers=_bearer(token), timeout=SECONDS
        )
        return self._noted(path, answer.status_code)

    def _noted(self, path: str, status: int) -> int:
        if status == 200:
            self._written.add(path)
        return status


def encoded(value: object) -> dict[str, Any]:
    """A value as Firestore's REST interface writes it."""
    match value:
        case None:
            return {"nullValue": None}
        case bool():
            return {"booleanValue": value}
        case int():
            return {"integerValue": str(value)}
        case float():
            # what JSON has no number for is written as a word
            odd = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
            return {"doubleValue": odd.get(str(value), value)}
        case datetime():
            return {"timestampValue": value.isoformat()}
        case dict():
            return {"mapValue": {"fields": {name: encoded(item) for name, item in value.items()}}}
        case list():
            return {"arrayValue": {"values": [encoded(item) for item in value]}}
        case _:
            return {"stringValue": str(value)}


class Storage:
    """Each call returns the HTTP status: 200 or 204 passed, 403 refused by the rules."""

    def __init__(self, stack: StackInfo) -> None:
        self._url = f"{stack.urls['storage']}/v0/b/{stack.bucket}/o"
        self._written: set[str] = set()

    def clear(self) -> None:
        """Delete every object that was uploaded here."""
        while self._written:
            self.delete(self._written.pop(), ADMIN)

    def upload(self, name: str, content: bytes, kind: str | None, token: str | None) -> int:
        """Store an object with the content type ``kind``; None sends none."""
        status = requests.post(
            self._url,
            params={"name": name, "uploadType": "media"},
            data=content,
            headers={**({} if kind is None else {"Content-Type": kind}), **_bearer(token)},
            timeout=SECONDS,
        ).status_code
        if status == 200:
            self._written.add(name)
        return status

    def retype(self, name: str, kind: str, token: str | None) -> int:
        """Change the content type of an object that is there."""
        return requests.patch(
            self._at(name), json={"contentType": kind}, headers=_bearer(token), timeout=SECONDS
        ).status_code

    def download(self, name: str, token: str | None) -> int:
        """Read an object's bytes."""
        return requests.get(
            self._at(name), params={"alt": "media"}, headers=_bearer(token), timeout=SECONDS
        ).status_code

    def listing(self, prefix: str, token: str | None) -> int:
        """List what is in a folder."""
        options = {"prefix": prefix, "delimiter": "/"}
        return requests.get(self._url, params=options, headers=_bearer(token), timeout=SECONDS).status_code

    def delete(self, name: str, token: str | None) -> int:
        """Delete an object."""
        return requests.delete(self._at(name), headers=_bearer(token), timeout=SECONDS).status_code

    def _at(self, name: str) -> str:
        return f"{self._url}/{quote(name, safe='')}"
