from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from labelled_data import (
    CodebookError,
    EqualitySchemeError,
    HeaderError,
    LabelError,
    shipped_codebook,
)
from labelled_data.tables import open_writer
from models.tag_file import TagOptions, tag_file
from service.counts.readings import Reading
from service.counts.tagged_file import TaggedColumns, read_tagged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from labelled_data import Codebook
    from models import Tagger
    from service.counts.readings import Readings

Cells = dict[str, str]
FORMATS = ("csv", "tsv", "xlsx", "parquet", "jsonl")
ASKED = ("What was good?", "What could be better?")


def row(**cells: str) -> Cells:
    return {"comment": "x", "status": "tagged", "themes": "", "polarity": ""} | cells


def written(folder: Path, rows: Sequence[Cells], kind: str = "csv") -> Path:
    file = folder / f"visits.tagged.{kind}"
    columns = tuple(dict.fromkeys(name for each in rows for name in each))
    with open_writer(file, columns) as writer:
        writer.write(pl.DataFrame(list(rows), schema=dict.fromkeys(columns, pl.String)))
    return file


def themes_of(readings: Readings, response: int, question: int = 0) -> list[str]:
    bits = int(readings.tagged[response, question])
    return [theme for place, theme in enumerate(readings.themes) if bits >> place & 1]


def groups_of(readings: Readings, characteristic: int = 0) -> list[str]:
    nodes = readings.characteristics[characteristic].nodes
    return [nodes[place].id for place in readings.groups[:, characteristic]]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_the_tagger_wrote_is_read_in_every_format(
    kind: str, tmp_path: Path, tiny_tagger: Tagger, tiny_codebook: Codebook
) -> None:
    texts = ["waited 3 hours to be seen", "", "nurse number 4 was so kind", "parking cost me £5"]
    rows = [{"who": f"p{n}", "comment": text} for n, text in enumerate(texts)]
    source = tmp_path / f"visits.{kind}"
    with open_writer(source, ("who", "comment")) as writer:
        writer.write(pl.DataFrame(rows))
    target = tmp_path / f"tagged.{kind}"
    tag_file(tiny_tagger, source, target, TagOptions(), lambda _: None)
    readings = read_tagged(target, TaggedColumns(person="who"), tiny_codebook)
    meant = tiny_tagger.tag(texts)
    assert [tuple(themes_of(readings, n)) for n in range(4)] == [each.themes for each in meant]
    read = Reading.READABLE
    assert readings.status[:, 0].tolist() == [read, Reading.NONE, read, read]
    assert readings.person is not None
    assert len(set(readings.person.tolist())) == 4


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_columns_of_comments_are_two_questions_of_one_response(
    kind: str, tmp_path: Path, tiny_tagger: Tagger, tiny_codebook: Codebook
) -> None:
    good, better = ASKED
    rows = [
        {good: "nurse number 4 was so kind", better: "waited 9 hours to be seen", "sex": "F"},
        {good: "", better: "parking cost me 6 pounds", "sex": "M"},
    ]
    source, target = tmp_path / f"visits.{kind}", tmp_path / f"tagged.{kind}"
    with open_writer(source, (good, better, "sex")) as writer:
        writer.write(pl.DataFrame(rows))
    tag_file(tiny_tagger, source, target, TagOptions(ASKED), lambda _: None)
    readings = read_tagged(target, TaggedColumns(by=("sex",)), tiny_codebook)
    assert [question.id for question in readings.questions] == list(ASKED)
    assert themes_of(readings, 0, 0) == ["kindness"]
    assert themes_of(readings, 0, 1) == ["waiting"]
    assert themes_of(readings, 1, 1) == ["parking"]
    read = Reading.READABLE
    assert readings.status.tolist() == [[read, read], [Reading.NONE, read]]
    assert groups_of(readings) == ["F", "M"]


def test_polarity_tells_praise_from_blame(tmp_path: Path) -> None:
    codebook = shipped_codebook("uec")
    one, other = codebook.theme_ids[:2]
    rows = [
        row(themes=f"{one};{other}", polarity=f"{one}=negative;{other}=mixed"),
        row(themes=one),
    ]
    readings = read_tagged(written(tmp_path, rows), TaggedColumns(), codebook)
    assert readings.tagged[:, 0].tolist() == [0b11, 0b01]
    assert readings.praised[:, 0].tolist() == [0b10, 0]
    assert readings.blamed[:, 0].tolist() == [0b11, 0]


def test_statuses_say_what_could_be_read(tmp_path: Path) -> None:
    statuses = ("tagged", "no_theme", "unsure", "not_english", "empty", "empty")
    texts = ("x", "x", "x", "x", "...", " ")
    rows = [row(status=s, comment=t) for s, t in zip(statuses, texts, strict=True)]
    readings = read_tagged(written(tmp_path, rows), TaggedColumns(), shipped_codebook("uec"))
    read, unreadable = Reading.READABLE, Reading.UNREADABLE
    assert readings.status[:, 0].tolist() == [read] * 3 + [unreadable] * 2 + [Reading.NONE]


def test_who_left_no_comment_is_known_only_with_the_column_of_comments(tmp_path: Path) -> None:
    rows = [{"said": "", "status": "empty", "themes": "", "polarity": ""}]
    file, codebook = written(tmp_path, rows), shipped_codebook("uec")
    unsaid = read_tagged(file, TaggedColumns(), codebook)
    assert unsaid.status.tolist() == [[Reading.UNREADABLE]]
    told = read_tagged(file, TaggedColumns(text="said"), codebook)
    assert told.status.tolist() == [[Reading.NONE]]


def test_a_schemes_groups_stand_in_its_order(tmp_path: Path) -> None:
    rows = [row(ethnicity=code) for code in ("A", "z", "99", "H")]
    columns = TaggedColumns(by=("ethnicity",), schemes={"ethnicity": "ethnicity_nhs16"})
    readings = read_tagged(written(tmp_path, rows), columns, shipped_codebook("uec"))
    assert groups_of(readings) == ["white_british", "not_stated", "not_known", "asian_indian"]
    (ethnicity,) = readings.characteristics
    assert ethnicity.id == "ethnicity"
    assert len(ethnicity.broad_nodes) < len(ethnicity.nodes)


def test_a_scheme_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    scheme = tmp_path / "wards.yaml"
    scheme.write_text(
        "id: wards\nname: Ward\nversion: '1'\nsource: The trust\ncharacteristic: ward\n"
        "groups:\n  - {id: west, name: West, codes: [W]}\n  - {id: east, name: East, codes: [E]}\n"
    )
    columns = TaggedColumns(by=("ward",), schemes={"ward": str(scheme)})
    rows = [row(ward="E"), row(ward="west"), row(ward="")]
    readings = read_tagged(written(tmp_path, rows), columns, shipped_codebook("uec"))
    assert groups_of(readings) == ["east", "west", "not_asked"]


def test_without_a_scheme_each_value_is_a_group_and_a_blank_is_not_known(tmp_path: Path) -> None:
    rows = [row(ward=value) for value in ("B", " A ", "", "B", "not_stated")]
    columns = TaggedColumns(by=("ward",))
    readings = read_tagged(written(tmp_path, rows), columns, shipped_codebook("uec"))
    assert groups_of(readings) == ["B", "A", "not_known", "B", "not_stated"]
    assert [node.id for node in readings.characteristics[0].nodes][:2] == ["A", "B"]


def test_a_column_of_very_many_values_is_no_characteristic(tmp_path: Path) -> None:
    file = written(tmp_path, [row(postcode=f"AB{n}") for n in range(61)])
    with pytest.raises(HeaderError, match="61 different values, so it is not a characteristic"):
        read_tagged(file, TaggedColumns(by=("postcode",)), shipped_codebook("uec"))


def test_people_days_sites_and_weights_are_read(tmp_path: Path) -> None:
    rows = [
        row(who="ann", day="2025-03-14", place="South", weight="1.5"),
        row(who="", day="", place="", weight="1"),
        row(who="ann", day="2025-03-15 10:30:00", place="North", weight=".5"),
        row(who="", day="2025-03-14", place="South", weight="2"),
    ]
    columns = TaggedColumns(person="who", date="day", site="place", weight="weight")
    readings = read_tagged(written(tmp_path, rows), columns, shipped_codebook("uec"))
    assert readings.person is not None
    assert readings.person[0] == readings.person[2]
    assert len(set(readings.person.tolist())) == 3
    first = date(2025, 3, 14).toordinal()
    assert readings.day.tolist() == [first, 0, first + 1, first]
    assert [site.id for site in readings.sites] == ["North", "South"]
    assert readings.site.tolist() == [1, -1, 0, 1]
    assert readings.weight is not None
    np.testing.assert_allclose(readings.weight, [1.5, 1, 0.5, 2])


def test_a_site_that_parts_people_is_that_characteristic(tmp_path: Path) -> None:
    columns = TaggedColumns(by=("place",), site="place")
    readings = read_tagged(written(tmp_path, [row(place="N")]), columns, shipped_codebook("uec"))
    assert readings.site_characteristic == "place"


def test_days_of_typed_columns_are_read(tmp_path: Path) -> None:
    file = tmp_path / "visits.parquet"
    frame = pl.DataFrame([row(themes="waiting")]).with_columns(day=pl.lit(date(2025, 3, 14)))
    frame.write_parquet(file)
    readings = read_tagged(file, TaggedColumns(date="day"), shipped_codebook("uec"))
    assert readings.day.tolist() == [date(2025, 3, 14).toordinal()]


def test_the_codebook_is_guessed_where_one_alone_has_the_themes(tmp_path: Path) -> None:
    codebook = shipped_codebook("uec")
    everything = ";".join(codebook.theme_ids)
    readings = read_tagged(written(tmp_path, [row(themes=everything)]), TaggedColumns())
    assert readings.themes == codebook.theme_ids
    assert readings.theme_names == tuple(theme.name for theme in codebook.themes)


@pytest.mark.parametrize("themes", ["", "of_nobody"])
def test_a_codebook_that_cannot_be_guessed_is_asked_for(themes: str, tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="say with --model or --codebook"):
        read_tagged(written(tmp_path, [row(themes=themes)]), TaggedColumns())


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"status": ""}, "status"),
        ({"status": "done"}, "status"),
        ({"themes": "absent"}, "themes"),
        ({"polarity": "waiting=negative"}, "polarity"),
        ({"themes": "waiting", "polarity": "waiting=furious"}, "polarity"),
        ({"sex": "Klingon"}, "sex"),
        ({"day": "last Tuesday"}, "day"),
        ({"weight": "-1"}, "weight"),
        ({"weight": ""}, "weight"),
    ],
)
def test_a_wrong_cell_is_named_by_file_row_and_column(
    cells: Cells, column: str, tmp_path: Path
) -> None:
    good = row(sex="F", day="2025-01-01", weight="1")
    file = written(tmp_path, [good, good, good | cells])
    columns = TaggedColumns(by=("sex",), schemes={"sex": "sex"}, date="day", weight="weight")
    with pytest.raises(LabelError, match=f"visits.tagged.csv row 4, column '{column}'"):
        read_tagged(file, columns, shipped_codebook("uec"))


@pytest.mark.parametrize("missing", ["status", "themes", "polarity", "sex", "who", "said"])
def test_a_missing_column_is_named(missing: str, tmp_path: Path) -> None:
    cells = row(sex="F", who="ann", said="x")
    file = written(tmp_path, [{name: cells[name] for name in cells if name != missing}])
    with pytest.raises(HeaderError, match=f"no column '{missing}'"):
        read_tagged(file, TaggedColumns(by=("sex",), person="who", text="said"))


def test_a_scheme_has_to_be_there_and_of_use(tmp_path: Path) -> None:
    file, codebook = written(tmp_path, [row(sex="F")]), shipped_codebook("uec")
    with pytest.raises(EqualitySchemeError, match="no equality scheme 'nope'"):
        read_tagged(file, TaggedColumns(by=("sex",), schemes={"sex": "nope"}), codebook)
    with pytest.raises(HeaderError, match="'sex', by which nothing is counted"):
        read_tagged(file, TaggedColumns(schemes={"sex": "sex"}), codebook)


def test_joined_files_whose_responses_have_the_same_numbers_are_refused(tmp_path: Path) -> None:
    rows = [row(row=number, question=q, sex="F") for number in "23" for q in ASKED]
    joined = [*rows, *(each | {"sex": "M"} for each in rows)]
    with pytest.raises(LabelError, match=r"row 6, column 'sex': .* were two files joined"):
        read_tagged(written(tmp_path, joined), TaggedColumns(by=("sex",)), shipped_codebook("uec"))


def test_comments_on_one_question_of_a_response_count_together(tmp_path: Path) -> None:
    codebook = shipped_codebook("uec")
    one, other = codebook.theme_ids[:2]
    rows = [
        row(row="2", question="", themes=one),
        row(row="2", question="", themes=other),
        row(row="3", question="", status="empty"),
    ]
    readings = read_tagged(written(tmp_path, rows), TaggedColumns(), codebook)
    assert readings.tagged.tolist() == [[0b11], [0]]
    assert readings.status.tolist() == [[Reading.READABLE], [Reading.UNREADABLE]]


def test_a_file_without_rows_is_an_empty_survey(tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    file.write_text("comment,sex,status,themes,polarity\n")
    readings = read_tagged(file, TaggedColumns(by=("sex",)), shipped_codebook("uec"))
    assert len(readings) == 0
    assert readings.groups.shape == (0, 1)
    assert readings.tagged.shape == (0, 1)
