"""Who is counted, told once more in plain Python over plain records: slow, and easy to check."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from service.counts.readings import Readings

Opinion = tuple[bool, bool]
"""Whether it is praised, and whether it is blamed."""
UNREADABLE = "unreadable"
WAITING = "waiting"
Answer = dict[str, Opinion] | str
"""What is said of each theme that is raised, or why that is not known."""


class Record(TypedDict):
    """A response."""

    person: Hashable
    day: date | None
    site: str | None
    weight: float
    groups: dict[str, str]
    answers: dict[str, Answer]


MISSING = ("not_stated", "not_known", "not_asked")
Cell = tuple[str, ...]


class Recount(TypedDict):
    """What is counted; those of nobody are left out."""

    base: dict[Cell, int]
    count: dict[tuple[Cell, str], int]
    weighted_base: dict[Cell, float]
    weighted_count: dict[tuple[Cell, str], float]
    effective_base: dict[Cell, float]


def records_of(readings: Readings) -> list[Record]:
    """Give each response of a survey as a plain record."""
    return [_record(readings, row) for row in range(len(readings))]


def _record(readings: Readings, row: int) -> Record:
    day, site = int(readings.day[row]), int(readings.site[row])
    return {
        "person": row if readings.person is None else int(readings.person[row]),
        "day": date.fromordinal(day) if day else None,
        "site": readings.sites[site].id if site >= 0 else None,
        "weight": 1.0 if readings.weight is None else float(readings.weight[row]),
        "groups": {
            each.id: each.nodes[int(readings.groups[row, place])].id
            for place, each in enumerate(readings.characteristics)
        },
        "answers": {
            question.id: _answer(readings, row, place)
            for place, question in enumerate(readings.questions)
            if readings.status[row, place] != 0
        },
    }


def _answer(readings: Readings, row: int, place: int) -> Answer:
    if readings.status[row, place] != 2:
        return UNREADABLE if readings.status[row, place] == 1 else WAITING
    tagged, praised, blamed = (
        int(bits[row, place]) for bits in (readings.tagged, readings.praised, readings.blamed)
    )
    return {
        theme: (bool(praised >> bit & 1), bool(blamed >> bit & 1))
        for bit, theme in enumerate(readings.themes)
        if tagged >> bit & 1
    }


class Somebody:
    """A person: their responses, groups and weight."""

    def __init__(self, responses: Sequence[Record]) -> None:
        self.responses = sorted(responses, key=lambda each: each["day"] or date.min)
        self.weight = sum(each["weight"] for each in responses) / len(responses)
        self.groups: dict[str, str] = {}
        for characteristic, latest in self.responses[-1]["groups"].items():
            told = [each["groups"][characteristic] for each in self.responses]
            known = [group for group in told if group not in MISSING]
            self.groups[characteristic] = known[-1] if known else latest

    def answers(self) -> Iterator[tuple[Record, str, Answer]]:
        for response in self.responses:
            for question, answer in response["answers"].items():
                yield response, question, answer


def people_of(records: Iterable[Record]) -> list[Somebody]:
    """Put responses of the same person together."""
    of: dict[Hashable, list[Record]] = defaultdict(list)
    for record in records:
        of[record["person"]].append(record)
    return [Somebody(responses) for responses in of.values()]


def spoken_of(opinions: Iterable[Opinion]) -> str:
    """Tell how somebody speaks of a theme over several answers."""
    opinions = list(opinions)
    praised, blamed = (any(opinion[side] for opinion in opinions) for side in (0, 1))
    if praised and blamed:
        return "mixed"
    return "positive" if praised else "negative" if blamed else "neutral"


def recount(
    records: Iterable[Record],
    parted: Callable[[Somebody, Record], Cell],
    *,
    question: str | None = None,
    picked: Callable[[Somebody, Record], bool] = lambda _somebody, _response: True,
    polarity: str | None = None,
) -> Recount:
    """Count people in each cell, and those of them who raise each theme.

    Args:
        records: Responses.
        parted: Cell of somebody's response.
        question: Whose answers count.
        picked: Whether a response's answers count.
        polarity: How a theme must be spoken of.
    """
    weights: dict[Cell, list[float]] = defaultdict(list)
    raising: dict[tuple[Cell, str], list[float]] = defaultdict(list)
    for somebody in people_of(records):
        heard = _heard(somebody, parted, question, picked)
        for cell, opinions in heard.items():
            weights[cell].append(somebody.weight)
            for theme, given in opinions.items():
                if polarity in (None, spoken_of(given)):
                    raising[cell, theme].append(somebody.weight)
    return {
        "base": {cell: len(each) for cell, each in weights.items()},
        "count": {key: len(each) for key, each in raising.items()},
        "weighted_base": {cell: sum(each) for cell, each in weights.items()},
        "weighted_count": {key: sum(each) for key, each in raising.items()},
        "effective_base": {
            cell: sum(each) ** 2 / sum(weight**2 for weight in each)
            for cell, each in weights.items()
            if any(each)
        },
    }


def _heard(
    somebody: Somebody,
    parted: Callable[[Somebody, Record], Cell],
    question: str | None,
    picked: Callable[[Somebody, Record], bool],
) -> dict[Cell, dict[str, list[Opinion]]]:
    heard: dict[Cell, dict[str, list[Opinion]]] = {}
    for response, asked, answer in somebody.answers():
        if question in (None, asked) and picked(somebody, response) and isinstance(answer, dict):
            opinions = heard.setdefault(parted(somebody, response), {})
            for theme, opinion in answer.items():
                opinions.setdefault(theme, []).append(opinion)
    return heard


def recount_coverage(
    records: Iterable[Record],
    *,
    question: str | None = None,
    picked: Callable[[Somebody, Record], bool] = lambda _somebody, _response: True,
) -> tuple[int, int, int, int, int]:
    """Count all people picked, and those readable, unreadable, silent and waiting."""
    kinds = []
    for somebody in people_of(records):
        responses = [each for each in somebody.responses if picked(somebody, each)]
        answers = [
            answer
            for response in responses
            for asked, answer in response["answers"].items()
            if question in (None, asked)
        ]
        if not responses:
            continue
        if any(isinstance(answer, dict) for answer in answers):
            kinds.append("readable")
        elif WAITING in answers:
            kinds.append("waiting")
        else:
            kinds.append("unreadable" if answers else "silent")
    order = ("readable", "unreadable", "silent", "waiting")
    readable, unreadable, silent, waiting = (kinds.count(kind) for kind in order)
    return len(kinds), readable, unreadable, silent, waiting


Place = tuple[str, str]
"""Id of a dimension and of one of its nodes."""


class RecountedTallies(TypedDict):
    """People in each two nodes, and those who raise each theme there; of nobody, left out."""

    base: dict[tuple[Place, Place], int]
    count: dict[tuple[Place, Place, str], int]


def recount_tallies(
    records: Iterable[Record], broad: Mapping[str, Mapping[str, str]]
) -> RecountedTallies:
    """Count people in each two nodes of a survey, and those who raise each theme there.

    A node is paired with itself, too; and ("everyone", "") is a node.

    Args:
        records: Responses.
        broad: The broad group of each group, of characteristics compared by these.
    """
    base: dict[tuple[Place, Place], int] = defaultdict(int)
    count: dict[tuple[Place, Place, str], int] = defaultdict(int)
    for somebody in people_of(records):
        said: dict[tuple[Place, Place], dict[str, list[Opinion]]] = defaultdict(dict)
        for response, question, answer in somebody.answers():
            if isinstance(answer, dict):
                places = _places(somebody, response, question, broad)
                for one, other in product(places, places):
                    opinions = said[one, other]
                    for theme, opinion in answer.items():
                        opinions.setdefault(theme, []).append(opinion)
        for pair, opinions in said.items():
            base[pair] += 1
            for theme, given in opinions.items():
                count[*pair, theme] += 1
                if pair[0] == pair[1]:
                    spoken: Place = ("polarity", spoken_of(given))
                    for both in {(pair[0], spoken), (spoken, pair[0])}:
                        count[*both, theme] += 1
                    if pair[0] == ("everyone", ""):
                        count[spoken, spoken, theme] += 1
    return {"base": base, "count": count}


def _places(
    somebody: Somebody, response: Record, question: str, broad: Mapping[str, Mapping[str, str]]
) -> list[Place]:
    groups = [
        (characteristic, broad.get(characteristic, {}).get(group, group))
        for characteristic, group in somebody.groups.items()
    ]
    month = f"{response['day']:%Y-%m}" if response["day"] else "not_known"
    site = response["site"] or "not_known"
    return [*groups, ("site", site), ("question", question), ("period", month), ("everyone", "")]
