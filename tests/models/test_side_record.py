from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import DamagedArtefactError
from models.side_record import _digest, read_record, write_record

if TYPE_CHECKING:
    from pathlib import Path

ARTEFACT, OTHER = "a" * 64, "b" * 64
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3),
    max_leaves=4,
)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(tmp_path / "record.json", ARTEFACT, {"told": [1, 0.25, "ä"]})
    assert read_record(tmp_path / "record.json", ARTEFACT) == {"told": [1, 0.25, "ä"]}
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


@settings(max_examples=40)
@given(st.dictionaries(st.text(), JSON, max_size=3))
def test_the_hash_survives_a_trip_through_json(content: dict[str, object]) -> None:
    assert _digest(json.loads(json.dumps(content, indent=1))) == _digest(content)


def test_no_record_and_one_of_another_artefact_are_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "record.json", ARTEFACT) is None
    write_record(tmp_path / "record.json", ARTEFACT, {})
    assert read_record(tmp_path / "record.json", OTHER) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not readable as JSON"),
        ("[]", "not a record of a model"),
        ("{}", "not a record of a model"),
        (json.dumps({"artefact_sha256": ARTEFACT}), "changed since it was written"),
        (json.dumps({"artefact_sha256": ARTEFACT, "sha256": OTHER}), "changed since"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "record.json").write_text(text, "utf-8")
    with pytest.raises(DamagedArtefactError, match=rf"record\.json: {told}"):
        read_record(tmp_path / "record.json", ARTEFACT)
