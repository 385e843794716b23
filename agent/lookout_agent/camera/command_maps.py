"""Turns an action into the path that a camera's firmware serves it under."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lookout_agent.command import Action
from lookout_agent.errors import Unsupported

CAMERA_WEB_SERVER = {
    Action.LED: "/control?var=led_intensity&val={led}",
    Action.FRAMESIZE: "/control?var=framesize&val={framesize}",
    Action.SNAPSHOT: "/capture",
    Action.STATUS: "/status",
}
"""The stock sketch of the Arduino core. It moves no servo; its light shines only while it takes a picture."""

SIMPLE = {
    Action.SERVO: "/servo?pan={pan}&tilt={tilt}",
    Action.LED: "/led?state={led}",
    Action.SNAPSHOT: "/capture",
    Action.STATUS: "/status",
}
"""The servo sketches."""

BUILT_IN = {"camerawebserver": CAMERA_WEB_SERVER, "simple": SIMPLE}
DEFAULT = "camerawebserver"

FRAMESIZES = {
    "QQVGA": (1, 1), "QVGA": (6, 5), "CIF": (8, 6), "VGA": (10, 8), "SVGA": (11, 9), "XGA": (12, 10),
    "HD": (13, 11), "SXGA": (14, 12), "UXGA": (15, 13),
}  # fmt: skip
"""``framesize_t`` of esp32-camera's ``sensor.h``, from v2.0.14 on and before it.

A camera with an older driver needs templates of its own, with ``{framesize_old}`` in the place of ``{framesize}``.
"""

PATH_LIMIT = 200
"""Bytes of a path: the camera refuses requests with long headers, and none of its own is half as long."""

_PATH = re.compile(r"/[!-~]*")
_PLACE = re.compile(r"\{(\w*)\}")


def path(command_map: object, action: Action, args: Mapping[str, int | str]) -> str:
    """The path, with its query, that carries out ``action`` on a camera with that ``commandMap``.

    Raises:
        Unsupported: the map has no such action, or its template cannot be used.
    """
    template = _templates(command_map).get(action)
    if template is None:
        raise Unsupported(f"The camera's command map has no {action}: its firmware does not do that.")
    if not isinstance(template, str) or not _PATH.fullmatch(template):
        raise Unsupported(
            f"The template of {action} in the camera's command map is no path such as /{action}."
        )
    values = _values(args)

    def filled(place: re.Match[str]) -> str:
        if place[1] not in values:
            raise Unsupported(f"The template of {action} has {place[0]}, which {action} has no value for.")
        return values[place[1]]

    made = _PLACE.sub(filled, template)
    if len(made) > PATH_LIMIT:
        raise Unsupported(f"The template of {action} makes a path of more than {PATH_LIMIT} bytes.")
    return made


def _templates(command_map: object) -> Mapping[str, object]:
    if isinstance(command_map, Mapping):
        return command_map
    name = command_map or DEFAULT
    if isinstance(name, str) and name in BUILT_IN:
        return {str(action): template for action, template in BUILT_IN[name].items()}
    raise Unsupported(f"The camera's command map {name!r} is none of {', '.join(BUILT_IN)}.")


def _values(args: Mapping[str, int | str]) -> dict[str, str]:
    values = {name: str(value) for name, value in args.items()}
    if "framesize" in args:
        name = str(args["framesize"])
        if name not in FRAMESIZES:
            raise Unsupported(f"framesize {name!r} is none of {', '.join(FRAMESIZES)}.")
        new, old = FRAMESIZES[name]
        values |= {"framesize": str(new), "framesize_old": str(old), "framesize_name": name}
    return values
