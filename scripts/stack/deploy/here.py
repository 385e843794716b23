"""What is looked at in this checkout: tools, networks, indexes, settings. None of it asks Google."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from lookout.deployment import INSTANCES, SECRETS
from stack.deploy.steps import Site, Unready
from stack.install import toolchain
from stack.install.bootstrap import VENV, deployed_python
from stack.install.vendor import unfit_weights


def tools(site: Site) -> str:
    """The Firebase CLI of the checkout, installed where it is missing."""
    toolchain.ensure_firebase_tools()
    package = json.loads((toolchain.PACKAGES / "firebase-tools" / "package.json").read_text())
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"firebase-tools {package['version']} on Node {node}"


def python(site: Site) -> str:
    """The Python that the CLI calls by the runtime's name, within the checkout's virtual environment."""
    name = "python{}.{}".format(*deployed_python())
    return ensure_python(VENV, name)


def ensure_python(venv: Path, name: str) -> str:
    """Have ``name`` in ``venv``, where the CLI looks first; what it is.

    The CLI only asks our code which functions there are: any Python that runs the code tells it the same.
    """
    command = venv / "bin" / name
    if not command.exists():
        command.unlink(missing_ok=True)
        command.symlink_to("python")
    asked = subprocess.run(
        [str(command), "-c", "import sys, firebase_functions; print(sys.version.split()[0])"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if asked.returncode:
        raise Unready(f"{command} does not find the packages of the functions")
    return f"{name} is this checkout's Python {asked.stdout.strip()}"


def weights(site: Site) -> str:
    """The networks that ``detect`` and ``enroll`` take along, each byte checked."""
    if harmed := unfit_weights(site.root / "models"):
        raise Unready(f"models/{harmed[0]} is missing or damaged")
    return f"{model_id(site.root)}, detector and landmarks are whole"


def model_id(root: Path) -> str:
    """The id of the model that is deployed: that of ``MODEL_NAME`` in detect's ``.env``, else ArcFace."""
    name = variables(root / "functions" / "detect" / ".env").get("MODEL_NAME") or "ArcFace"
    entry = json.loads((root / "models" / "installed.json").read_text())["embedders"].get(name)
    if entry is None:
        raise Unready(
            f"{name}, which functions/detect/.env names, is not installed", f"scripts/models {name}"
        )
    return f"{entry['name']}-{entry['weights'][:12]}"


def indexes(site: Site) -> str:
    """The indexes and times to live that the code needs."""
    from lookout.cloud.privacy.retention import EXPIRING

    told: dict[str, Any] = json.loads((site.root / "firestore.indexes.json").read_text())
    living = {field["collectionGroup"] for field in told["fieldOverrides"] if field.get("ttl")}
    # with a stranger a picture goes: the tidying alone deletes both
    if missing := sorted({*EXPIRING, "commands"} - {"strangers"} - living):
        raise Unready(f"firestore.indexes.json has no time to live for {', '.join(missing)}")
    return f"{len(told['indexes'])} indexes and {len(living)} times to live"


def settings(site: Site) -> str:
    """The ``.env`` files: no secret in them, and nothing that Firebase refuses."""
    count = 0
    for file in sorted(site.root.glob("functions/*/.env*")):
        if file.name == ".env.local":
            continue
        given = variables(file)
        count += len(given)
        where = file.relative_to(site.root)
        if secret := sorted(given.keys() & set(SECRETS)):
            raise Unready(f"{where} has {secret[0]}, which is a secret: take the line out")
        if reserved := sorted(name for name in given if name.startswith(("FIREBASE_", "X_GOOGLE_", "EXT_"))):
            raise Unready(f"{where} has {reserved[0]}, a name that Firebase refuses: take the line out")
    return f"{count} settings in functions/*/.env" if count else "all at their defaults"


def functions(site: Site) -> str:
    """The table of the functions' options."""
    regions = {
        rewrite["function"]["region"]
        for rewrite in json.loads((site.root / "firebase.json").read_text())["hosting"]["rewrites"]
    }
    from lookout.deployment import REGION

    if regions != {REGION}:
        raise Unready(
            f"firebase.json sends calls to {', '.join(sorted(regions))}, the functions are in {REGION}"
        )
    return f"{len(INSTANCES)} functions in {REGION}"


def variables(path: Path) -> dict[str, str]:
    """The ``NAME=value`` lines of a file; none where there is none."""
    lines = path.read_text().splitlines() if path.is_file() else []
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines)
    return {
        name.strip(): value.strip().strip("'\"")
        for name, equals, value in pairs
        if equals and not name.startswith("#")
    }


def npm(site: Site) -> str:
    """npm, which builds the dashboard."""
    if shutil.which("npm") is None:
        raise Unready("npm is missing")
    return "the dashboard is built by npm"
