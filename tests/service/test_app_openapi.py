from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service import Settings, create_app
from service.call_descriptions import sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.call_descriptions import Call

OPEN = {"GET /health/live", "GET /health/ready", "GET /metrics", "GET /api/results/{job}"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings(models=("tiny",))).openapi()


@pytest.fixture(scope="module")
def calls(document: dict[str, Any]) -> list[Call]:
    return [call for section in sections(document) for call in section.calls]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_call_says_what_it_does(calls: list[Call], document: dict[str, Any]) -> None:
    assert len(calls) == len(list(operations(document)))
    for call in calls:
        assert call.summary, call.path
        assert call.paragraphs, call.path


def test_every_body_that_is_sent_as_json_or_answered_has_an_example(calls: list[Call]) -> None:
    for call in calls:
        sent = [body for body in call.bodies if body.media_type == "application/json"]
        answered = [content for answer in call.answers for content in answer.contents]
        assert all(content.example for content in [*sent, *answered]), call.path


def test_every_parameter_is_described(calls: list[Call]) -> None:
    described = {
        f"{call.method} {call.path} {parameter.name}": bool(parameter.description)
        for call in calls
        for parameter in call.parameters
    }
    assert [name for name, is_described in described.items() if not is_described] == []


def test_whatever_goes_wrong_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for call, operation in operations(document):
        problems = {
            status: told for status, told in operation["responses"].items() if status >= "4"
        }
        assert problems, call
        for told in problems.values():
            (media_type,) = told["content"]
            assert media_type == "application/problem+json", call
            assert told["content"][media_type]["schema"]["$ref"].endswith("/Problem"), call


def test_all_but_a_few_calls_need_a_key_and_say_so(document: dict[str, Any]) -> None:
    for call, operation in operations(document):
        if call in OPEN:
            continue
        assert {"Key": []} in operation["security"], call
        assert {"401", "403", "429", "503"} <= set(operation["responses"]), call


def test_members_have_the_texts_of_their_attributes(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["TagRequest"]
    assert schema["description"] == "Comments to be tagged now."
    assert schema["properties"]["comments"]["description"] == "At most 1,000."


def test_shapes_that_are_named_are_there(document: dict[str, Any]) -> None:
    named: set[str] = set()

    def look(at: object) -> None:
        if isinstance(at, dict):
            named.update({at["$ref"]} if isinstance(at.get("$ref"), str) else ())
            for value in at.values():
                look(value)
        elif isinstance(at, list):
            for value in at:
                look(value)

    look(document)
    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert named <= there
    assert not {name for name in there if "Validation" in name}
