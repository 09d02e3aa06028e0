"""The description of the calls, held against what it was, what it shows and what the client knows.

A change of it is a change for everyone who calls the service. To accept one::

    python -m tests.service.test_openapi
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs  # what schemathesis checks by
import pytest

from service import Settings, create_app
from service.client import keys, results, review_results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

SNAPSHOT = Path(__file__).parent / "openapi.json"
RENEW = "python -m tests.service.test_openapi"
SHAPES: dict[type[BaseModel], str] = {
    results.Tagged: "TagResponse",
    results.TaggedComment: "TaggedComment",
    results.GivenTheme: "GivenTheme",
    results.Place: "Place",
    results.Models: "ModelList",
    results.Model: "LoadedModel",
    results.ModelDetails: "ModelDetail",
    results.Surveys: "Surveys",
    results.Survey: "Survey",
    results.SurveyWithProgress: "SurveyWithProgress",
    results.SurveyProgress: "SurveyProgress",
    results.MissingShares: "MissingShares",
    results.UploadReceipt: "Intake",
    results.UploadPreview: "DryRun",
    results.GroupValue: "RawValue",
    results.Comments: "Comments",
    results.Comment: "Comment",
    review_results.Samples: "Samples",
    review_results.Sample: "Sample",
    review_results.DrawnStratum: "DrawnStratum",
    review_results.ReadingPlan: "ReadingPlan",
    review_results.ReviewPlan: "ReviewPlan",
    review_results.GroupPlan: "GroupPlan",
    review_results.Stratum: "PlannedStratum",
    review_results.ToRead: "ToRead",
    review_results.CommentToRead: "CommentToRead",
    review_results.Review: "Review",
    review_results.Agreement: "ReadingAgreement",
    review_results.ThemeAgreement: "ThemeAgreement",
    keys.KeyList: "KeyList",
    keys.Key: "Key",
    keys.MadeKey: "NewKeyToken",
}


def described() -> dict[str, Any]:
    document: dict[str, Any] = create_app(Settings(models=("tiny",))).openapi()
    return document


def as_text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return described()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_description_is_what_it_was(document: dict[str, Any]) -> None:
    was = json.loads(SNAPSHOT.read_text("utf-8"))
    assert document == was, f"if the change is meant, renew the snapshot: {RENEW}"


def test_every_call_has_a_summary_a_description_and_what_can_go_wrong(
    document: dict[str, Any],
) -> None:
    for call, operation in operations(document):
        assert operation["summary"], call
        assert operation["description"], call
        assert any(status >= "400" for status in operation["responses"]), call


def test_no_two_calls_share_an_id(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)


def test_what_is_shown_as_an_example_is_one(document: dict[str, Any]) -> None:
    components = without_required_nulls(document["components"])
    shown = list(examples(document))
    assert len(shown) > 40
    for place, schema, example in shown:
        whole = without_required_nulls(schema) | {"components": components}
        assert problems(example, whole) == [], place


def test_the_client_knows_every_member_that_is_answered(document: dict[str, Any]) -> None:
    """The client has shapes of its own, so as to load fast and to read newer services."""
    schemas = document["components"]["schemas"]
    for own, name in SHAPES.items():
        assert set(own.model_fields) == set(schemas[name]["properties"]), name


def examples(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Gives every example with its place and its schema."""
    for call, operation in operations(document):
        bodies = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
        for name, body in bodies:
            for media_type, content in body.get("content", {}).items():
                if media_type.endswith("json"):
                    for example in shown_in(content):
                        yield f"{call} {name}", content.get("schema", {}), example
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            yield name, schema, example


def shown_in(content: dict[str, Any]) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield example["value"]


def problems(example: object, schema: dict[str, Any]) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(schema)
    return [error.message for error in validator.iter_errors(example)]


def without_required_nulls(schema: Any) -> Any:  # noqa: ANN401 - as JSON is
    """Lets members that may be null be left out, as FastAPI leaves them out of every example."""
    if isinstance(schema, list):
        return [without_required_nulls(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    freed = {name: without_required_nulls(part) for name, part in schema.items()}
    if isinstance(members := schema.get("properties"), dict) and "required" in schema:
        freed["required"] = [
            name
            for name in schema["required"]
            if {"type": "null"} not in members[name].get("anyOf", [])
        ]
    return freed


if __name__ == "__main__":
    SNAPSHOT.write_text(as_text(described()), "utf-8")
