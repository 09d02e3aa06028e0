import time
from threading import Event, Thread

from service.records import Survey
from service.store import Store, reading_blocks, surveys
from service.store.reading_layout import Layout
from service.tagging import LoadedModels, Worker, WorkerSettings
from tests.service.tagging.stored import add_survey, texts


def kept(store: Store, survey: Survey, models: LoadedModels) -> int:
    """Gives how many blocks of a survey are kept."""
    layout = Layout(survey.columns, models.get(survey.model).codebook.theme_ids)
    with store.read() as conn:
        return len(reading_blocks.kept(conn, surveys.survey_key(conn, survey.id), layout))


def test_a_worker_prepares_counts_once_all_is_tagged(
    store: Store, both_models: LoadedModels
) -> None:
    survey = add_survey(store, both_models.stamp("tiny"), texts(10))
    worker = Worker(store, both_models)
    assert worker.prepare_counts() == 0
    while worker.run_once():
        assert kept(store, survey, both_models) == 0
    assert worker.prepare_counts() == 1
    assert kept(store, survey, both_models) == 1
    assert worker.prepare_counts() == 0


def test_counts_of_models_that_are_not_loaded_are_left_to_other_workers(
    store: Store, both_models: LoadedModels
) -> None:
    add_survey(store, both_models.stamp("other"), texts(3))
    while Worker(store, both_models).run_once():
        pass
    assert Worker(store, LoadedModels([both_models.get("tiny")])).prepare_counts() == 0


def test_a_running_worker_prepares_counts_by_itself(
    store: Store, both_models: LoadedModels
) -> None:
    survey = add_survey(store, both_models.stamp("tiny"), texts(10))
    stop = Event()
    thread = Thread(target=Worker(store, both_models, WorkerSettings(idle=0.01)).run, args=(stop,))
    thread.start()
    ends = time.monotonic() + 60
    while not kept(store, survey, both_models) and time.monotonic() < ends:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert kept(store, survey, both_models) == 1
