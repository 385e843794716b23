"""Every error Lookout raises on purpose.

::

    LookoutError
    ├── RequestError            the caller can mend it
    │   ├── BadRequest          400  the request is not of the right form
    │   ├── Unauthorised        401  no key, a wrong key, or an unknown camera
    │   ├── Forbidden           403  the caller is known but may not do this
    │   ├── NotFound            404  no such camera, told to signed-in users only
    │   ├── MethodNotAllowed    405
    │   ├── Conflict            409  something else is being done, or was done, with what the caller names
    │   ├── TooLarge            413  more bytes than a frame may have
    │   ├── NotAnImage          415  the bytes are no JPEG, PNG or WebP
    │   ├── BrokenImage         422  cut short, undecodable, or of absurd dimensions
    │   └── TooMany             429  more calls than are allowed
    │       └── OverBudget           more frames than the owner wants to pay for on a day
    ├── Unavailable             503  a store or an agent did not answer; try again later
    │   └── Unconfirmed              a write was sent and not answered: it may have been carried out
    ├── CameraFailed            502  the camera refused what it was told
    ├── CameraSilent            504  the camera did not answer its agent
    ├── NotDelivered            a mail server, webhook or browser service did not take what people are to be told
    │   └── DeliveryRefused     nor will it, however often it is tried
    ├── JobImpossible           a job of the server that can never be finished; 409 for the call that waits for it
    ├── PhotoRejected           a photo that cannot be enrolled, with what to do about it
    ├── CorruptGallery          a gallery document that cannot be read
    ├── ModelMissing            weights that should have been installed are not there
    └── SettingsError           a setting with an impossible value

They are raised where they are understood and turned into HTTP once, in ``lookout.web.answer``.
"""

from __future__ import annotations


class LookoutError(Exception):
    """Root of the tree. ``code`` is the stable word an API caller may switch on."""

    code = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RequestError(LookoutError):
    """The caller sent something that cannot be served; the message says what to do."""

    code = "bad_request"


class BadRequest(RequestError):
    """The request is not of the right form."""


class Unauthorised(RequestError):
    """The caller is not who it has to be. Says the same for every cause, on purpose."""

    code = "unauthorised"


class Forbidden(RequestError):
    """The caller is who it says, but may not do this."""

    code = "forbidden"


class NotFound(RequestError):
    """What the caller names is not there."""

    code = "not_found"


class MethodNotAllowed(RequestError):
    """The path exists but not for this method."""

    code = "method_not_allowed"

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class Conflict(RequestError):
    """What the caller names is as it is for another reason, or something else is being done with it."""

    code = "conflict"


class TooLarge(RequestError):
    """The body has more bytes than a frame may have."""

    code = "too_large"


class NotAnImage(RequestError):
    """The bytes are no JPEG, PNG or WebP."""

    code = "not_an_image"


class BrokenImage(RequestError):
    """An image that is cut short, cannot be decoded, or declares absurd dimensions."""

    code = "broken_image"


class Unavailable(LookoutError):
    """A store did not answer in time. ``retry_after`` is in seconds."""

    code = "unavailable"

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unconfirmed(Unavailable):
    """A write was sent and not answered: it may have been carried out, or may be yet."""

    code = "unconfirmed"


class TooMany(RequestError):
    """More calls than are allowed. ``retry_after`` is in seconds."""

    code = "too_many"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OverBudget(TooMany):
    """A camera, or the site, has posted as many frames as the owner wants to pay for on a day."""

    code = "over_budget"


class CameraFailed(LookoutError):
    """The camera answered, but did not do what it was told, or may not be called at all."""

    code = "camera_failed"


class CameraSilent(LookoutError):
    """The camera did not answer its agent in time."""

    code = "camera_silent"


class NotDelivered(LookoutError):
    """Those who are to be told could not be reached; the message, which owners and viewers see, says why."""

    code = "not_delivered"


class DeliveryRefused(NotDelivered):
    """They cannot be reached in this way: another try would end alike."""

    code = "delivery_refused"


class JobImpossible(LookoutError):
    """A job can never be finished, because what it is about is gone; the message says what."""

    code = "job_impossible"


class PhotoRejected(LookoutError):
    """A photo that cannot be enrolled; the message tells its owner what to do about it."""

    code = "photo_rejected"


class CorruptGallery(LookoutError):
    """A gallery document whose vectors cannot be read."""

    code = "corrupt_gallery"


class ModelMissing(LookoutError):
    """Weights that ``scripts/models`` should have installed are not there."""

    code = "model_missing"


class SettingsError(LookoutError):
    """A setting with an impossible value."""

    code = "settings"
