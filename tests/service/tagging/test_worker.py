import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, get_native_id

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from models import Effort, OperatingPoint, Prediction, Status, Tagger
from service.store import Store, surveys
from service.tagging import LoadedModels, Worker, WorkerSettings
from service.tagging.worker import never
from tests.service.tagging.stored import add_survey, answers, stored_answers, tagged, texts

FAST = WorkerSettings(idle=0.01, longest_pause=0.02)


class CountingTagger(Tagger):
    """A tagger that counts how many comments it is given at once, and fails on one, or all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sizes: list[int] = []
        self.priorities: list[int] = []
        self.broken = False

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
        effort: Effort | str = Effort.ACCURATE,
    ) -> list[Prediction]:
        self.sizes.append(len(texts))
        self.priorities.append(_priority())
        if self.broken or "impossible" in texts:
            raise RuntimeError("impossible cannot be tagged")
        return super().tag(texts, questions, operating_point, effort)


def _priority() -> int:
    """This thread's, where threads have one each."""
    return os.getpriority(os.PRIO_PROCESS, get_native_id()) if sys.platform == "linux" else 0


@pytest.fixture
def counting(tiny_artefact: Path) -> CountingTagger:
    return CountingTagger(tiny_artefact)


@contextmanager
def _running(worker: Worker) -> Iterator[Event]:
    stop = Event()
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def _drain(worker: Worker) -> int:
    total = 0
    while done := worker.run_once():
        total += done
    return total


def test_a_worker_tags_all_that_waits_exactly_as_the_tagger_would(
    store: Store, both_models: LoadedModels
) -> None:
    sent = texts(70)
    survey = add_survey(store, both_models.stamp("tiny"), sent)
    assert _drain(Worker(store, both_models)) == 70
    assert stored_answers(store, survey) == answers(both_models.get("tiny"), survey, sent)


def test_each_survey_is_tagged_by_its_own_model(store: Store, both_models: LoadedModels) -> None:
    sent = texts(10)
    survey = {
        model: add_survey(store, both_models.stamp(model), sent, model) for model in both_models.ids
    }
    assert _drain(Worker(store, both_models)) == 20
    for model in both_models.ids:
        tagger = both_models.get(model)
        assert stored_answers(store, survey[model]) == answers(tagger, survey[model], sent)


def test_a_survey_of_a_model_that_is_not_loaded_is_left_to_another_worker(
    store: Store, both_models: LoadedModels
) -> None:
    survey = add_survey(store, both_models.stamp("other"), texts(3))
    assert Worker(store, LoadedModels([both_models.get("tiny")])).run_once() == 0
    assert tagged(store, survey) == 0


def test_a_survey_is_tagged_again_when_its_model_changes(
    store: Store, both_models: LoadedModels
) -> None:
    sent = texts(10)
    survey, worker = add_survey(store, both_models.stamp("tiny"), sent), Worker(store, both_models)
    _drain(worker)
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, both_models.stamp("other"))
        survey = surveys.get(conn, survey.id)
    assert tagged(store, survey) == 0
    assert _drain(worker) == 10
    assert stored_answers(store, survey) == answers(both_models.get("other"), survey, sent)


def test_workers_that_share_a_store_tag_each_comment_once(
    store: Store, both_models: LoadedModels
) -> None:
    sent, counts = texts(200), [0, 0, 0]
    survey = add_survey(store, both_models.stamp("tiny"), sent)

    def drain(place: int) -> None:
        counts[place] = _drain(Worker(store, both_models, WorkerSettings(batch=8)))

    threads = [Thread(target=drain, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts.append(_drain(Worker(store, both_models)))
    assert sum(counts) == 200
    assert stored_answers(store, survey) == answers(both_models.get("tiny"), survey, sent)


def test_a_worker_gives_way_before_each_piece_while_others_ask(
    store: Store, counting: CountingTagger
) -> None:
    models, asked = LoadedModels([counting]), iter([True, True, False, False, True, False])
    add_survey(store, models.stamp("tiny"), texts(20))
    settings = WorkerSettings(batch=10, piece=4, patience=60)
    assert Worker(store, models, settings, lambda: next(asked)).run_once() == 10
    assert counting.sizes == [4, 4, 2]
    assert list(asked) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives threads a priority each")
@pytest.mark.parametrize(("give_way", "lowered"), [(never, 0), (lambda: False, 5)])
def test_a_worker_that_gives_way_has_a_lower_priority_in_its_own_thread(
    store: Store, counting: CountingTagger, give_way: Callable[[], bool], lowered: int
) -> None:
    models, ours = LoadedModels([counting]), _priority()
    add_survey(store, models.stamp("tiny"), texts(1))
    with _running(Worker(store, models, FAST, give_way)):
        _until(lambda: bool(counting.priorities))
    assert counting.priorities == [min(ours + lowered, 19)]
    assert _priority() == ours


def test_a_survey_is_tagged_in_the_end_though_others_never_stop_asking(
    store: Store, both_models: LoadedModels
) -> None:
    survey = add_survey(store, both_models.stamp("tiny"), texts(10))
    settings = WorkerSettings(patience=0.01)
    assert _drain(Worker(store, both_models, settings, lambda: True)) == 10
    assert tagged(store, survey) == 10


def test_a_worker_that_is_stopped_writes_what_it_has_tagged_and_leaves_the_rest(
    store: Store, both_models: LoadedModels
) -> None:
    sent, stop, looks = texts(20), Event(), iter([True, False, True, False])
    survey = add_survey(store, both_models.stamp("tiny"), sent)

    def give_way() -> bool:
        asks = next(looks, None)
        if asks is None:
            stop.set()
        return bool(asks)

    worker = Worker(store, both_models, WorkerSettings(batch=20, piece=4), give_way)
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    thread.join()
    assert tagged(store, survey) == 8
    assert _drain(Worker(store, both_models)) == 12
    assert stored_answers(store, survey) == answers(both_models.get("tiny"), survey, sent)


def test_a_comment_that_cannot_be_tagged_is_left_to_a_person_and_holds_up_no_other(
    store: Store, counting: CountingTagger, tiny_tagger: Tagger
) -> None:
    models, sent = LoadedModels([counting]), texts(10)
    survey = add_survey(store, models.stamp("tiny"), ["impossible", *sent])
    with capture_logs() as logs:
        assert _drain(Worker(store, models, WorkerSettings(batch=8))) == 11
    expected = answers(tiny_tagger, survey, sent) | {"impossible": (Status.UNSURE, ())}
    assert stored_answers(store, survey) == expected
    assert [(log["event"], log["error"]) for log in logs] == [
        ("worker.comment_failed", "RuntimeError")
    ]
    assert "impossible" not in str(logs)


def test_no_comment_is_blamed_for_a_tagger_that_is_broken(
    store: Store, counting: CountingTagger
) -> None:
    models, counting.broken = LoadedModels([counting]), True
    survey = add_survey(store, models.stamp("tiny"), texts(2))
    with pytest.raises(RuntimeError):
        Worker(store, models).run_once()
    assert tagged(store, survey) == 0


def test_a_worker_outlives_a_store_that_fails_and_says_only_what_kind_of_error_it_was(
    store: Store, both_models: LoadedModels
) -> None:
    survey = add_survey(store, both_models.stamp("tiny"), texts(10))
    with store.write() as conn:
        conn.execute(sql("ALTER TABLE tag RENAME TO tag_elsewhere"))
    with capture_logs() as logs, _running(Worker(store, both_models, FAST)):
        _until(lambda: len(logs) > 2)
        with store.write() as conn:
            conn.execute(sql("ALTER TABLE tag_elsewhere RENAME TO tag"))
        _until(lambda: tagged(store, survey) == 10)
    assert {log["event"] for log in logs} == {"worker.failed"}
    assert "waited" not in str(logs)
    assert all(set(log) == {"event", "error", "frames", "log_level"} for log in logs)


def test_a_worker_with_nothing_to_do_waits_for_work(
    store: Store, both_models: LoadedModels
) -> None:
    with _running(Worker(store, both_models, FAST)):
        time.sleep(0.05)
        survey = add_survey(store, both_models.stamp("tiny"), texts(5))
        _until(lambda: tagged(store, survey) == 5)


def test_a_worker_that_waits_for_work_stops_at_once(
    store: Store, both_models: LoadedModels
) -> None:
    started = time.monotonic()
    with _running(Worker(store, both_models, WorkerSettings(idle=600))):
        time.sleep(0.1)
    assert time.monotonic() - started < 60
