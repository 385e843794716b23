"""Settings that differ from the usual ones."""

from __future__ import annotations

from dataclasses import replace

from lookout.settings import Settings, declarations


def changed(settings: Settings, **values: object) -> Settings:
    """The settings with other values, by variable: ``changed(settings, VISIT_SECONDS=1)``."""
    for group, declared in declarations():
        env = declared.metadata["env"]
        if env in values:
            new = {declared.name: values.pop(env)}
            if group is not None:
                new = {group: replace(getattr(settings, group), **new)}
            settings = replace(settings, **new)  # type: ignore[arg-type]
    assert not values, f"no such settings: {sorted(values)}"
    return settings
