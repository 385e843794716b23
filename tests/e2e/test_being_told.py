"""A stack of its own, set up to tell people: a frame goes in, a mail and a webhook come out."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

import requests

from stack import emulators, photos
from stack.info import StackInfo
from tests.functions.notify.servers import mail_server, receiver
from tests.rules.rest import ADMIN

SECRET = "a secret of the test's house"
SECONDS = 60.0


def _wait(until: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.1)


def _post(stack: StackInfo) -> dict[str, object]:
    answer = requests.post(
        f"{stack.urls['hosting']}/detect",
        data=(photos.ensure() / "obama.jpg").read_bytes(),
        headers={
            "X-Camera-Id": stack.camera.id,
            "X-Camera-Key": stack.camera.key,
            "Content-Type": "image/jpeg",
        },
        timeout=SECONDS,
    )
    assert answer.status_code == 200, answer.text
    read: dict[str, object] = answer.json()
    return read


def _states(stack: StackInfo, notice_id: str) -> dict[str, str]:
    """What the notice says of each channel."""
    documents = f"{stack.urls['firestore']}/v1/projects/{stack.project}/databases/(default)/documents"
    url = f"{documents}/notices/{notice_id}"
    read = requests.get(url, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=SECONDS).json()
    records = read["fields"].get("channels", {"mapValue": {"fields": {}}})["mapValue"]["fields"]
    return {name: one["mapValue"]["fields"]["state"]["stringValue"] for name, one in records.items()}


def test_a_frame_of_somebody_unknown_is_told_by_mail_and_webhook_once() -> None:
    with mail_server() as smtp, receiver() as hook:
        environment = {
            "EMAIL_ENABLED": "true",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(smtp.port),
            "EMAIL_TLS": "none",
            "EMAIL_FROM": "house@example.com",
            "EMAIL_TO": "ann@example.com",
            "WEBHOOK_URL": f"{hook.url}/hook",
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_ALLOW_PRIVATE": "true",
        }
        with emulators.started(environment=environment) as own:
            alert_id = _post(own)["alert_id"]
            _wait(lambda: smtp.mails and hook.posted, "the mail or the webhook")
            # the camera posts the frame again: nobody is told again
            assert _post(own)["alert_id"] == alert_id
            _wait(
                lambda: _states(own, f"{alert_id}_new") == {"email": "sent", "webhook": "sent"}, "the record"
            )
            site = own.urls["hosting"]
    (mail,), (posted,) = smtp.mails, hook.posted
    assert mail["Subject"] == "Unknown at Front Door"
    pictures = [part.get_content() for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert [jpeg[:2] for jpeg in pictures] == [b"\xff\xd8"] * 2
    assert posted.json["alert_id"] == alert_id
    assert posted.json["url"] == f"{site}/#/alerts/{alert_id}"
    signed = f"{posted.headers['X-Lookout-Timestamp']}.".encode() + posted.body
    wanted = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert posted.headers["X-Lookout-Signature"] == f"sha256={wanted}"
