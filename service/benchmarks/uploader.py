"""Uploading small files one after the other while the service comes and goes."""

from __future__ import annotations

import json
import threading
from collections import deque
from typing import TYPE_CHECKING

from service.client import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.benchmarks.generated import Row
    from service.client import Client

File = tuple["Row", ...]
_PAUSE = 0.05


class Uploader:
    """Keeps the files that still have to go, and the responses that were acknowledged.

    A file counts as acknowledged once the service has said so; until then it is sent again, so
    that one whose acknowledgement was lost is sent twice.

    Args:
        survey: Id of the survey.
        responses: All that are to be uploaded.
        per_file: Responses in a file.
    """

    def __init__(self, survey: str, responses: Sequence[Row], per_file: int) -> None:
        self._survey = survey
        self._left = deque(files(responses, per_file))
        self._moved = threading.Condition()
        self.acknowledged: list[Row] = []
        self.is_sending = False

    @property
    def left(self) -> int:
        """Files that are not acknowledged."""
        return len(self._left)

    def run(self, client: Client, stop: threading.Event, most: int | None = None) -> None:
        """Upload until told to stop or until no files, or no more of them, are left.

        Args:
            client: Asks the service; it should not try again by itself.
            stop: Ends it after the call that is under way.
            most: How many files at most.
        """
        goal = 0 if most is None else max(0, self.left - most)
        while self.left > goal and not stop.is_set():
            if not self._send(client, self._left[0]):
                stop.wait(_PAUSE)

    def wait_until_left(self, files_left: int, seconds: float) -> None:
        """Wait until no more than some files are left, or the time is up."""
        with self._moved:
            self._moved.wait_for(lambda: self.left <= files_left, seconds)

    def _send(self, client: Client, file: File) -> bool:
        self.is_sending = True
        try:
            receipt = client.upload(self._survey, as_json_lines(file), "jsonl")
        except ClientError:
            return False
        finally:
            self.is_sending = False
        if receipt.accepted + receipt.duplicate != len(file):
            return False
        with self._moved:
            self.acknowledged += self._left.popleft()
            self._moved.notify_all()
        return True


def files(responses: Sequence[Row], per_file: int) -> list[File]:
    """Part responses into files."""
    starts = range(0, len(responses), per_file)
    return [tuple(responses[start : start + per_file]) for start in starts]


def as_json_lines(rows: Iterable[Row]) -> bytes:
    """Write rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
