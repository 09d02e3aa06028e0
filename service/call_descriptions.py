"""The OpenAPI document as a person reads it: the calls one after another, with examples."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that is asked for in a call's address."""

    name: str
    place: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body in one format, with an example where there is one."""

    media_type: str
    example: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call may answer."""

    status: str
    description: str
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One call."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    bodies: tuple[Content, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Calls on one kind of thing."""

    name: str
    description: str
    calls: tuple[Call, ...]


def sections(document: Mapping[str, Any]) -> tuple[Section, ...]:
    """Read the calls out of an OpenAPI document, in the order of its tags."""
    calls = [
        (operation.get("tags", [""])[0], _call(document, method, path, operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return tuple(
        Section(
            tag["name"],
            tag["description"],
            tuple(call for name, call in calls if name == tag["name"]),
        )
        for tag in document["tags"]
        if any(name == tag["name"] for name, _ in calls)
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """Part a text at its blank lines."""
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _call(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> Call:
    return Call(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        paragraphs=paragraphs(operation.get("description", "")),
        parameters=tuple(_parameter(one) for one in operation.get("parameters", ())),
        bodies=_contents(document, operation.get("requestBody", {})),
        answers=tuple(
            _answer(document, status, answer)
            for status, answer in sorted(operation["responses"].items())
        ),
    )


def _parameter(parameter: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        kind=_kind(parameter.get("schema", {})),
        required=parameter.get("required", False),
        description=parameter.get("description", ""),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        kinds = (_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}, may be repeated"
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SCHEMAS)
    return str(schema.get("format") or schema.get("type", ""))


def _answer(document: Mapping[str, Any], status: str, answer: Mapping[str, Any]) -> Answer:
    described = answer["description"]
    if status.isdecimal() and described in ("", "Successful Response"):
        described = HTTPStatus(int(status)).phrase
    return Answer(status, described, _contents(document, answer))


def _contents(document: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[Content, ...]:
    return tuple(
        Content(media_type, _shown(next(_examples(document, content), None)))
        for media_type, content in body.get("content", {}).items()
    )


def _examples(document: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Any]:
    """Give the examples of a body, of the body itself before those of its schema."""
    if "example" in content:
        yield content["example"]
    yield from (example["value"] for example in content.get("examples", {}).values())
    schema = content.get("schema", {})
    name = str(schema.get("$ref", "")).removeprefix(_SCHEMAS)
    yield from document["components"]["schemas"].get(name, schema).get("examples", ())


def _shown(example: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    if example is None or isinstance(example, str):
        return example
    return json.dumps(example, ensure_ascii=False, indent=2)
