import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Effort, OperatingPoint, Prediction, QuestionMismatchError, Tagger
from service.errors import BusyError, NotFoundError
from service.tagging import Batcher, LoadedModels
from tests.conftest import QUESTION

COMMENTS = (
    "waited 5 hours to be seen",
    "nurse number 3 was so kind",
    "the car park was full for 20 minutes but a kind smile from 2 people",
    "bardzo długo czekałam na lekarza w poczekalni",
    "...",
    "a wait of 9 hours is too long. " * 30,
)
comments = st.sampled_from(COMMENTS) | st.text(max_size=40)
asked = st.tuples(
    st.sampled_from(["tiny", "other"]),
    st.sampled_from(list(OperatingPoint)),
    st.lists(st.tuples(comments, st.none() | st.just(QUESTION)), max_size=8),
)


class HeldTagger(Tagger):
    """A tagger that waits until it is let go, and then fails on one comment."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.let_go = Event()
        self.turns: list[list[str]] = []

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
        effort: Effort | str = Effort.ACCURATE,
    ) -> list[Prediction]:
        self.turns.append(list(texts))
        self.let_go.wait()
        if "impossible" in texts:
            raise RuntimeError("cannot be tagged")
        return super().tag(texts, questions, operating_point, effort)


@pytest.fixture
def held(tiny_artefact: Path) -> HeldTagger:
    return HeldTagger(tiny_artefact)


@asynccontextmanager
async def _started(batcher: Batcher) -> AsyncIterator[Batcher]:
    await batcher.start()
    try:
        yield batcher
    finally:
        await batcher.stop()


async def _ask(batcher: Batcher, *texts: str) -> list[Prediction]:
    return await batcher.tag("tiny", texts, [None] * len(texts))


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.001)


def _with(batcher: Batcher, test: Callable[[Batcher], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(60), _started(batcher):
            await test(batcher)

    asyncio.run(run())


def _with_held(
    held: HeldTagger, test: Callable[[Batcher], Coroutine[Any, Any, None]], **options: int
) -> None:
    """Run a test while the first turn, of one comment, is held up."""

    async def first_held(batcher: Batcher) -> None:
        first = asyncio.create_task(_ask(batcher, "the first"))
        await _until(lambda: len(held.turns) == 1)
        try:
            await test(batcher)
        finally:
            held.let_go.set()
        await first

    _with(Batcher(LoadedModels([held]), **options), first_held)


@settings(max_examples=25)
@given(requests=st.lists(asked, max_size=8), batch=st.integers(1, 16))
def test_answers_are_exactly_the_taggers_however_many_ask_at_once(
    both_models: LoadedModels,
    requests: list[tuple[str, OperatingPoint, list[tuple[str, str | None]]]],
    batch: int,
) -> None:
    async def test(batcher: Batcher) -> None:
        answers = await asyncio.gather(
            *(
                batcher.tag(model, [text for text, _ in sent], [q for _, q in sent], point)
                for model, point, sent in requests
            )
        )
        for (model, point, sent), answer in zip(requests, answers, strict=True):
            tagger = both_models.get(model)
            assert answer == [tagger.tag([text], question, point)[0] for text, question in sent]

    _with(Batcher(both_models, batch=batch), test)


def test_requests_that_wait_at_the_same_moment_are_tagged_together(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        waiting = [asyncio.create_task(_ask(batcher, f"kind {n}")) for n in range(5)]
        await _until(lambda: batcher.waiting == 6)
        held.let_go.set()
        await asyncio.gather(*waiting)
        assert held.turns == [["the first"], [f"kind {n}" for n in range(5)]]

    _with_held(held, test)


def test_the_event_loop_is_free_while_a_comment_is_tagged(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        assert batcher.is_busy()

    _with_held(held, test)


def test_one_comment_is_answered_before_a_hundred_that_came_first(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        many = asyncio.create_task(_ask(batcher, *(f"kind {n}" for n in range(100))))
        await _until(lambda: batcher.waiting == 101)
        one = asyncio.create_task(_ask(batcher, "kind"))
        await _until(lambda: batcher.waiting == 102)
        held.let_go.set()
        await one
        assert not many.done()
        await many

    _with_held(held, test)


def test_who_comes_when_too_many_wait_is_told_when_to_come_back(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        waiting = asyncio.create_task(_ask(batcher, *COMMENTS))
        await _until(lambda: batcher.waiting == 7)
        with pytest.raises(BusyError, match="7 comments wait to be tagged") as caught:
            await _ask(batcher, "one", "two")
        assert caught.value.retry_after >= 1
        held.let_go.set()
        assert len(await waiting) == 6

    _with_held(held, test, capacity=8)


def test_the_more_wait_the_later_one_is_told_to_come_back(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        told = []
        for size in (100, 1_000, 100_000):
            with pytest.raises(BusyError) as caught:
                await _ask(batcher, *["kind"] * size)
            told.append(caught.value.retry_after)
        assert told == [1, 10, 60]

    _with_held(held, test, capacity=5)


def test_a_request_larger_than_the_room_is_served_when_none_waits(
    both_models: LoadedModels,
) -> None:
    async def test(batcher: Batcher) -> None:
        assert len(await _ask(batcher, *COMMENTS)) == len(COMMENTS)

    _with(Batcher(both_models, capacity=2), test)


def test_a_request_that_is_cancelled_is_dropped(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        leaving = asyncio.create_task(_ask(batcher, "never mind"))
        staying = asyncio.create_task(_ask(batcher, "kind"))
        await _until(lambda: batcher.waiting == 3)
        leaving.cancel()
        await _until(leaving.done)
        assert batcher.waiting == 2
        held.let_go.set()
        await staying
        assert held.turns == [["the first"], ["kind"]]

    _with_held(held, test)


def test_a_request_that_is_cancelled_while_it_is_tagged_leaves_no_trace(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        await batcher.start()
        leaving = asyncio.create_task(_ask(batcher, *COMMENTS))
        await _until(lambda: bool(held.turns))
        leaving.cancel()
        await _until(leaving.done)
        assert not batcher.is_busy()
        held.let_go.set()
        assert await _ask(batcher, "kind") == held.tag(["kind"])
        await batcher.stop()

    asyncio.run(test(Batcher(LoadedModels([held]))))


def test_a_comment_that_cannot_be_tagged_fails_no_other_request(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        asked = [asyncio.create_task(_ask(batcher, text)) for text in ("impossible", "kind")]
        await _until(lambda: batcher.waiting == 3)
        held.let_go.set()
        failed, answered = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(failed, RuntimeError)
        assert answered == held.tag(["kind"])

    _with_held(held, test)


def test_a_request_that_failed_is_forgotten(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        held.let_go.set()
        with pytest.raises(RuntimeError):
            await _ask(batcher, "impossible", *COMMENTS)
        assert batcher.waiting == 0
        assert await _ask(batcher, "kind") == held.tag(["kind"])

    _with(Batcher(LoadedModels([held]), batch=2), test)


def test_stopping_answers_those_who_wait_and_takes_no_more(held: HeldTagger) -> None:
    async def test(batcher: Batcher) -> None:
        waiting = asyncio.create_task(_ask(batcher, *COMMENTS))
        await _until(lambda: batcher.waiting == 7)
        stopping = asyncio.create_task(batcher.stop())
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="the service is stopping"):
            await _ask(batcher, "too late")
        held.let_go.set()
        await stopping
        assert await waiting == held.tag(COMMENTS)

    _with_held(held, test)


def test_a_batcher_that_was_not_started_takes_nothing(both_models: LoadedModels) -> None:
    async def test() -> None:
        batcher = Batcher(both_models)
        with pytest.raises(BusyError):
            await _ask(batcher, "kind")
        await batcher.stop()

    asyncio.run(test())


def test_threads_take_shorter_turns_only_while_it_runs(both_models: LoadedModels) -> None:
    usual = sys.getswitchinterval()

    async def test(_: Batcher) -> None:
        assert sys.getswitchinterval() < usual

    _with(Batcher(both_models), test)
    assert sys.getswitchinterval() == usual


def test_an_unknown_model_is_not_found(both_models: LoadedModels) -> None:
    async def test(batcher: Batcher) -> None:
        with pytest.raises(NotFoundError, match="there is no model 'uec'"):
            await batcher.tag("uec", ["kind"], [None])

    _with(Batcher(both_models), test)


def test_questions_that_do_not_fit_the_comments_are_refused(both_models: LoadedModels) -> None:
    async def test(batcher: Batcher) -> None:
        with pytest.raises(QuestionMismatchError, match="2 questions were given for 1 comments"):
            await batcher.tag("tiny", ["kind"], [None, None])

    _with(Batcher(both_models), test)
