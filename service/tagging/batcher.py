"""Tagging while the caller waits: requests that wait at the same moment are tagged together."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from models import OperatingPoint, QuestionMismatchError
from service.errors import BusyError
from service.tagging.waiting import Request, WaitingLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models import Prediction
    from service.tagging.models import LoadedModels
    from service.tagging.waiting import Share

CAPACITY = 5_000
BATCH = 16
"""A turn of that many takes some 60 ms on two cores, and larger ones are hardly faster."""
FIRST_RATE = 100.0
"""Comments a second that are promised before any was measured."""
NEWS = 0.2
"""Share of the latest turn in the measured rate."""
SWITCH = 0.0005
"""Seconds a thread may keep the interpreter when another wants it. A comment's way in, through the
tagger and out takes it some dozens of times, each after Python's usual 5 ms where a worker is busy.
"""
LONGEST_WAIT = 60
"""Seconds after which a caller is told to come back at the latest."""


class Batcher:
    """Tags comments in one thread of its own, so that the event loop stays free.

    Every answer is the one ``Tagger.tag`` gives. It belongs to the event loop it was started in.
    While it runs, all threads of this process take shorter turns.

    Args:
        models: What to tag with.
        capacity: Most comments that may wait. A request that comes when none waits is taken
            whatever its size, else it could never be served.
        batch: Most comments tagged in one turn.
    """

    def __init__(self, models: LoadedModels, capacity: int = CAPACITY, batch: int = BATCH) -> None:
        self._models = models
        self._capacity = capacity
        self._line = WaitingLine(batch)
        self._waiting = 0
        self._rate = FIRST_RATE
        self._news = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tagging")
        self._turns: asyncio.Task[None] | None = None
        self._open = False
        self._usual_switch = sys.getswitchinterval()

    @property
    def waiting(self) -> int:
        """Comments taken on and not yet answered."""
        return self._waiting

    def is_busy(self) -> bool:
        """Tell whether anyone waits for an answer; may be asked from any thread."""
        return self._waiting > 0

    async def start(self) -> None:
        """Begin to take requests."""
        self._open = True
        sys.setswitchinterval(SWITCH)
        self._turns = asyncio.create_task(self._take_turns())

    async def stop(self) -> None:
        """Take no more requests, and answer those that wait."""
        self._open = False
        self._news.set()
        if self._turns is not None:
            await self._turns
        self._thread.shutdown()
        sys.setswitchinterval(self._usual_switch)

    async def tag(
        self,
        model_id: str,
        texts: Sequence[str],
        questions: Sequence[str | None],
        operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
    ) -> list[Prediction]:
        """Tag comments; if the caller is cancelled, those not begun are dropped.

        Args:
            model_id: Which model to use.
            texts: The comments, as written.
            questions: The survey question that each one answers, or none.
            operating_point: Which thresholds to use.

        Returns:
            One prediction a comment, in order.

        Raises:
            NotFoundError: No model of that id is loaded.
            QuestionMismatchError: There is not one question, or none, for each comment.
            BusyError: Too many comments wait already, or the service is stopping.
        """
        self._models.get(model_id)
        if len(questions) != len(texts):
            raise QuestionMismatchError(
                f"{len(questions)} questions were given for {len(texts)} comments"
            )
        if not texts:
            return []
        comments = list(zip(texts, questions, strict=True))
        return await self._answer(comments, (model_id, OperatingPoint(operating_point)))

    async def _answer(
        self, comments: list[tuple[str, str | None]], kind: tuple[str, OperatingPoint]
    ) -> list[Prediction]:
        self._check_room(len(comments))
        request = Request(kind, comments, asyncio.get_running_loop().create_future())
        self._line.join(request)
        self._waiting += len(comments)
        self._news.set()
        try:
            return await request.answered
        finally:
            self._line.drop(request)
            self._waiting -= len(comments)

    def _check_room(self, comments: int) -> None:
        if not self._open:
            raise BusyError("the service is stopping", retry_after=LONGEST_WAIT)
        too_many = self._waiting + comments - self._capacity
        if self._waiting and too_many > 0:
            wait = min(LONGEST_WAIT, max(1, math.ceil(too_many / self._rate)))
            raise BusyError(
                f"{self._waiting} comments wait to be tagged, come back in {wait} seconds", wait
            )

    async def _take_turns(self) -> None:
        while self._open or self._line:
            if self._line:
                await self._take(self._line.turn())
            else:
                self._news.clear()
                await self._news.wait()

    async def _take(self, shares: list[Share]) -> None:
        started = time.perf_counter()
        try:
            await self._tag(shares)
        except Exception as error:
            await self._tag_apart(shares, error)
        comments = sum(len(share.comments) for share in shares)
        rate = comments / (time.perf_counter() - started)
        self._rate += NEWS * (rate - self._rate)

    async def _tag_apart(self, shares: list[Share], error: Exception) -> None:
        """Tag each share by itself, so that one that cannot be tagged fails no other."""
        if len(shares) == 1:
            _fail(shares[0], error)
            return
        for share in shares:
            try:
                await self._tag([share])
            except Exception as its_own:
                _fail(share, its_own)

    async def _tag(self, shares: list[Share]) -> None:
        model_id, point = shares[0].request.kind
        texts, questions = zip(*(one for share in shares for one in share.comments), strict=True)
        tag = self._models.get(model_id).tag
        loop = asyncio.get_running_loop()
        predictions = iter(await loop.run_in_executor(self._thread, tag, texts, questions, point))
        for share in shares:
            request = share.request
            request.answers.extend(next(predictions) for _ in share.comments)
            if len(request.answers) == len(request.comments) and not request.answered.done():
                request.answered.set_result(request.answers)


def _fail(share: Share, error: Exception) -> None:
    if not share.request.answered.done():
        share.request.answered.set_exception(error)
