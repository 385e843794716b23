"""Metrics of the log, and policies that tell somebody: ``monitoring/*.json``, as Google's APIs want them."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from stack.deploy.google import Json
from stack.deploy.steps import Site

ALIGNERS = {50: "ALIGN_PERCENTILE_50", 95: "ALIGN_PERCENTILE_95", 99: "ALIGN_PERCENTILE_99"}


def watching(site: Site) -> str:
    """The metrics and policies, made or brought up to date; policies write to ``--owner``, too."""
    metrics, policies = declared(site.root)
    path = f"/v2/projects/{site.project}/metrics"
    for metric in metrics:
        one = f"{path}/{quote(metric['name'])}"
        if site.google.find("logging", one) is None:
            site.google.ask("POST", "logging", path, metric)
        else:
            site.google.ask("PUT", "logging", one, metric)
    path = f"/v3/projects/{site.project}/alertPolicies"
    there = {one["displayName"]: one for one in site.google.get("monitoring", path).get("alertPolicies", ())}
    channels = _channels(site)
    for declaration in policies:
        wanted = policy(declaration)
        before = there.get(wanted["displayName"])
        if before is None:
            site.google.ask("POST", "monitoring", path, wanted | {"notificationChannels": channels})
            continue
        # who is told may have been changed by hand
        told = sorted({*before.get("notificationChannels", ()), *channels})
        site.google.ask(
            "PATCH", "monitoring", f"/v3/{before['name']}", wanted | {"notificationChannels": told}
        )
    whom = "somebody is told" if channels else "nobody is told: run it with --owner"
    return f"{len(metrics)} metrics, {len(policies)} policies; {whom}"


def declared(root: Path) -> tuple[list[Json], list[Json]]:
    """The metrics and the policies of the checkout."""
    folder = root / "monitoring"
    metrics = json.loads((folder / "metrics.json").read_text())
    policies = json.loads((folder / "policies.json").read_text())
    return metrics, policies


def policy(declaration: Json) -> Json:
    """An alert policy of Cloud Monitoring, for a declaration of ``monitoring/policies.json``."""
    duration = f"{declaration['seconds']}s"
    aligner = ALIGNERS[declaration["percentile"]] if "percentile" in declaration else "ALIGN_DELTA"
    sums = {
        "alignmentPeriod": duration,
        "perSeriesAligner": aligner,
        "crossSeriesReducer": "REDUCE_MAX" if "percentile" in declaration else "REDUCE_SUM",
    }
    kind = f'metric.type="logging.googleapis.com/user/{declaration["metric"]}"'
    of = {"filter": f'{kind} AND resource.type="cloud_run_revision"', "aggregations": [sums]}
    if declaration.get("absent"):
        condition: Json = {"conditionAbsent": of | {"duration": duration}}
    else:
        above = {"comparison": "COMPARISON_GT", "thresholdValue": declaration["above"], "duration": "0s"}
        condition = {"conditionThreshold": of | above}
    return {
        "displayName": declaration["displayName"],
        "documentation": declaration["documentation"] | {"mimeType": "text/markdown"},
        "combiner": "OR",
        "conditions": [{"displayName": declaration["displayName"], **condition}],
        "enabled": True,
    }


def _channels(site: Site) -> list[str]:
    """The names of the ways by which ``--owner`` is told; made where there is none."""
    if site.owner is None:
        return []
    path = f"/v3/projects/{site.project}/notificationChannels"
    for one in site.google.get("monitoring", path).get("notificationChannels", ()):
        if one.get("labels", {}).get("email_address") == site.owner:
            return [str(one["name"])]
    labels = {"email_address": site.owner}
    made = {"type": "email", "displayName": f"Lookout: {site.owner}", "labels": labels}
    return [str(site.google.ask("POST", "monitoring", path, made)["name"])]
