from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from labelled_data import read_labelled, shipped_codebook
from labelled_data.commands import app
from tests.labelled_data.test_qdc import published

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def survey(folder: Path, content: str) -> Path:
    path = folder / "survey.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_usable_file_exits_with_zero_and_lists_its_warnings(tmp_path: Path) -> None:
    result = run("check", survey(tmp_path, "comment\nKind\nkind\n"))
    assert result.exit_code == 0
    assert "2 rows, 0 errors, 1 warnings" in result.stdout
    assert "repeated_text" in result.stdout


def test_an_unusable_file_exits_with_one(tmp_path: Path) -> None:
    result = run("check", survey(tmp_path, "comment,n\nKind,1,2\n"))
    assert result.exit_code == 1
    assert "long_row" in result.stdout


def test_the_report_can_be_had_as_json(tmp_path: Path) -> None:
    result = run(
        "check", survey(tmp_path, "text,themes\nKind,tea\n"), "--codebook", "fft", "--json"
    )
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["counts"] == {"unknown_theme": 1}
    assert report["findings"][0]["row"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "none.csv"),
        ("check", "survey.csv", "--text-column", "nope"),
        ("check", "survey.csv", "--codebook", "nope"),
        ("check", "survey.csv", "--codebook", "nope.yaml"),
        ("import", "qdc", "survey.csv", "--output", "out.csv"),
    ],
)
def test_bad_input_exits_with_two_and_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    survey(tmp_path, "comment\nKind\n")
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


def test_the_published_file_is_imported(tmp_path: Path) -> None:
    source = published(tmp_path, {"FFT answer": "Fine", "Parking": "1"}, {"FFT answer": ""})
    result = run("import", "qdc", source, "--output", tmp_path / "out.csv")
    assert result.exit_code == 0
    assert "1 comments written" in result.stdout
    assert "1 rows had no answer" in result.stdout
    (comment,) = read_labelled(tmp_path / "out.csv", shipped_codebook("fft"))
    assert comment.themes == ("parking",)
