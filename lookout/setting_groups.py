"""The parameters by what they are for. Each group reads its own variables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lookout.setting_value import secret, setting

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``lookout/``: the repository, or a function's own folder once vendored."""


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Which networks judge a frame, and what they need of a face."""

    model_name: str = setting("MODEL_NAME", "ArcFace", "DeepFace's name of the recognition model")
    detector: str = setting(
        "DETECTOR_BACKEND",
        "rfb",
        "face detector: `rfb` (default), `opencv` (Haar) or any other detector of DeepFace",
    )
    threshold: float | None = setting(
        "THRESHOLD",
        None,
        "largest cosine distance at which a face is known; unset: the model's own from the manifest",
        0.0,
        2.0,
    )
    margin: float = setting(
        "MARGIN", 0.05, "how much farther the second-best person must be, else `ambiguous`", 0.0, 1.0
    )
    cohort: str = setting(
        "COHORT",
        "",
        "average faces that keep children apart, a file in `MODELS_DIR`; unset: the model's own; `none`: without",
    )
    liveness: bool = setting(
        "LIVENESS", False, "say in alerts how probably a face is that of a photo held up (`spoof`)"
    )
    models_dir: Path = setting(
        "MODELS_DIR", ROOT / "models", "folder of the weights that `scripts/models` installed"
    )
    max_frame_side: int = setting(
        "MAX_FRAME_SIDE", 1600, "frames with a longer side (pixels) are scaled down to it", 320, 4096
    )
    max_faces: int = setting(
        "MAX_FACES",
        32,
        "faces judged per frame, the largest first; the rest are only counted",
        1,
        64,
    )
    min_face_pixels: int = setting(
        "MIN_FACE_PIXELS", 22, "shorter side (pixels) below which a face is `too_small`", 8, 512
    )
    min_sharpness: float = setting(
        "MIN_SHARPNESS",
        10.0,
        "variance of the Laplacian, at a usual contrast, below which a face is `too_blurred`",
        0.0,
        10000.0,
    )
    min_brightness: float = setting(
        "MIN_BRIGHTNESS",
        25.0,
        "mean grey (0-255), after a dim frame was lifted, below which a face is `too_dark`",
        0.0,
        255.0,
    )
    max_turn: float = setting(
        "MAX_TURN", 0.75, "0 frontal to 1 profile; above it a face is `turned_away`", 0.0, 1.0
    )


@dataclass(frozen=True, slots=True)
class VisitSettings:
    """How alerts are made and how long they are kept."""

    visit_seconds: int = setting(
        "VISIT_SECONDS", 120, "a face seen again within this time belongs to the same alert", 1, 86400
    )
    retention_days: int = setting("RETENTION_DAYS", 30, "days an alert is kept", 1, 3650)
    max_strangers: int = setting(
        "MAX_STRANGERS",
        200,
        "strangers remembered; beyond that those go who came once, the oldest first",
        1,
        2000,
    )
    debug_frames: bool = setting(
        "DEBUG_FRAMES",
        False,
        "keep every judged frame for 7 days in Storage under `debug/`, to see what went wrong; "
        "costs about $6 a month for a camera that posts every five seconds",
    )
    timezone: str = setting("TIMEZONE", "UTC", "IANA time zone that decides which day an alert belongs to")


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How much is taken, how long is waited, and how old a look at a store may be."""

    max_upload_bytes: int = setting(
        "MAX_UPLOAD_BYTES", 8 * 1024 * 1024, "largest body of a frame or photo", 1024, 32 * 1024 * 1024
    )
    max_photos_per_person: int = setting("MAX_PHOTOS_PER_PERSON", 100, "photos enrolled per person", 1, 400)
    max_people: int = setting(
        "MAX_PEOPLE",
        5000,
        "people enrolled: every instance has all of them in memory, see `docs/scale.md`",
        1,
        100000,
    )
    frames_per_minute: int = setting(
        "CAMERA_FRAMES_PER_MINUTE", 240, "frames that one camera may post to one instance", 1, 6000
    )
    calls_per_minute: int = setting(
        "USER_CALLS_PER_MINUTE", 300, "calls that one signed-in user may make to one instance", 1, 6000
    )
    allowed_origins: str = setting(
        "ALLOWED_ORIGINS",
        "",
        "origins, separated by commas, whose pages may call; the site's own needs no entry",
    )
    store_timeout_seconds: float = setting(
        "STORE_TIMEOUT_SECONDS", 3.0, "longest wait for one call of Firestore or Storage", 0.1, 60.0
    )
    camera_timeout_seconds: float = setting(
        "ESP32_TIMEOUT", 2.0, "how long an agent waits for a camera to answer", 0.1, 10.0
    )
    offline_seconds: float = setting(
        "CAMERA_OFFLINE_SECONDS", 300.0, "a camera not seen for so long is shown as offline", 10.0, 86400.0
    )
    camera_cache_seconds: float = setting(
        "CAMERA_CACHE_SECONDS",
        10.0,
        "how long a camera's key and state are trusted for a frame with a face, and for a live picture",
        0.0,
        60.0,
    )
    empty_look_seconds: float = setting(
        "EMPTY_LOOK_SECONDS", 30.0, "how long they are trusted for a frame that shows nobody", 0.0, 60.0
    )
    gallery_refresh_seconds: float = setting(
        "GALLERY_REFRESH_SECONDS", 2.0, "how often a warm instance asks whether people changed", 0.0, 3600.0
    )
    site_refresh_seconds: float = setting(
        "SITE_REFRESH_SECONDS", 10.0, "how long a change of `settings/site` may take to be felt", 0.0, 3600.0
    )
    heartbeat_seconds: float = setting(
        "HEARTBEAT_SECONDS", 30.0, "how often, at most, a camera's last-seen time is written", 0.0, 3600.0
    )

    @property
    def origins(self) -> list[str]:
        """``ALLOWED_ORIGINS`` one by one."""
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """The mail server that notifies people."""

    enabled: bool = setting("EMAIL_ENABLED", False, "tell people by e-mail")
    host: str | None = setting("EMAIL_HOST", None, "the mail server (SMTP) that takes the mails")
    port: int = setting("EMAIL_PORT", 587, "its port", 1, 65535)
    tls: str = setting(
        "EMAIL_TLS",
        "starttls",
        "`starttls`, `tls` from the first byte (port 465), or `none`, which sends no password but to this machine",
    )
    user: str | None = setting("EMAIL_USER", None, "the account there; unset: none is needed")
    password: str | None = secret("EMAIL_PASSWORD", "its password")
    sender: str | None = setting("EMAIL_FROM", None, "the sender's address; unset: `EMAIL_USER`")
    to: str | None = setting("EMAIL_TO", None, "addresses, separated by commas, that are told")


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Notifications in browsers."""

    enabled: bool = setting("PUSH_ENABLED", False, "tell browsers that signed-in users registered")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """The address that is notified by a signed ``POST``."""

    url: str | None = secret("WEBHOOK_URL", "an address (https) that is told by a signed `POST`")
    secret: str | None = secret(
        "WEBHOOK_SECRET", "what it is signed with: 16 characters or more; needed with `WEBHOOK_URL`"
    )
    allow_private: bool = setting(
        "WEBHOOK_ALLOW_PRIVATE", False, "let `WEBHOOK_URL` lead into a private network, by `http` too"
    )


GROUPS: dict[str, type] = {
    "recognition": RecognitionSettings,
    "visits": VisitSettings,
    "limits": LimitSettings,
    "email": EmailSettings,
    "push": PushSettings,
    "webhook": WebhookSettings,
}
"""The fields of :class:`Settings` that are groups."""
