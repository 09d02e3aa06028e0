from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Effort, OperatingPoint
from models.errors import TaggingProcessError
from models.tagging_processes import MOST, TaggingProcesses, evenly, usual_processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models import Tagger

TEXTS = [f"waited {hours} hours to be seen, but so kind" for hours in range(40)] + ["", "kind"]
QUESTIONS = ["How was it?", None] * 21
WITH_SAYSO = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


def begun(tagger: Tagger, count: int) -> TaggingProcesses:
    return TaggingProcesses(tagger.folder, count, OperatingPoint.RECALL, Effort.FAST)


@pytest.fixture(scope="module")
def processes(tiny_tagger: Tagger) -> Iterator[TaggingProcesses]:
    with begun(tiny_tagger, 2) as pool:
        yield pool


def test_processes_say_what_one_tagger_says(
    processes: TaggingProcesses, tiny_tagger: Tagger
) -> None:
    expected = tiny_tagger.tag(TEXTS, QUESTIONS, OperatingPoint.RECALL, Effort.FAST)
    found = processes.tag(TEXTS, QUESTIONS)
    assert [answer.themes for answer in found] == [answer.themes for answer in expected]
    assert any(answer.tags for answer in found)
    for one, other in zip(found, expected, strict=True):
        assert one.status == other.status
        assert one.scores == pytest.approx(other.scores, abs=1e-5)


def test_what_was_begun_last_may_be_asked_for_first(processes: TaggingProcesses) -> None:
    under_way = [processes.begin([text], [None]) for text in TEXTS[:6]]
    answers = [finish() for finish in reversed(under_way)]
    assert [only.themes for (only,) in answers] == [
        answer.themes for answer in reversed(processes.tag(TEXTS[:6], [None] * 6))
    ]


def test_no_process_is_left_once_they_are_no_longer_needed(tiny_tagger: Tagger) -> None:
    before = set(active_children())
    with begun(tiny_tagger, 2) as pool:
        pool.tag(TEXTS, QUESTIONS)
        assert len(set(active_children()) - before) == 2
    assert not set(active_children()) - before


def test_a_process_that_is_killed_is_told_in_a_sentence(tiny_tagger: Tagger) -> None:
    before = set(active_children())
    with begun(tiny_tagger, 1) as pool:
        pool.tag(TEXTS[:2], QUESTIONS[:2])
        (child,) = set(active_children()) - before
        child.kill()
        child.join()
        with pytest.raises(TaggingProcessError, match="ended before its time"):
            pool.tag(TEXTS[:2], QUESTIONS[:2])


KILLED = """
import sys, time
from multiprocessing import active_children
from pathlib import Path
from models import Effort, OperatingPoint
from models.tagging_processes import TaggingProcesses

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with TaggingProcesses(folder, 2, OperatingPoint.BALANCED, Effort.FAST) as pool:
        pool.tag(["kind", "waited"], [None, None])
        print(*(child.pid for child in active_children()), flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="tells processes by /proc")
def test_processes_end_when_the_one_is_killed_that_began_them(
    tiny_tagger: Tagger, tmp_path: Path
) -> None:
    command = command_of(KILLED, tmp_path, tiny_tagger)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=WITH_SAYSO) as killed:
        assert killed.stdout is not None
        children = killed.stdout.readline().split()
        assert len(children) == 2
        assert all(runs(int(child)) for child in children)
        killed.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any(runs(int(child)) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def command_of(code: str, folder: Path, tagger: Tagger) -> list[str]:
    """A program of its own, for processes import anew what began them; it is given an artefact."""
    script = folder / "program.py"
    script.write_text(code, "utf-8")
    return [sys.executable, str(script), str(tagger.folder)]


def runs(process: int) -> bool:
    """Whether a process has not ended, nor is only waited for."""
    try:
        status = Path(f"/proc/{process}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


ASKED_TO_END = """
import os, signal, sys
from pathlib import Path
from models import Effort, OperatingPoint
from models.tagging_processes import TaggingProcesses

def end_as_a_child_begins(frame, event, called):
    if event == "c_return" and called.__name__ == "fork_exec":
        if frame.f_back.f_code.co_name == "_launch":
            os.kill(os.getpid(), signal.SIGTERM)  # the child runs, and is yet to be told its task

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    sys.setprofile(end_as_a_child_begins)
    TaggingProcesses(Path(sys.argv[1]), 1, OperatingPoint.BALANCED, Effort.FAST)
    print("begun")
"""


def test_one_asked_to_end_just_as_a_process_begins_ends_without_a_traceback(
    tiny_tagger: Tagger, tmp_path: Path
) -> None:
    command = command_of(ASKED_TO_END, tmp_path, tiny_tagger)
    done = subprocess.run(command, capture_output=True, text=True, env=WITH_SAYSO, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "ended\n")


def test_processes_may_be_begun_in_any_thread(tiny_tagger: Tagger) -> None:
    def tagged() -> list[tuple[str, ...]]:
        with begun(tiny_tagger, 1) as pool:
            return [answer.themes for answer in pool.tag(TEXTS, QUESTIONS)]

    with ThreadPoolExecutor(1) as executor:
        found = executor.submit(tagged).result()
    assert found == tagged()


@given(st.lists(st.text(max_size=30)), st.integers(1, 5))
def test_texts_are_parted_in_order_and_about_evenly(texts: list[str], parts: int) -> None:
    slices = evenly(texts, parts)
    assert len(slices) == parts
    assert [text for part in slices for text in texts[part]] == texts
    sizes = [sum(len(text) + 1 for text in texts[part]) for part in slices]
    longest = max((len(text) + 1 for text in texts), default=0)
    assert max(sizes) <= sum(sizes) / parts + longest


def test_there_are_no_more_processes_than_cores_nor_than_most_computers_can_hold() -> None:
    assert 1 <= usual_processes() <= min(MOST, os.cpu_count() or 1)
