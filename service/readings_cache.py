"""Readings of surveys kept in memory, so that the next count need not fetch them again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from service.counts.people import people
from service.counts.table import protected

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from service.counts.people import People
    from service.counts.policy import Policy
    from service.counts.readings import Readings
    from service.counts.table import Protected

MOST = 4
"""Surveys that are kept; a million responses take about 100 MB."""


@dataclass(slots=True, eq=False)
class Held:
    """A survey's readings, who they are from and what may be told of them, each worked out once.

    Attributes:
        readings: The readings.
    """

    readings: Readings
    _lock: Lock = field(default_factory=Lock, repr=False)
    _protected: dict[Policy, Protected | None] = field(default_factory=dict, repr=False)
    _everyone: People | None = field(default=None, repr=False)

    def everyone(self) -> People:
        """Give who they are from."""
        with self._lock:
            if self._everyone is None:
                self._everyone = people(self.readings)
            return self._everyone

    def protected(self, policy: Policy) -> Protected | None:
        """Give what a policy lets be told of them; None for a policy that protects nothing."""
        with self._lock:
            if policy not in self._protected:
                self._protected[policy] = protected(self.readings, policy)
            return self._protected[policy]


@dataclass(slots=True, eq=False)
class _Place:
    """Where the readings of one survey are kept; whoever fetches them has its lock."""

    lock: Lock = field(default_factory=Lock)
    version: Hashable = None
    held: Held | None = None


class ReadingsCache:
    """The readings of the surveys that were counted last, for all threads of an app.

    Args:
        most: Surveys that are kept at most.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._places: OrderedDict[str, _Place] = OrderedDict()

    def get(self, survey: str, version: Hashable, fetch: Callable[[], Readings]) -> Held:
        """Give a survey's readings, fetched if none are kept or they are of another version.

        Those who ask for one survey at once wait for one of them to fetch it.

        Args:
            survey: Id of the survey.
            version: Tells readings apart that differ; looked up before they are fetched.
            fetch: Fetches them; what it raises is raised here.
        """
        place = self._place(survey)
        with place.lock:
            if place.held is None or place.version != version:
                place.held = None  # so that old and new ones are not both in memory
                place.held, place.version = Held(fetch()), version
            return place.held

    def forget(self, survey: str) -> None:
        """Drop the readings of a survey, those that are being fetched at the moment too."""
        with self._lock:
            self._places.pop(survey, None)

    def _place(self, survey: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(survey, _Place())
            self._places.move_to_end(survey)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
            return place
