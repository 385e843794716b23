"""The page of the site that shows ``docs/openapi.yaml``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Described = Mapping[str, Any]
"""An OpenAPI description or a part of it, as it is parsed."""

METHODS = ("get", "post", "put", "patch", "delete")


def endpoints_page(api: Described) -> str:
    """Markdown for people: every endpoint by function, what it takes and what it answers."""
    lines = ["# Every endpoint", "", "Made from [openapi.yaml](openapi.yaml), which machines read.", ""]
    for tag in api["tags"]:
        lines += [f"## {tag['name']}", "", tag["description"], ""]
        for path, item in api["paths"].items():
            for method in METHODS:
                if method in item and tag["name"] in item[method]["tags"]:
                    lines += _endpoint(api, method, path, item)
    lines += ["## Schemas", ""]
    for name, schema in api["components"]["schemas"].items():
        lines += [f"### {name}", "", *_fields(api, schema), ""]
    return "\n".join(lines)


def _endpoint(api: Described, method: str, path: str, item: Described) -> Iterator[str]:
    operation = item[method]
    yield from (
        f"### {method.upper()} {path}",
        "",
        f"{operation['summary']}. {operation.get('description', '')}",
        "",
    )
    parameters = [
        _resolved(api, one) for one in [*item.get("parameters", ()), *operation.get("parameters", ())]
    ]
    if parameters:
        yield from ("| parameter | in | |", "|---|---|---|")
        for one in parameters:
            yield f"| `{one['name']}` | {one['in']} | {one.get('description', '')} |"
        yield ""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from (f"Body, `{kind}`: {_type(content['schema'])}", "")
    yield from ("| status | | |", "|---|---|---|")
    for status, response in operation["responses"].items():
        answer = _resolved(api, response)
        types = ", ".join(_type(content["schema"]) for content in answer["content"].values())
        yield f"| {status} | {answer['description']} | {types} |"
    yield ""


def _fields(api: Described, schema: Described) -> Iterator[str]:
    if "properties" not in schema:
        yield _type(schema) + (f": {schema['description']}" if "description" in schema else "")
        return
    yield from ("| field | | |", "|---|---|---|")
    for name, field in schema["properties"].items():
        yield f"| `{name}` | {_type(field)} | {field.get('description', '')} |"


def _resolved(api: Described, part: Described) -> Described:
    found: Any = part
    while "$ref" in found:
        name = found["$ref"].split("/")
        found = api[name[1]][name[2]][name[3]]
    return found  # type: ignore[no-any-return]


def _type(schema: Described) -> str:
    """A schema in a few words, with links to those that have a name."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    for words in ("allOf", "oneOf"):
        if words in schema:
            return " or ".join(_type(one) for one in schema[words])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object" and "properties" in schema:
        fields = schema["properties"].items()
        return "object of " + ", ".join(f"`{name}`: {_type(field)}" for name, field in fields)
    kind = schema.get("type", "anything")
    return " or ".join([kind] if isinstance(kind, str) else kind)
