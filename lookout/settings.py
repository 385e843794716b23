"""Every parameter, declared once: its environment variable, default, range and meaning.

A function reads them from its environment (``functions/<name>/.env`` on Firebase). The few that an owner may
change while everything runs (threshold, margin, visit length, retention, time zone) are overridden by the
document ``settings/site``; see ``lookout.domain.site.site``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from lookout.errors import SettingsError
from lookout.lazy import Lazy
from lookout.setting_value import parse

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``lookout/``: the repository, or a function's own folder once vendored."""


def _setting(
    env: str, default: object, meaning: str, low: float | None = None, high: float | None = None
) -> Any:
    return field(
        default=default,
        metadata={"env": env, "meaning": meaning, "low": low, "high": high},
    )


def _secret(env: str, meaning: str) -> Any:
    # printed settings, and traces of errors, hold no secret
    return field(
        default=None, repr=False, metadata={"env": env, "meaning": meaning, "low": None, "high": None}
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All parameters of one process. Build it with :meth:`from_environment`."""

    model_name: str = _setting("MODEL_NAME", "ArcFace", "DeepFace's name of the recognition model")
    detector: str = _setting(
        "DETECTOR_BACKEND",
        "rfb",
        "face detector: `rfb` (default), `opencv` (Haar) or any other detector of DeepFace",
    )
    threshold: float | None = _setting(
        "THRESHOLD",
        None,
        "largest cosine distance at which a face is known; unset: the model's own from the manifest",
        0.0,
        2.0,
    )
    margin: float = _setting(
        "MARGIN", 0.05, "how much farther the second-best person must be, else `ambiguous`", 0.0, 1.0
    )
    cohort: str = _setting(
        "COHORT",
        "",
        "average faces that keep children apart, a file in `MODELS_DIR`; unset: the model's own; `none`: without",
    )
    models_dir: Path = _setting(
        "MODELS_DIR", ROOT / "models", "folder of the weights that `scripts/models` installed"
    )
    max_upload_bytes: int = _setting(
        "MAX_UPLOAD_BYTES", 8 * 1024 * 1024, "largest body of a frame or photo", 1024, 32 * 1024 * 1024
    )
    max_frame_side: int = _setting(
        "MAX_FRAME_SIDE", 1600, "frames with a longer side (pixels) are scaled down to it", 320, 4096
    )
    max_faces: int = _setting(
        "MAX_FACES",
        32,
        "faces judged per frame, the largest first; the rest are only counted",
        1,
        64,
    )
    min_face_pixels: int = _setting(
        "MIN_FACE_PIXELS", 22, "shorter side (pixels) below which a face is `too_small`", 8, 512
    )
    min_sharpness: float = _setting(
        "MIN_SHARPNESS",
        10.0,
        "variance of the Laplacian, at a usual contrast, below which a face is `too_blurred`",
        0.0,
        10000.0,
    )
    min_brightness: float = _setting(
        "MIN_BRIGHTNESS",
        25.0,
        "mean grey (0-255), after a dim frame was lifted, below which a face is `too_dark`",
        0.0,
        255.0,
    )
    max_turn: float = _setting(
        "MAX_TURN", 0.75, "0 frontal to 1 profile; above it a face is `turned_away`", 0.0, 1.0
    )
    visit_seconds: int = _setting(
        "VISIT_SECONDS", 120, "a face seen again within this time belongs to the same alert", 1, 86400
    )
    retention_days: int = _setting("RETENTION_DAYS", 30, "days an alert is kept", 1, 3650)
    max_strangers: int = _setting(
        "MAX_STRANGERS",
        200,
        "strangers remembered; beyond that those go who came once, the oldest first",
        1,
        2000,
    )
    debug_frames: bool = _setting(
        "DEBUG_FRAMES",
        False,
        "keep every judged frame for 7 days in Storage under `debug/`, to see what went wrong",
    )
    site_refresh_seconds: float = _setting(
        "SITE_REFRESH_SECONDS", 10.0, "how long a change of `settings/site` may take to be felt", 0.0, 3600.0
    )
    timezone: str = _setting("TIMEZONE", "UTC", "IANA time zone that decides which day an alert belongs to")
    gallery_refresh_seconds: float = _setting(
        "GALLERY_REFRESH_SECONDS", 2.0, "how often a warm instance asks whether people changed", 0.0, 3600.0
    )
    camera_cache_seconds: float = _setting(
        "CAMERA_CACHE_SECONDS", 5.0, "how long a warm instance trusts a camera's key and state", 0.0, 60.0
    )
    heartbeat_seconds: float = _setting(
        "HEARTBEAT_SECONDS", 30.0, "how often, at most, a camera's last-seen time is written", 0.0, 3600.0
    )
    frames_per_minute: int = _setting(
        "CAMERA_FRAMES_PER_MINUTE", 240, "frames that one camera may post to one instance", 1, 6000
    )
    calls_per_minute: int = _setting(
        "USER_CALLS_PER_MINUTE", 300, "calls that one signed-in user may make to one instance", 1, 6000
    )
    allowed_origins: str = _setting(
        "ALLOWED_ORIGINS",
        "",
        "origins, separated by commas, whose pages may call; the site's own needs no entry",
    )
    camera_timeout_seconds: float = _setting(
        "ESP32_TIMEOUT", 2.0, "how long an agent waits for a camera to answer", 0.1, 10.0
    )
    offline_seconds: float = _setting(
        "CAMERA_OFFLINE_SECONDS", 300.0, "a camera not seen for so long is shown as offline", 10.0, 86400.0
    )
    max_photos_per_person: int = _setting("MAX_PHOTOS_PER_PERSON", 100, "photos enrolled per person", 1, 400)
    store_timeout_seconds: float = _setting(
        "STORE_TIMEOUT_SECONDS", 3.0, "longest wait for one call of Firestore or Storage", 0.1, 60.0
    )
    site_url: str | None = _setting(
        "SITE_URL", None, "where the site is found, such as `https://my-house.web.app`; links lead there"
    )
    email_enabled: bool = _setting("EMAIL_ENABLED", False, "tell people by e-mail")
    email_host: str | None = _setting("EMAIL_HOST", None, "the mail server (SMTP) that takes the mails")
    email_port: int = _setting("EMAIL_PORT", 587, "its port", 1, 65535)
    email_tls: str = _setting(
        "EMAIL_TLS",
        "starttls",
        "`starttls`, `tls` from the first byte (port 465), or `none`, which sends no password but to this machine",
    )
    email_user: str | None = _setting("EMAIL_USER", None, "the account there; unset: none is needed")
    email_password: str | None = _secret("EMAIL_PASSWORD", "its password")
    email_from: str | None = _setting("EMAIL_FROM", None, "the sender's address; unset: `EMAIL_USER`")
    email_to: str | None = _setting("EMAIL_TO", None, "addresses, separated by commas, that are told")
    push_enabled: bool = _setting("PUSH_ENABLED", False, "tell browsers that signed-in users registered")
    webhook_url: str | None = _secret("WEBHOOK_URL", "an address (https) that is told by a signed `POST`")
    webhook_secret: str | None = _secret(
        "WEBHOOK_SECRET", "what it is signed with: 16 characters or more; needed with `WEBHOOK_URL`"
    )
    webhook_allow_private: bool = _setting(
        "WEBHOOK_ALLOW_PRIVATE", False, "let `WEBHOOK_URL` lead into a private network, by `http` too"
    )

    @property
    def origins(self) -> list[str]:
        """``ALLOWED_ORIGINS`` one by one."""
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of ``environ`` (default: the process's own).

        Raises:
            SettingsError: a value is not of its type or outside its range; the message names both.
        """
        settings, complaints = cls._read(environ)
        for complaint in complaints.values():
            raise complaint
        return settings

    @classmethod
    def for_telling(cls, environ: Mapping[str, str] | None = None) -> tuple[Settings, dict[str, str]]:
        """The settings for telling people, where a bad one must not keep the others from being told.

        A setting of one way to tell people, or ``SITE_URL``, that cannot be used stays at its default; the
        complaints about such settings come beside, by variable.

        Raises:
            SettingsError: any other value is not of its type or outside its range.
        """
        settings, complaints = cls._read(environ)
        for env, complaint in complaints.items():
            if not env.startswith(_TELLING):
                raise complaint
        return settings, {env: complaint.message for env, complaint in complaints.items()}

    @classmethod
    def _read(cls, environ: Mapping[str, str] | None) -> tuple[Settings, dict[str, SettingsError]]:
        environ = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        complaints: dict[str, SettingsError] = {}
        for declared in fields(cls):
            env = declared.metadata["env"]
            raw = environ.get(env, "").strip()
            try:
                if raw:
                    given[declared.name] = parse(declared, raw)
            except SettingsError as error:
                complaints[env] = error
        return cls(**given), complaints


_TELLING = ("SITE_URL", "EMAIL_", "PUSH_", "WEBHOOK_")
"""How the variables begin that only matter when people are told."""


current_settings = Lazy(Settings.from_environment)
"""The settings of this process."""
