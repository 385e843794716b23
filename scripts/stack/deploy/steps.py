"""What deploying consists of: steps that say what they found, and the command that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stack.console import say
from stack.deploy.google import Google, Refused
from stack.install.bootstrap import ROOT


class Unready(Exception):
    """What was found is not as it has to be. ``mend`` replaces the step's own, where that is another."""

    def __init__(self, found: str, mend: str | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.mend = mend


@dataclass(slots=True)
class Site:
    """The Firebase project that is deployed to, as it is found on the way."""

    project: str
    google: Google
    owner: str | None = None
    budget: int | None = None
    wait: float = 60.0
    root: Path = ROOT
    number: str = ""
    billing_account: str = ""
    bucket: str = ""
    url: str = ""
    mended: list[str] = field(default_factory=list)
    """What the current step put right by itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """``about`` is what it looks at or does; ``run`` returns what it found, or raises ``Unready``.

    ``mend`` is the command that puts it right, for the project ``{project}``. Where ``ends``, nothing after it
    makes sense without it; where ``advice``, all else goes on without it.
    """

    name: str
    about: str
    mend: str
    run: Callable[[Site], str]
    ends: bool = False
    advice: bool = False


def plan(steps: Sequence[Step], project: str) -> None:
    """Print what ``walk`` would do, and do nothing."""
    for step in steps:
        say(f"{step.name:10} {step.about}")
        if step.mend:
            say(f"{'':10} if not: {step.mend.format(project=project)}")


def walk(steps: Sequence[Step], site: Site) -> bool:
    """Run the steps, one line each. Returns whether everything but advice is as it has to be."""
    ready = True
    for step in steps:
        site.mended.clear()
        try:
            found, mend = step.run(site), ""
        except Unready as problem:
            found, mend = problem.found, problem.mend or step.mend
        except Refused as problem:
            found, mend = f"Google says: {problem.message} ({problem.status})", step.mend
        state = "advice" if step.advice else "stop"
        if not mend:
            say(f"{'mended' if site.mended else 'ok':7} {step.name:10} {'; '.join([found, *site.mended])}")
            continue
        say(f"{state:7} {step.name:10} {found}")
        say(f"{'':7} {'':10} -> {mend.format(project=site.project)}")
        ready = ready and step.advice
        if step.ends:
            return False
    return ready
