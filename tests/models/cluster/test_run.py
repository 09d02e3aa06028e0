from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from models.cluster import ClusterError, tag_folder
from models.tag_file import TagOptions, tag_file
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from models import Tagger
    from tests.command_line import CommandLine

pytestmark = pytest.mark.xdist_group("ray")
OPTIONS = TagOptions(scores=True, evidence=True)
ROWS, FILES = 1_000, 6


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for all temporary files of this process and those it starts, with a short name."""
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def survey(folder: Path, name: str, rows: int, first: int = 0) -> Path:
    texts = [f"waited {n} hours for nurse number {n % 7} in row {n % 11}" for n in range(rows)]
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    ids = [str(first + row) for row in range(rows)]
    return write(folder / name, pl.DataFrame({"id": ids, "comment": texts}))


def busy(scratch: Path) -> set[str]:
    """Which actors are at work on a partition."""
    return {path.name.split(".")[2] for path in scratch.glob(".sayso-partition.*.part")}


def when_all_are_busy(scratch: Path, do: Callable[[], None]) -> threading.Thread:
    def wait() -> None:
        while len(busy(scratch)) < 2:
            time.sleep(0.02)
        do()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def test_every_row_is_out_once_though_a_node_is_killed(
    tmp_path: Path, tiny_artefact: Path, tiny_tagger: Tagger, scratch: Path
) -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    for n in range(FILES):
        survey(tmp_path / "in", f"{n}{('.csv', '.parquet')[n % 2]}", ROWS, n * ROWS)
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"include_dashboard": False, "_system_config": {"worker_niceness": 0}},
    )
    try:
        lost = cluster.add_node()
        finished: list[int] = []
        killed_after: list[int] = []

        def kill() -> None:
            cluster.remove_node(lost, allow_graceful=False)
            killed_after.extend(finished[-1:])

        killer = when_all_are_busy(scratch, kill)
        done = tag_folder(
            tiny_artefact,
            tmp_path / "in",
            tmp_path / "out",
            OPTIONS,
            address=cluster.address,
            progress=lambda count, _: finished.append(count),
        )
        killer.join(timeout=60)
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]
    assert not killer.is_alive()
    assert killed_after < [FILES]
    assert (done.partitions, done.resumed, done.summary.rows) == (FILES, 0, FILES * ROWS)
    assert busy(scratch) == set()
    names = {path.name for path in (tmp_path / "in").iterdir()}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names | {"_sayso"}
    for name in names:
        alone = tmp_path / f"alone-{name}"
        tag_file(tiny_tagger, tmp_path / "in" / name, alone, OPTIONS, lambda batch: None)
        assert read(tmp_path / "out" / name).equals(read(alone))


def test_files_that_can_be_tagged_are_finished_though_another_cannot(
    tmp_path: Path, tiny_artefact: Path, scratch: Path, run: CommandLine
) -> None:
    survey(tmp_path / "in", "good.csv", 3)
    bad = survey(tmp_path / "in", "bad.csv", 3)
    bad.write_text(bad.read_text() + "SECRETLY,kind,1\n")
    places = (tmp_path / "in", "--output", tmp_path / "out", "--model", tiny_artefact)
    command = ("tag", "--engine", "ray", *map(str, places))
    done = subprocess.run(
        [sys.executable, "-m", "sayso", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{bad} row 5 has 3 cells")
    assert len(done.stderr.splitlines()) == 1
    assert "SECRET" not in done.stderr
    assert list(scratch.iterdir()) == []
    bad.unlink()
    again = run(*command)
    assert (again.status, again.stderr) == (0, "")
    summary = again.stdout[: again.stdout.index("1 of 1 files")]
    good, alone = tmp_path / "in" / "good.csv", tmp_path / "alone.csv"
    local = run("tag", good, "--output", alone, "--model", tiny_artefact)
    assert summary == local.stdout.removesuffix(f"Written to {alone}\n")
    assert "3 comments: " in summary
    assert "1 of 1 files were finished before" in again.stdout


def test_without_ray_it_is_told_what_to_install(
    tmp_path: Path, run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    source = survey(tmp_path / "in", "a.csv", 1).parent
    ended = run("tag", source, "--engine", "ray", "--output", tmp_path / "out")
    assert (ended.status, ended.stdout) == (2, "")
    assert "pip install 'sayso[ray]'" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_told_at_once(
    tmp_path: Path, tiny_artefact: Path, address: str
) -> None:
    source = survey(tmp_path / "in", "a.csv", 1)
    with pytest.raises(ClusterError, match=f"no Ray cluster can be used at {address}: "):
        tag_folder(tiny_artefact, source, tmp_path / "out", OPTIONS, address=address)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--engine", "ray"), "--output"),
        (("--engine", "ray", "--output", "out", "--sheet", "1"), "--sheet"),
        (("--ray-address", "auto"), "--engine ray"),
        (("--engine", "ray", "--output", "out", "--processes", "2"), "--processes"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    tmp_path: Path, run: CommandLine, options: tuple[str, ...], told: str
) -> None:
    ended = run("tag", tmp_path, *options)
    assert ended.status == 2
    assert told in ended.stderr
