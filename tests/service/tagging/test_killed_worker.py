import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from models import Tagger
from service.records import Survey
from service.store import Store
from service.tagging import LoadedModels, Worker
from tests.service.tagging.stored import add_survey, answers, stored_answers, tagged, texts

COMMENTS = 4_000
SHARED = 12_000
"""For two workers: so many that which of them takes the last claim hardly counts."""
KILLS = 2
LARGEST_SHARE = 0.65
PATIENCE = 300.0


@contextmanager
def _worker(url: str, artefact: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.service.tagging.worker_process", url, str(artefact)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _until_it_works(store: Store, survey: Survey) -> None:
    before, ends = tagged(store, survey), time.monotonic() + PATIENCE
    while tagged(store, survey) == before:
        assert time.monotonic() < ends
        time.sleep(0.005)


def test_a_worker_killed_at_any_moment_loses_nothing_and_doubles_nothing(
    store_url: str, store: Store, tiny_artefact: Path, tiny_tagger: Tagger
) -> None:
    models, luck = LoadedModels([tiny_tagger]), Random(5)  # noqa: S311 - moments to kill at
    sent = texts(COMMENTS)
    survey = add_survey(store, models.stamp("tiny"), sent)
    for _ in range(KILLS):
        with _worker(store_url, tiny_artefact) as process:
            _until_it_works(store, survey)
            time.sleep(luck.uniform(0, 0.1))
            process.kill()
    assert 0 < tagged(store, survey) < COMMENTS
    worker = Worker(store, models)
    while worker.run_once():
        pass
    assert tagged(store, survey) == COMMENTS
    assert stored_answers(store, survey) == answers(tiny_tagger, survey, sent)


def test_a_worker_told_to_end_leaves_each_comment_whole_or_untouched(
    store_url: str, store: Store, tiny_artefact: Path, tiny_tagger: Tagger
) -> None:
    sent = texts(COMMENTS)
    survey = add_survey(store, LoadedModels([tiny_tagger]).stamp("tiny"), sent)
    with _worker(store_url, tiny_artefact) as process:
        _until_it_works(store, survey)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    expected = answers(tiny_tagger, survey, sent)
    done = {text: said for text, said in stored_answers(store, survey).items() if said[0]}
    assert 0 < len(done) < COMMENTS
    assert done == {text: expected[text] for text in done}
    assert len(done) == tagged(store, survey)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_two_workers_share_a_survey_evenly_and_tag_each_comment_once(
    store_url: str, store: Store, tiny_artefact: Path, tiny_tagger: Tagger
) -> None:
    sent, ends = texts(SHARED), time.monotonic() + PATIENCE
    with _worker(store_url, tiny_artefact) as first, _worker(store_url, tiny_artefact) as second:
        both = (first, second)
        assert [_line(process) for process in both] == [b"begins"] * 2
        survey = add_survey(store, LoadedModels([tiny_tagger]).stamp("tiny"), sent)
        while tagged(store, survey) < SHARED:
            assert time.monotonic() < ends
            time.sleep(0.05)
        for process in both:
            process.send_signal(signal.SIGTERM)
        counts = [int(_line(process)) for process in both]
    assert sum(counts) == SHARED
    assert max(counts) <= LARGEST_SHARE * SHARED
    assert stored_answers(store, survey) == answers(tiny_tagger, survey, sent)
