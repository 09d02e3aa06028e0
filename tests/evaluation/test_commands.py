from __future__ import annotations

import csv
import itertools
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from evaluation import read_fairness
from labelled_data import shipped_codebook, write_labelled
from models import file_sha256, load
from tests.evaluation.artefacts import with_codebook
from tests.evaluation.fakes import codebook
from tests.evaluation.surveys import write_survey
from tests.labelled_data.test_qdc import published

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data import Codebook, LabelledComment
    from tests.command_line import CommandLine


@pytest.fixture
def labelled(tmp_path: Path, tiny_comments: list[LabelledComment], tiny_codebook: Codebook) -> Path:
    path = tmp_path / "labelled.csv"
    write_labelled(path, tiny_comments, tiny_codebook)
    return path


def test_figures_are_printed_and_written_for_people_and_for_programs(
    run: CommandLine, labelled: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "report"
    ended = run("evaluate", labelled, "--model", tiny_artefact, "--output", folder)
    assert (ended.status, ended.stderr) == (0, "")
    assert all(theme in ended.stdout for theme in ("waiting", "kindness", "parking"))
    names = {path.name for path in folder.iterdir()}
    assert names == {"evaluation.json", "evaluation.md", "evaluation.html"}
    figures = json.loads((folder / "evaluation.json").read_text("utf-8"))
    assert [theme["theme"] for theme in figures["by_theme"]] == ["waiting", "kindness", "parking"]
    assert "Kindness" in (folder / "evaluation.html").read_text("utf-8")


def test_nothing_is_written_unless_asked(
    run: CommandLine, labelled: Path, tiny_artefact: Path
) -> None:
    options = ("--part", "all", "--operating-point", "recall")
    assert run("evaluate", labelled, "--model", tiny_artefact, *options).status == 0
    assert list(labelled.parent.iterdir()) == [labelled]


def test_a_report_in_place_of_a_file_is_refused(
    run: CommandLine, labelled: Path, tiny_artefact: Path
) -> None:
    before = labelled.read_bytes()
    ended = run("evaluate", labelled, "--model", tiny_artefact, "--output", labelled)
    assert ended == (2, "", f"{labelled} cannot be written: File exists\n")
    assert labelled.read_bytes() == before


TEAMS = ("quick", "slow", "quick", "", "quick")


@pytest.fixture
def grouped(tmp_path: Path, tiny_comments: list[LabelledComment]) -> Path:
    """Labelled comments of teams, one of which says in other words than the model learnt."""
    path = tmp_path / "grouped.csv"
    told = zip(tiny_comments, itertools.cycle(TEAMS), strict=False)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("question", "text", "themes", "team"))
        for number, (comment, team) in enumerate(told):
            text = f"the {number} of it all" if team == "slow" else comment.text
            writer.writerow((comment.question, text, ";".join(comment.themes), team))
    return path


def test_a_group_whose_themes_are_found_less_often_is_told(
    run: CommandLine, grouped: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    options = ("--model", tiny_artefact, "--part", "all", "--by", "team")
    ended = run("evaluate", grouped, *options, "--output", tmp_path / "report")
    assert (ended.status, ended.stderr) == (0, "")
    assert "Errors by team" in ended.stdout
    figures = json.loads((tmp_path / "report" / "evaluation.json").read_text("utf-8"))
    rows = {row["group"]: row for row in figures["by_group"]["team"]}
    assert list(rows) == ["quick", "slow", "not_known"]
    assert {name: row["materially_worse"] for name, row in rows.items()} == {
        "quick": False,
        "slow": True,
        "not_known": False,
    }
    assert rows["not_known"]["missing"]


def test_values_of_a_column_are_mapped_through_a_scheme(
    run: CommandLine,
    grouped: Path,
    tiny_artefact: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    scheme = tmp_path / "teams.yaml"
    scheme.write_text(
        "{id: teams, name: Teams, version: '1', source: A test, characteristic: team,"
        " groups: [{id: fast, name: Fast, codes: [quick]}, {id: slow, name: Slow}]}",
        "utf-8",
    )
    options = ("--model", tiny_artefact, "--part", "all", "--by", "team")
    ended = run("evaluate", grouped, *options, "--scheme", f"team={scheme}")
    assert (ended.status, ended.stderr) == (0, "")
    assert "Fast" in ended.stdout
    assert "Not asked" in ended.stdout
    refused = run("evaluate", grouped, *options, "--scheme", "team=sex")
    assert (refused.status, refused.stdout) == (2, "")
    assert "grouped.csv row 2, column 'team': the scheme 'sex' does not say" in refused.stderr


def test_figures_of_groups_are_kept_in_the_models_folder(
    run: CommandLine, grouped: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(tiny_artefact, tmp_path / "copy")
    options = ("--model", copy, "--part", "all", "--by", "team")
    ended = run("evaluate", grouped, *options, "--keep", "--about", "Invented.")
    assert (ended.status, ended.stderr) == (0, "")
    recorded = read_fairness(load(copy))
    assert recorded is not None
    assert recorded.about == "Invented."
    assert recorded.measured_on == {"grouped.csv": file_sha256(grouped)}
    _, slow, _ = recorded.by_group["team"]
    assert slow.materially_worse


def test_a_transparency_record_is_drafted_and_never_written_over(
    run: CommandLine, grouped: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    record = tmp_path / "records" / "draft.md"
    options = ("--model", tiny_artefact, "--part", "all", "--by", "team", "--record", record)
    ended = run("evaluate", grouped, *options)
    assert (ended.status, ended.stderr) == (0, "")
    draft = record.read_text("utf-8")
    assert f"| grouped.csv | `{file_sha256(grouped)}` |" in draft
    assert "Measured: materially worse for slow (team)" in draft
    record.write_text("What people filled in.", "utf-8")
    again = run("evaluate", grouped, *options)
    assert (again.status, again.stdout) == (2, "")
    assert again.stderr.startswith(f"{record} is there already")
    assert record.read_text("utf-8") == "What people filled in."


def test_a_survey_is_measured_whole_by_its_own_characteristics(
    run: CommandLine, tiny_artefact: Path, tmp_path: Path
) -> None:
    options = ("--format", "survey", "--model", tiny_artefact, "--minimum-support", "1")
    by = ("--by", "sex", "--by", "ethnicity", "--output", tmp_path / "report")
    ended = run("evaluate", write_survey(tmp_path), *options, *by)
    assert (ended.status, ended.stderr) == (0, "")
    figures = json.loads((tmp_path / "report" / "evaluation.json").read_text("utf-8"))
    comments = {
        name: {row["group"]: row["comments"] for row in rows}
        for name, rows in figures["by_group"].items()
    }
    assert comments["sex"] == {"female": 2, "male": 1, "not_known": 1}
    assert comments["ethnicity"] == {"white": 2, "asian": 1, "other": 1}
    # two of the four comments are of the same words
    assert figures["comments"] == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--keep",), "--keep and --scheme need --by"),
        (("--by", "team", "--against", "fft"), "--by measures one model"),
        (("--by", "team", "--scheme", "sex"), "not C=SCHEME"),
        (("--by", "team", "--scheme", "a=sex"), "not C=SCHEME"),
        (("--by", "team", "--keep", "--operating-point", "recall"), "balanced operating"),
        (("--record", "draft.md", "--against", "fft"), "--record is of one model"),
        (("--by", "nope"), "has no column 'nope'"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    run: CommandLine,
    grouped: Path,
    tiny_artefact: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ended = run("evaluate", grouped, "--model", tiny_artefact, "--part", "all", *options)
    assert (ended.status, ended.stdout) == (2, "")
    assert told in ended.stderr


def test_a_model_is_set_against_another(
    run: CommandLine, labelled: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    options = ("--model", tiny_artefact, "--against", tiny_artefact, "--output", folder)
    ended = run("evaluate", labelled, *options)
    assert (ended.status, ended.stderr) == (0, "")
    assert "tiny 1.0.0 gains and loses against tiny 1.0.0" in ended.stdout
    assert all(theme in ended.stdout for theme in ("waiting", "kindness", "parking"))
    assert {path.name for path in folder.iterdir()} == {"comparison.json", "comparison.md"}
    figures = json.loads((folder / "comparison.json").read_text("utf-8"))
    assert figures["changed_comments"] == 0
    assert figures["overall"]["micro_f1"]["difference"] == {"value": 0, "low": 0, "high": 0}


def test_models_of_other_codebooks_are_not_set_against_each_other(
    run: CommandLine, labelled: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    other = with_codebook(tiny_artefact, codebook("food", "waiting"), tmp_path / "other")
    ended = run("evaluate", labelled, "--model", other, "--against", tiny_artefact)
    told = "only 'fake' has food; only 'tiny' has kindness, parking"
    assert ended == (2, "", f"the models' codebooks differ: {told}\n")


def test_published_comments_are_measured_through_the_crosswalk(
    run: CommandLine, tiny_artefact: Path, tmp_path: Path
) -> None:
    waits = (f"waited {n} hours to be seen" for n in range(2, 40))
    path = published(tmp_path, *({"FFT answer": t, "Timeliness of care": "1"} for t in waits))
    model = with_codebook(tiny_artefact, shipped_codebook("uec"), tmp_path / "uec")
    folder = tmp_path / "report"
    options = ("--format", "qdc", "--model", model, "--part", "all", "--output", folder)
    ended = run("evaluate", path, *options)
    assert (ended.status, ended.stderr) == (0, "")
    assert "waiting" in ended.stdout
    assert {path.name for path in folder.iterdir()} == {"crosswalked.json", "crosswalked.md"}
    (waiting,) = json.loads((folder / "crosswalked.json").read_text("utf-8"))["by_theme"]
    assert (waiting["theme"], waiting["support"]) == ("waiting", 38)


@pytest.mark.parametrize("command", ["evaluate", "benchmark"])
@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        ("", (), "labelled.csv is empty"),
        ("text\nSECRET\n", (), "labelled.csv has no column 'themes'"),
        ("text,themes\nSECRET,food\n", (), "labelled.csv row 2, column 'themes'"),
        ("text,themes\n,\n", (), "labelled.csv row 2, column 'text' is empty"),
        ("text,themes\nSECRET,waiting\n", (), "labelled.csv: "),
        ("text,themes\nSECRET,waiting\n", ("--format", "qdc"), "labelled.csv lacks the columns"),
        ("text,themes\nSECRET,waiting\n", ("--model", "nope"), "nope: neither a shipped model"),
    ],
)
def test_bad_input_ends_with_status_2_and_one_sentence(
    run: CommandLine,
    tmp_path: Path,
    tiny_artefact: Path,
    command: str,
    content: str,
    options: tuple[str, ...],
    told: str,
) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(content, "utf-8")
    given = ("--format", "labelled", "--model", tiny_artefact, *options)
    ended = run(command, path, *given)
    assert (ended.status, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert told in ended.stderr
    assert "SECRET" not in ended.stderr


def test_a_benchmark_sets_the_model_beside_the_baselines(
    run: CommandLine, labelled: Path, tiny_artefact: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ended = run("benchmark", labelled, "--format", "labelled", "--model", tiny_artefact)
    assert (ended.status, ended.stderr) == (0, "")
    systems = ("peer (TF-IDF + SVC)", "n-grams (logistic regression)", "Sayso tiny 1.0.0")
    lines = [line.strip() for line in ended.stdout.splitlines()]
    starts = [system for line in lines for system in systems if line.startswith(system)]
    assert starts == [*systems, *systems[1:]]
    assert "3 themes, bootstrap 95% intervals" in lines[0]
