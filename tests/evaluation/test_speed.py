from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import cycle, islice
from typing import TYPE_CHECKING

from rich.console import Console

from evaluation.speed.comments import drawn, of_length
from evaluation.speed.encoder_share import run_shapes
from evaluation.speed.figure import speed_chart
from evaluation.speed.repeating import repeat, told
from evaluation.speed.results import RowsCost, Speed, SystemSpeed, SystemSpeeds
from evaluation.speed.tables import speed_tables
from evaluation.speed.timing import by_turns
from labelled_data import write_labelled
from models.encoder import BUDGET
from models.predictions import Effort

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from labelled_data import Codebook, LabelledComment
    from models import Tagger
    from tests.command_line import CommandLine

    Comment = tuple[str, str | None]

PEER = SystemSpeed(
    system="the peer",
    seconds=(2.0, 2.5),
    comments_per_second=500.0,
    times_the_peer=1.0,
    micro_f1=0.67,
    macro_f1=0.47,
    micro_f1_lost=0.11,
    macro_f1_lost=None,
)
SAYSO = PEER.model_copy(update={"system": "Sayso fast", "comments_per_second": 4_321.0})
SPEED = Speed(
    model="fft",
    version="9.9.9",
    cores=2,
    parts=("systems", "rows", "ray"),
    systems=SystemSpeeds(
        comments=1_000, rows=5_000, repeated_share=0.125, themes=31, systems=(PEER, SAYSO)
    ),
    rows=(
        RowsCost(
            rows=10_000,
            effort=Effort.FAST,
            seconds=5.0,
            rows_per_second=2_000.0,
            memory_growth_mib=12.0,
        ),
    ),
)


def test_jobs_take_turns() -> None:
    done: list[str] = []
    seconds = by_turns({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 3)
    assert done == ["a", "b"] * 3
    assert {name: len(each) for name, each in seconds.items()} == {"a": 3, "b": 3}


def test_comments_are_made_of_as_many_words_as_asked_and_differ() -> None:
    made = of_length(7, 50)
    assert len(made) == len(set(made)) == 50
    assert {len(text.split()) for text in made} == {7}


def test_only_what_several_wrote_comes_again_unchanged_in_a_larger_file() -> None:
    several: list[Comment] = [("thank you all", None)] * 4
    alone: list[Comment] = [(f"word{n} and another{n} and one more{n}", "Why?") for n in range(400)]
    rows = list(drawn(tuple(several + alone), 2_000))
    assert rows == list(islice(drawn(tuple(several + alone), 3_000), 2_000))
    again = Counter(rows)
    assert again["thank you all", None] > 5
    assert max(times for comment, times in again.items() if comment[1]) <= 2
    assert {len(text.split()) for text, question in again if question} == {6}


def test_the_runs_hold_every_window_and_no_more_tokens_than_a_run_may(tiny_tagger: Tagger) -> None:
    texts = [f"waited {n} hours " * (1 + n % 4) for n in range(300)]
    windows = tiny_tagger.comments.windows_of(texts, [None] * len(texts))
    shapes = run_shapes(tiny_tagger.encoder, texts, windows)
    lengths = Counter(len(window.ids) for parts in windows for window in parts)
    told: Counter[int] = Counter()
    for count, tokens in shapes:
        told[tokens] += count
    assert told == lengths
    assert max(count * tokens for count, tokens in shapes) <= BUDGET


def test_the_tables_say_what_was_measured_and_what_could_not_be() -> None:
    console = Console(width=80, record=True)
    with console.capture() as capture:
        console.print(speed_tables(SPEED))
    printed = capture.get()
    for shown in ("4,321", "12.5%", "10,000", "2,000", "0.670", "+0.110", "Ray is not installed"):
        assert shown in printed
    assert "encoder" not in printed


def test_the_chart_names_every_system_and_is_described() -> None:
    assert SPEED.systems is not None
    chart = speed_chart(SPEED.systems)
    assert chart is not None
    texts = list(ElementTree.fromstring(chart.svg).itertext())  # noqa: S314 - our own picture
    assert {"the peer", "Sayso fast"} <= set(texts)
    assert "Sayso fast: 0.67 at 4,321" in chart.description


def test_a_process_says_that_it_is_ready_and_then_how_much_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("what to do\n0.01\n"))
    assert told() == "what to do"
    repeat(cycle([lambda: 3]))
    ready, rate = capsys.readouterr().out.splitlines()
    assert ready == "ready"
    assert float(rate) > 0


def test_speed_is_printed_and_written(
    run: CommandLine,
    tiny_artefact: Path,
    tiny_comments: list[LabelledComment],
    tiny_codebook: Codebook,
    tmp_path: Path,
) -> None:
    path = tmp_path / "labelled.csv"
    write_labelled(path, tiny_comments, tiny_codebook)
    options = ("--model", tiny_artefact, "--format", "labelled", "--rounds", 1)
    parts = [each for part in ("systems", "encoder") for each in ("--part", part)]
    ended = run("benchmark-speed", path, *options, *parts, "--output", tmp_path / "figures")
    assert (ended.status, ended.stderr) == (0, "")
    speed = Speed.model_validate_json((tmp_path / "figures" / "speed.json").read_text("utf-8"))
    assert speed.systems is not None
    assert speed.encoder is not None
    assert (speed.length, speed.rows, speed.processes) == (None, None, None)
    assert len(speed.systems.systems) == 9
    assert all(each.system in ended.stdout for each in speed.systems.systems)
    assert speed.encoder.share_of_whole > 0
    assert (tmp_path / "figures" / "speed.svg").is_file()


def test_a_part_that_is_none_is_refused(run: CommandLine, tmp_path: Path) -> None:
    ended = run("benchmark-speed", tmp_path / "none.csv", "--part", "colour")
    assert ended.status == 2
    assert "colour is none of systems" in ended.stderr
