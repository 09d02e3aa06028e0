from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import DataError
from service.uploads.json_lists import write_as_lines
from tests.service.uploads.samples import read, row

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def as_lines(text: str) -> list[Any]:
    with TemporaryDirectory() as folder:
        path, lines = Path(folder, "list"), Path(folder, "lines")
        path.write_text(text, encoding="utf-8")
        write_as_lines(path, lines)
        return [json.loads(line) for line in lines.read_text(encoding="utf-8").split("\n")[:-1]]


@given(
    st.lists(st.dictionaries(st.text(), VALUES, max_size=3)),
    st.sampled_from([None, 1, "\t"]),
    st.booleans(),
    st.booleans(),
)
def test_every_object_of_a_list_becomes_a_line(
    objects: list[dict[str, Any]], indent: int | str | None, named: bool, ascii_only: bool
) -> None:
    content = {"responses": objects} if named else objects
    assert as_lines(json.dumps(content, indent=indent, ensure_ascii=ascii_only)) == objects


def test_a_list_longer_than_what_is_held_of_it_is_read_whole() -> None:
    objects = [{"id": number, "text": "x" * (number % 7) * 9_000} for number in range(300)]
    objects.append({"id": -1, "text": "long" * 700_000})
    assert as_lines(json.dumps(objects)) == objects


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a JSON list"),
        ("7", "not a JSON list"),
        ('{"rows": []}', "whose only member is 'responses'"),
        ("{}", "whose only member is 'responses'"),
        ('{"responses": {}}', "not a JSON list"),
        ('{"responses": [], "more": 1}', "something after"),
        ("[] []", "something after"),
        ("[1]", "item 1 is not a JSON object"),
        ("[{}, [1]]", "item 2 is not a JSON object"),
        ('[{"a": 1}, {"a" 1}]', "item 2 is not a JSON object"),
        ("[{},]", "item 2 is not a JSON object"),
        ("[{} {}]", "item 1 is not followed by"),
        ("[{}", "item 1 is not followed by"),
        ('[{"a": ' + "[" * 100_000, "item 1 is not a JSON object"),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_lines(text)


def test_the_number_of_a_row_is_its_place_in_the_list(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text(json.dumps({"responses": [row(), row(day="soon"), row()]}, indent=2))
    _, numbers, [error] = read(path, "json")
    assert (numbers, error.row) == ([1, 3], 2)
    assert list(tmp_path.iterdir()) == [path]
