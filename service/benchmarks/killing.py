"""Killing the service and its workers at random moments, again and again."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.benchmarks.processes import crew
from service.benchmarks.uploader import Uploader
from service.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.benchmarks.generated import GeneratedSurvey, Row
    from service.benchmarks.processes import Crew, Setup
    from service.client.results import Comment

SURVEY = "benchmark-kill"
_LONG = 60.0
_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class KillPlan:
    """How often and when everything is killed.

    Every other kill comes a random moment after a random file of its turn, mostly in the middle of
    an upload; the rest come a random moment after the last, while comments are tagged.

    Attributes:
        kills: How often.
        responses: Responses uploaded in all.
        per_file: Responses in each upload.
        workers: Worker processes beside the service's own worker.
        upload_pause: Longest wait after a file, in seconds.
        tagging_pause: Longest wait after a turn's last file, in seconds.
        seed: Draws the moments.
    """

    kills: int = 20
    responses: int = 4_000
    per_file: int = 20
    workers: int = 1
    upload_pause: float = 0.2
    tagging_pause: float = 3.0
    seed: int = 0

    @property
    def files_a_turn(self) -> int:
        """Files to upload between two kills."""
        return max(1, self.responses // self.per_file // max(1, self.kills))


@dataclass(slots=True)
class Survivors:
    """What a run of kills left.

    Attributes:
        acknowledged: The responses that the service said it has.
        comments: All that it has of the survey.
        kills: How often everything was killed.
        while_uploading: Of these, kills in the middle of an upload.
        while_tagging: Of these, kills that left comments to tag.
    """

    acknowledged: list[Row]
    comments: list[Comment]
    kills: int = 0
    while_uploading: int = 0
    while_tagging: int = 0


class Killing:
    """Uploads, tags and kills in turns, and lets everything finish at the end.

    Args:
        setup: How the service and its workers are started.
        key: Key of an admin of its store.
        plan: How often and when.
    """

    def __init__(self, setup: Setup, key: str, plan: KillPlan) -> None:
        self._setup = setup
        self._key = key
        self._plan = plan
        self._luck = random.Random(plan.seed)  # noqa: S311 - nothing secret
        self._left = Survivors([], [])

    def run(self, generated: GeneratedSurvey, model: str) -> Survivors:
        """Go through the plan.

        Args:
            generated: Gives the responses.
            model: Id of the model of the survey.
        """
        plan = self._plan
        uploader = Uploader(SURVEY, generated.responses(0, plan.responses), plan.per_file)
        for turn in range(plan.kills + 1):
            with self._started() as (crew, client):
                if turn == 0:
                    client.create_survey(generated.new(SURVEY, model))
                self._look_back(client, turn)
                if turn < plan.kills:
                    self._upload_and_kill(crew, uploader, turn)
                else:
                    self._finish(client, uploader)
        return self._left

    @contextmanager
    def _started(self) -> Iterator[tuple[Crew, Client]]:
        with (
            crew(self._setup, self._plan.workers) as started,
            Client(started.service.url, self._key) as client,
        ):
            yield started, client

    def _finish(self, client: Client, uploader: Uploader) -> None:
        uploader.run(client, threading.Event())
        client.wait_until_tagged(SURVEY, timeout=_HOUR)
        self._left.comments = list(client.comments(SURVEY))
        self._left.acknowledged = uploader.acknowledged

    def _look_back(self, client: Client, kills: int) -> None:
        """See whether the last kill left comments to tag."""
        progress = client.survey(SURVEY).progress
        self._left.kills = kills
        self._left.while_tagging += kills > 0 and progress.tagged < progress.comments

    def _upload_and_kill(self, crew: Crew, uploader: Uploader, turn: int) -> None:
        files = min(self._plan.files_a_turn, uploader.left)
        last = uploader.left - files
        stop = threading.Event()
        # an upload that is cut off is to be seen, not tried again unseen
        with Client(crew.service.url, self._key, retries=0) as client:
            thread = threading.Thread(target=uploader.run, args=(client, stop, files))
            thread.start()
            self._wait_for_the_moment(uploader, last, files, turn)
            self._left.while_uploading += uploader.is_sending
            crew.kill()
            stop.set()
            thread.join()

    def _wait_for_the_moment(self, uploader: Uploader, last: int, files: int, turn: int) -> None:
        while_tagging = turn % 2 == 1
        before = 0 if while_tagging else self._luck.randint(1, max(1, files))
        uploader.wait_until_left(last + before, _LONG)
        longest = self._plan.tagging_pause if while_tagging else self._plan.upload_pause
        time.sleep(self._luck.uniform(0, longest))
