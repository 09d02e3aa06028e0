"""The description of the calls, as OpenAPI has it."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from service.errors import UnprocessableError
from service.problem import Problem, documented

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "Sayso"
VERSION = version("sayso")
SUMMARY = "Tags survey comments with themes, offline and on an ordinary computer."
DESCRIPTION = """\
Send a key with every call: `Authorization: Bearer sayso_…`, or as the password of HTTP Basic.
`sayso keys create` makes one.

Whatever goes wrong is told in one shape, RFC 9457's `application/problem+json`: `type`, `title`,
`status`, `detail`, and `errors` with the row, the column and what is wrong there. Where the answer
is 429 or 503, `Retry-After` says after how many seconds to come back.
"""
TAGS = [
    {"name": "tagging", "description": "Comments in, themes out."},
    {"name": "models", "description": "What is loaded, and how good it is."},
    {"name": "surveys", "description": "Surveys, and how far they are tagged."},
    {"name": "responses", "description": "Responses of a survey."},
    {"name": "counts", "description": "Themes by equality group, safe to publish."},
    {"name": "comments", "description": "Comments of a survey, and what is said of them."},
    {"name": "reviews", "description": "Comments that people read and code."},
    {"name": "pxtextmining", "description": "The calls of the tool that Sayso replaces."},
    {"name": "keys", "description": "Who may call, and what was done."},
    {"name": "health", "description": "Whether the service runs, and how busy it is."},
]

_OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")
_ATTRIBUTES = re.compile(r"\n\nAttributes:\n(?P<listed>(?:[ \t]+.*\n?|\n)*)")
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {5,}.*)*)", re.MULTILINE)


class Service(FastAPI):
    """An app whose description has what FastAPI does not add of itself."""

    def openapi(self) -> dict[str, Any]:
        """Describe the calls, with the shape of problems and a text for each member of a body."""
        described = super().openapi()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in _problem_schemas():
            schemas.setdefault(name, schema)
        for operations in described["paths"].values():
            for operation in operations.values():
                _tell_as_problem(operation["responses"])
        for name in _OF_THE_FRAMEWORK:
            schemas.pop(name, None)
        for schema in schemas.values():
            _describe_members(schema)
        return described


def _tell_as_problem(responses: dict[str, Any]) -> None:
    """Put a problem where FastAPI has its own shape for what is wrong in a request."""
    schema = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema == {"$ref": f"#/components/schemas/{_OF_THE_FRAMEWORK[0]}"}:
        responses["422"] = documented(UnprocessableError)[422]


def _problem_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    yield from schema.pop("$defs").items()
    yield "Problem", schema


def _describe_members(schema: dict[str, Any]) -> None:
    """Move what a docstring says of each attribute to the member that it describes."""
    found = _ATTRIBUTES.search(schema.get("description", "") + "\n")
    if found is None:
        return
    schema["description"] = schema["description"][: found.start()].strip()
    for attribute in _ATTRIBUTE.finditer(found["listed"]):
        member = schema.get("properties", {}).get(attribute["name"])
        if member is not None:
            member.setdefault("description", " ".join(attribute["text"].split()))
