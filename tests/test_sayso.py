"""The program as others start it: a process of its own."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sayso

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(sayso.__file__).parent
LAYERS = ("labelled_data", "models", "evaluation", "training", "service")
SLOW = {"torch", "transformers", "onnxruntime", "sklearn", "polars"}
# so that a run is stopped long before it would end
MANY = 30_000
LONG = "waited {n} hours to be seen. nurse number {n} was so kind. no parking within {n} miles. "


def python(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


def modules_loaded_by(*arguments: object) -> set[str]:
    """Packages that a run of Python imports, which must end well."""
    done = python("-X", "importtime", *arguments)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def survey(path: Path, rows: int) -> Path:
    texts = [LONG.format(n=n) for n in range(rows)]
    path.write_text("\n".join(["comment", *texts, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize("arguments", [("-c", "import sayso"), ("-m", "sayso", "--help")])
def test_what_is_slow_is_not_imported_before_it_is_needed(arguments: tuple[str, ...]) -> None:
    assert not modules_loaded_by(*arguments) & SLOW


def test_tagging_does_without_torch(tmp_path: Path, tiny_artefact: Path) -> None:
    source = survey(tmp_path / "survey.csv", 3)
    loaded = modules_loaded_by("-m", "sayso", "tag", source, "--model", tiny_artefact)
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers"}


def test_a_tagger_is_a_line_away(tiny_artefact: Path) -> None:
    (prediction,) = sayso.load(tiny_artefact).tag(["waited 5 hours to be seen"])
    assert "waiting" in prediction.themes


def test_a_codebook_is_printed_as_json() -> None:
    book = json.loads(python("-m", "sayso", "codebook", "fft", "--json").stdout)
    assert len(book["themes"]) == 48
    assert all(theme["source_label"] for theme in book["themes"])


def test_bad_input_ends_with_status_2_and_one_sentence() -> None:
    done = python("-m", "sayso", "codebook", "nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "nope" in done.stderr


def test_progress_is_shown_on_a_terminal_and_apart_from_the_results(
    tmp_path: Path, tiny_artefact: Path
) -> None:
    source = survey(tmp_path / "survey.csv", 3)
    command = ("-m", "sayso", "tag", source, "--model", tiny_artefact)
    shown = python(*command, TTY_INTERACTIVE="1", TTY_COMPATIBLE="1")
    assert "Tagged 3 rows" in shown.stderr
    assert "Tagged 3 rows" not in shown.stdout
    assert "Written to" in shown.stdout
    assert "waited" not in shown.stderr


def test_what_is_no_terminal_shows_no_progress_and_needs_no_block_characters(
    tmp_path: Path, tiny_artefact: Path
) -> None:
    source = tmp_path / "survey.csv"
    source.write_text("comment\nwaited 5 hours to be seen\n", encoding="utf-8")
    done = python("-m", "sayso", "tag", source, "--model", tiny_artefact, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "####" in done.stdout


def stopped_half_way(source: Path, model: Path, sent: signal.Signals) -> tuple[int, str]:
    """Tags a file, sends the process a signal once rows are written; its status and stderr."""
    command = [sys.executable, "-m", "sayso", "tag", str(source), "--model", str(model)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not any(part.stat().st_size for part in source.parent.glob(".*.part/*")):
            assert process.poll() is None, "it ended before it was stopped"
            time.sleep(0.01)
        process.send_signal(sent)
        return process.wait(timeout=60), process.communicate()[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_run_asked_to_end_half_way_leaves_nothing(tmp_path: Path, tiny_artefact: Path) -> None:
    source = survey(tmp_path / "survey.csv", MANY)
    assert stopped_half_way(source, tiny_artefact, signal.SIGTERM) == (128 + signal.SIGTERM, "")
    assert names(tmp_path) == {"survey.csv"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_a_killed_run_leaves_is_hidden_and_removed_by_the_next(
    tmp_path: Path, tiny_artefact: Path
) -> None:
    source = survey(tmp_path / "survey.csv", MANY)
    status, _ = stopped_half_way(source, tiny_artefact, signal.SIGKILL)
    (left,) = names(tmp_path) - {"survey.csv"}
    assert status == -signal.SIGKILL
    assert left.startswith(".")
    survey(source, 3)
    assert python("-m", "sayso", "tag", source, "--model", tiny_artefact).returncode == 0
    assert names(tmp_path) == {"survey.csv", "survey.tagged.csv"}


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_imports_the_facade(layer: str) -> None:
    files = list((ROOT / layer).rglob("*.py"))
    assert files
    assert not [path for path in files if "sayso" in imported_by(path)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository without what it ignores."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    copy = tmp_path_factory.mktemp("built") / "tree"
    return Path(shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", *ignored)))


@pytest.fixture(scope="module")
def wheel(tree: Path) -> Path:
    """A folder with what the wheel installs."""
    options = ("--wheel", "--no-isolation", "--outdir", tree.parent / "dist", tree)
    done = python("-m", "build", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (tree.parent / "dist").glob("sayso-*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tree.parent / "wheel")
    return tree.parent / "wheel"


def test_the_wheel_holds_what_the_layers_need_and_nothing_else(tree: Path, wheel: Path) -> None:
    def files(folder: Path) -> set[str]:
        found = [path for layer in LAYERS for path in (folder / layer).rglob("*")]
        return {path.relative_to(folder).as_posix() for path in found if path.is_file()}

    assert files(wheel) <= files(tree)
    assert not [name for name in files(tree) - files(wheel) if Path(name).name != "README.md"]
    assert {
        "labelled_data/codebooks/fft.yaml",
        "labelled_data/examples/fft_example.csv",
        "evaluation/templates/report.html",
        "training/recipes/uec_ics.yaml",
        "training/templates/model_card.md",
        *(f"{layer}/__init__.pyi" for layer in LAYERS if layer != "service"),
    } <= files(wheel)
    (metadata,) = wheel.glob("sayso-*.dist-info")
    assert names(wheel) == {*LAYERS, "sayso.py", metadata.name}


def test_the_wheel_works_away_from_the_repository(
    wheel: Path, tmp_path: Path, tiny_artefact: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = (
        "import sayso, labelled_data as d, training as t, pathlib; print(sayso.__file__);"
        "t.load_recipe(pathlib.Path(t.__file__).parent / 'recipes' / 'uec_ics.yaml');"
        "print('fft' in d.shipped_codebooks(), d.example_file().is_file())"
    )
    done = python("-P", "-c", code, PYTHONPATH=str(wheel))
    assert done.stdout.splitlines() == [str(wheel / "sayso.py"), "True True"], done.stderr
    data = tiny_artefact.parent / "comments.csv"
    evaluate = ("-P", "-m", "sayso", "evaluate", data, "--model", tiny_artefact)
    done = python(*evaluate, "--output", "report", PYTHONPATH=str(wheel))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report" / "evaluation.html").is_file()
