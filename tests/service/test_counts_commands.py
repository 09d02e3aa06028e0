"""Counting a tagged file on the command line."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING

import fastexcel
import polars as pl
import pytest

from labelled_data.tables import open_writer
from service.counting_files import ONE_RUN
from service.counts.outputs.csv import COUNT_COLUMNS
from service.counts.records import CountsTable, TrendTable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line import CommandLine

COLUMNS = ("who", "sex", "age", "day", "status", "themes", "polarity")
PEOPLE = 60
OPTIONS = ("--codebook", "uec", "--policy", "exact")


def person(n: int) -> tuple[str, ...]:
    """Every third is a man; of women every second waits, of men every fourth."""
    man = n % 3 == 0
    waits = n % 4 == 0 if man else n % 2 == 0
    day = f"2025-{n % 3 + 1:02}-10"
    tagged = ("tagged", "waiting", "waiting=negative") if waits else ("no_theme", "", "")
    return (f"p{n}", "M" if man else "F", ("18", "70", "")[n % 5 % 3], day, *tagged)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    file = tmp_path / "visits.tagged.csv"
    rows = [person(n) for n in range(PEOPLE)]
    with open_writer(file, COLUMNS) as writer:
        writer.write(pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row"))
    return file


def tables(written: Path) -> list[CountsTable]:
    return [CountsTable.model_validate(each) for each in json.loads(written.read_bytes())["tables"]]


def counted(table: CountsTable, theme: str = "waiting") -> dict[tuple[str, ...], tuple[int, int]]:
    return {
        tuple(row.groups.values()): (row.base or 0, row.count or 0)
        for row in table.rows
        if row.theme == theme and row.base
    }


def test_counts_by_group_are_printed(run: CommandLine, tagged: Path) -> None:
    ended = run("counts", tagged, "--by", "sex", "--theme", "waiting", *OPTIONS)
    assert ended.status == 0, ended.stderr
    lines = [line.split() for line in ended.stdout.splitlines()]
    assert ["Waiting", "Everyone", "60", "25", "41.7%", "30.1-54.3%"] in lines
    assert ["F", "40", "20", "50.0%"] in [line[:4] for line in lines]
    assert "Themes by sex (Exact counts)" in ended.stdout


def test_each_column_has_a_table_of_its_own(run: CommandLine, tagged: Path, tmp_path: Path) -> None:
    output = tmp_path / "counts.json"
    schemes = ("--scheme", "sex=sex", "--scheme", "age=age_bands")
    ended = run("counts", tagged, "--by", "sex,age", *schemes, *OPTIONS, "--output", output)
    assert (ended.status, ended.stdout) == (0, f"Written to {output}\n")
    by_sex, by_age = tables(output)
    assert counted(by_sex) == {(): (60, 25), ("female",): (40, 20), ("male",): (20, 5)}
    assert by_age.query.by == ("age",)
    assert by_sex.survey == "visits.tagged.csv"
    assert sum(base for group, (base, _) in counted(by_age).items() if group) == PEOPLE


def test_two_columns_may_be_crossed(run: CommandLine, tagged: Path, tmp_path: Path) -> None:
    output = tmp_path / "counts.json"
    run("counts", tagged, "--by", "sex", "--by", "age", "--cross", *OPTIONS, "--output", output)
    (table,) = tables(output)
    assert table.query.by == ("sex", "age")
    assert sum(base for group, (base, _) in counted(table).items() if group) == PEOPLE


def test_broad_groups_are_told_where_they_are_asked_for(
    run: CommandLine, tagged: Path, tmp_path: Path
) -> None:
    output = tmp_path / "counts.json"
    asked = ("--by", "age", "--scheme", "age=age_bands", "--level", "broad_groups")
    assert run("counts", tagged, *asked, *OPTIONS, "--output", output).status == 0
    (table,) = tables(output)
    fine = tmp_path / "fine.json"
    run("counts", tagged, *asked[:4], *OPTIONS, "--output", fine)
    assert len(table.rows) < len(tables(fine)[0].rows)
    ended = run("counts", tagged, "--by", "sex", "--level", "broad_groups", *OPTIONS)
    assert ended.status == 2
    assert "broad groups" in ended.stderr


def test_people_are_narrowed_by_dates_and_polarity(
    run: CommandLine, tagged: Path, tmp_path: Path
) -> None:
    output = tmp_path / "counts.json"
    dates = ("--date-column", "day", "--from", "2025-02-01", "--to", "2025-02-28")
    run("counts", tagged, *dates, "--polarity", "negative", *OPTIONS, "--output", output)
    (table,) = tables(output)
    assert counted(table)[()][0] == PEOPLE // 3
    run("counts", tagged, "--polarity", "positive", *OPTIONS, "--output", output)
    assert counted(tables(output)[0]) == {(): (PEOPLE, 0)}


def test_a_person_counts_once(run: CommandLine, tagged: Path, tmp_path: Path) -> None:
    twice, output = tmp_path / "twice.csv", tmp_path / "counts.json"
    text = tagged.read_text("utf-8")
    twice.write_text(text + text.split("\n", 1)[1], "utf-8")
    run("counts", twice, "--person-column", "who", *OPTIONS, "--output", output)
    assert counted(tables(output)[0]) == {(): (60, 25)}


def test_csv_has_all_tables_under_one_header(
    run: CommandLine, tagged: Path, tmp_path: Path
) -> None:
    output = tmp_path / "counts.csv"
    run("counts", tagged, "--by", "sex,age", *OPTIONS, "--output", output)
    rows = list(csv.DictReader(StringIO(output.read_text("utf-8-sig"))))
    assert tuple(rows[0]) == COUNT_COLUMNS
    assert {row["by_1"] for row in rows} == {"sex", "age"}
    assert all(row["count"] != "count" for row in rows)


def test_a_workbook_and_a_page_hold_tables_and_trends(
    run: CommandLine, tagged: Path, tmp_path: Path
) -> None:
    asked = ("--by", "sex", "--date-column", "day", "--period", "month", *OPTIONS)
    for name in ("counts.xlsx", "counts.html", "counts.json"):
        ended = run("counts", tagged, *asked, "--output", tmp_path / name)
        assert ended.status == 0, ended.stderr
    assert len(fastexcel.read_excel(tmp_path / "counts.xlsx").sheet_names) > 2
    assert "<svg" in (tmp_path / "counts.html").read_text("utf-8")
    trend = json.loads((tmp_path / "counts.json").read_bytes())["trend"]
    points = TrendTable.model_validate(trend).trends[0].points
    assert [point.period for point in points] == ["2025-01", "2025-02", "2025-03"]
    printed = run("counts", tagged, *asked).stdout
    assert "Themes by month (Exact counts)" in printed
    assert "February 2025" in printed


def test_small_numbers_are_protected_unless_it_is_said_otherwise(
    run: CommandLine, tagged: Path, tmp_path: Path
) -> None:
    output = tmp_path / "counts.json"
    run("counts", tagged, "--by", "sex", "--codebook", "uec", "--output", output)
    (table,) = tables(output)
    assert table.policy.id == "nhs"
    assert ONE_RUN in table.notes
    assert all((row.base or 0) % 5 == 0 and (row.count or 0) % 5 == 0 for row in table.rows)
    assert any(row.hidden for row in table.rows)
    printed = run("counts", tagged, "--by", "sex", "--codebook", "uec").stdout
    assert "*" in printed
    assert "NHS small numbers" in printed


def test_the_codebook_may_come_from_the_model(
    run: CommandLine, tagged: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    output = tmp_path / "counts.json"
    asked = ("--model", tiny_artefact, "--policy", "exact", "--output", output)
    ended = run("counts", tagged, *asked)
    assert ended.status == 0, ended.stderr
    assert {row.theme for row in tables(output)[0].rows} == {"waiting", "kindness", "parking"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--by", "shoe"), "has no column 'shoe'"),
        (("--by", "sex", "--scheme", "sex=age_bands"), "row 2, column 'sex'"),
        (("--by", "sex", "--scheme", "sex=nope"), "no equality scheme 'nope'"),
        (("--scheme", "sex=sex"), "by which nothing is counted"),
        (("--by", "sex", "--cross"), "two columns can be crossed, and 1 are named"),
        (("--theme", "absent"), "no theme 'absent'"),
        (("--period", "month"), "no dates"),
        (("--question", "why"), "no question 'why'"),
        (("--policy", "none"), "no policy 'none'"),
        (("--codebook", "nope"), "no codebook 'nope'"),
    ],
)
def test_bad_input_ends_with_status_2_and_one_sentence(
    asked: tuple[str, ...], sentence: str, run: CommandLine, tagged: Path
) -> None:
    given = dict(zip(OPTIONS[::2], OPTIONS[1::2], strict=True))
    given = {name: value for name, value in given.items() if name not in asked}
    options = [part for pair in given.items() for part in pair]
    ended = run("counts", tagged, *asked, *options)
    assert (ended.status, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--output", "counts.pdf"), "is none of .csv"),
        (("--scheme", "sex"), "COLUMN=ID"),
        (("--from", "2025-02-01", "--to", "2025-01-01"), "before --from"),
        (("--model", "uec", "--codebook", "uec"), "not both"),
        (("--from", "yesterday"), "yesterday"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    asked: tuple[str, ...], sentence: str, run: CommandLine, tagged: Path
) -> None:
    ended = run("counts", tagged, *asked)
    assert ended.status == 2
    assert sentence in ended.stderr


def test_a_run_that_fails_leaves_the_old_file_and_no_traces(
    run: CommandLine, tagged: Path, tmp_path: Path
) -> None:
    output = tmp_path / "counts.csv"
    output.write_text("old")
    asked = ("--date-column", "day", "--period", "month", *OPTIONS, "--output", output)
    ended = run("counts", tagged, *asked)
    assert ended.status == 2
    assert "no room for themes over time" in ended.stderr
    assert output.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counts.csv", tagged.name]
    nowhere = run("counts", tagged, *OPTIONS, "--output", tmp_path / "absent" / "counts.csv")
    assert nowhere.status == 2
    assert "cannot be written" in nowhere.stderr
