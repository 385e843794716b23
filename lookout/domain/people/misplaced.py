"""Files below ``faces/`` that are in no person's folder."""

from __future__ import annotations


def misplaced(path: str) -> str | None:
    """What to do about such a file, for the owner; None for a folder."""
    if path.endswith("/"):
        return None
    _, *folders, photo_id = path.split("/")
    if not folders:
        return f"whose photo is this? Upload it into a folder of the person's name: faces/<name>/{photo_id}"
    person_id = folders[0]
    if len(folders) > 1:
        return (
            f"it lies too deep: upload it directly into the person's folder, as faces/{person_id}/{photo_id}"
        )
    return (
        "the folder or the photo has a name that cannot be kept: give it a shorter one of letters and digits"
    )
