import pytest

from evaluation import Group
from evaluation.groupings import MISSING, MOST_VALUES, GroupBy, scheme_groups
from labelled_data import EqualityScheme, LabelError, shipped_equality_scheme

SCHEME = EqualityScheme.model_validate(
    {
        "id": "background",
        "name": "Background",
        "version": "1",
        "source": "A test",
        "characteristic": "ethnicity",
        "broad_groups": [{"id": "asian", "name": "Asian"}],
        "groups": [
            {"id": "chinese", "name": "Chinese", "parent": "asian", "codes": ["R"]},
            {"id": "indian", "name": "Indian", "parent": "asian", "codes": ["H"]},
            {"id": "other", "name": "Other", "codes": ["S"]},
        ],
        "not_stated": ["Z"],
    }
)
ROWS = (2, 3, 4, 5, 6)


def groups_of(by: GroupBy, *values: str) -> list[str]:
    grouping = by.grouping(dict(zip(ROWS, values, strict=False)), ROWS[: len(values)], "file.csv")
    return [grouping.groups[place].id for place in grouping.members]


def test_values_are_mapped_by_a_scheme() -> None:
    by = GroupBy("ethnicity", "code", SCHEME)
    told = groups_of(by, "r", " S ", "Z", "", "Indian")
    assert told == ["chinese", "other", "not_stated", "not_asked", "indian"]


def test_broad_groups_are_told_apart_where_these_are_compared() -> None:
    by = GroupBy("ethnicity", "code", SCHEME, broad=True)
    assert groups_of(by, "R", "H", "S", "Z") == ["asian", "asian", "other", "not_stated"]
    assert scheme_groups(SCHEME, broad=True) == (Group("asian", "Asian"), Group("other", "Other"))


def test_without_a_scheme_each_value_is_a_group_and_a_blank_is_not_known() -> None:
    by = GroupBy("ward", "ward")
    assert groups_of(by, "b", "a ", "a", " ", "not_stated") == [
        *("b", "a", "a"),
        *("not_known", "not_stated"),
    ]
    grouping = by.grouping({2: "b", 3: "a"}, (2, 3), "file.csv")
    assert grouping.groups == (Group("a", "a"), Group("b", "b"), *MISSING)


def test_a_scheme_keeps_its_order_and_ends_with_why_there_is_no_group() -> None:
    groups = GroupBy("sex", "sex", shipped_equality_scheme("sex")).grouping({}, (), "f").groups
    assert [group.missing for group in groups] == [*[False] * (len(groups) - 3), *[True] * 3]
    assert groups[-3:] == MISSING
    assert MISSING[0] == Group("not_stated", "Not stated", missing=True)


def test_a_value_that_the_scheme_does_not_know_is_named_with_its_row_and_column() -> None:
    by = GroupBy("ethnicity", "code", SCHEME)
    with pytest.raises(LabelError, match=r"file\.csv row 3, column 'code': .*'background'.*'Q'"):
        groups_of(by, "R", "Q")


def test_a_column_that_tells_people_apart_is_no_column_of_groups() -> None:
    cells = {row: f"person {row}" for row in range(MOST_VALUES + 1)}
    with pytest.raises(LabelError, match=r"file\.csv, column 'id' has more than 100") as told:
        GroupBy("id", "id").grouping(cells, tuple(cells), "file.csv")
    assert "person" not in str(told.value)
