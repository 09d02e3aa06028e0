from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelled_data import write_labelled

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
