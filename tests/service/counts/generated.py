"""Surveys made up by chance, as counts see them: every oddity that responses can have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
from hypothesis import strategies as st

from service.counts.readings import Characteristic, Node, Reading, Readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MISSING = (
    Node("not_stated", "Not stated", missing=True),
    Node("not_known", "Not known", missing=True),
    Node("not_asked", "Not asked", missing=True),
)
FIRST_DAY = date(2025, 1, 10).toordinal()


@dataclass(frozen=True)
class Difference:
    """A theme that one group raises more, or less, often than everyone else.

    Attributes:
        theme: Its place.
        characteristic: Place of what parts people into groups.
        group: Place of the group.
        share: Share of the group's answers that raise it.
    """

    theme: int
    characteristic: int
    group: int
    share: float


def characteristic(
    name: str,
    groups: int,
    broad: int | None = None,
    compared: Literal["groups", "broad_groups"] = "groups",
    column: str | None = None,
) -> Characteristic:
    """Give a characteristic of some groups; they stand under broad ones in turn, but for the last.

    Args:
        name: Its id.
        groups: How many it has.
        broad: How many broad groups stand over them.
        compared: The level that is published.
        column: Its column, if it is not of its own.
    """
    nodes = tuple(Node(f"{name}_{place}", f"{name} {place}") for place in range(groups))
    heads = nodes
    of = list(range(groups))
    if broad is not None:
        heads = (
            *(Node(f"{name}_all_{place}", f"{name}s {place}") for place in range(broad)),
            nodes[-1],
        )
        of = [*(place % broad for place in range(groups - 1)), broad]
    missing = range(len(heads), len(heads) + len(MISSING))
    return Characteristic(
        name,
        name,
        (*nodes, *MISSING),
        (*of, *missing),
        (*heads, *MISSING),
        compared,
        column or name,
    )


CHARACTERISTICS = (
    characteristic("ethnicity", 6, broad=2, compared="broad_groups"),
    characteristic("sex", 2),
    characteristic("age", 4, broad=1),
)


def generated_readings(
    seed: int,
    responses: int,
    *,
    characteristics: Sequence[Characteristic] = CHARACTERISTICS,
    themes: int = 5,
    questions: int = 2,
    sites: int = 3,
    site_characteristic: bool = False,
    days: int = 120,
    each: float = 1.0,
    numbered: bool = True,
    weighted: bool = False,
    missing: float = 0.1,
    unreadable: float = 0.15,
    waiting: float = 0.0,
    shares: Sequence[float] | None = None,
    differences: Sequence[Difference] = (),
) -> Readings:
    """Make up a survey.

    Args:
        seed: The same one gives the same survey.
        responses: How many it has.
        characteristics: What parts people into groups.
        themes: How many the codebook has.
        questions: How many were asked.
        sites: How many there are; 0 where the survey has none.
        site_characteristic: Whether the last characteristic comes from the column of sites.
        days: Over how many responses come; 0 where no day is known.
        each: Responses of each person, on average; each response draws groups and a weight anew.
        numbered: Whether people have numbers; without them each response is a person.
        weighted: Whether responses have weights.
        missing: Share of responses without a group, by characteristic, a day, a site.
        unreadable: Share of answers that are not there, and of those that cannot be read.
        waiting: Share of answers that the model has not been over.
        shares: Share of answers that raise each theme; by default from rare to common.
        differences: Where the share of a group is another.
    """
    chance = np.random.default_rng(seed)
    groups = _groups(chance, responses, characteristics, missing)
    status = _status(chance, (responses, questions), unreadable, waiting)
    tagged, praised, blamed = _themes(chance, status, _shares(themes, shares), groups, differences)
    people = min(responses, max(1, round(responses / each)))
    again = chance.integers(max(people, 1), size=responses - people)
    person = chance.permutation(np.concatenate((np.arange(people), again)))
    known = chance.random((2, responses)) >= missing / 2
    day = np.where(known[0], FIRST_DAY + chance.integers(max(days, 1), size=responses), 0)
    site = np.where(known[1], chance.integers(max(sites, 1), size=responses), -1)
    return Readings(
        themes=tuple(f"theme_{place}" for place in range(themes)),
        theme_names=tuple(f"Theme {place}" for place in range(themes)),
        characteristics=tuple(characteristics),
        questions=tuple(Node(f"q{place}", f"Question {place}?") for place in range(questions)),
        sites=tuple(Node(f"Site {place}", f"Site {place}") for place in range(sites)),
        site_characteristic=characteristics[-1].id if site_characteristic else None,
        number=3 * np.arange(responses) + 7,
        person=_numbers(person.astype(np.int64), seed) if numbered else None,
        groups=groups,
        day=(day if days else np.zeros(responses)).astype(np.int32),
        site=(site if sites else np.full(responses, -1)).astype(np.int32),
        weight=np.round(chance.gamma(2, 0.5, responses), 2) if weighted else None,
        status=status,
        tagged=tagged,
        praised=praised,
        blamed=blamed,
    )


@st.composite
def readings(draw: st.DrawFn, most: int = 30) -> Readings:
    """Make up small surveys of all kinds, of up to some responses."""
    flag = st.booleans()
    return generated_readings(
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(0, most)),
        characteristics=draw(st.sampled_from((CHARACTERISTICS, CHARACTERISTICS[:1], _SHARING))),
        themes=draw(st.sampled_from((1, 4, 64))),
        questions=draw(st.integers(1, 3)),
        sites=draw(st.sampled_from((0, 1, 3))),
        site_characteristic=draw(flag),
        days=draw(st.sampled_from((0, 1, 120, 800))),
        each=draw(st.sampled_from((1.0, 1.3, 4.0))),
        numbered=draw(flag),
        weighted=draw(flag),
        missing=draw(st.sampled_from((0.0, 0.3, 0.9))),
        unreadable=draw(st.sampled_from((0.0, 0.3))),
        waiting=draw(st.sampled_from((0.0, 0.2))),
    )


_SHARING = (*CHARACTERISTICS[:2], characteristic("gender", 3, column="sex"))


def _numbers(person: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Give people numbers that stand close together, or as far apart as they can."""
    if seed % 2:
        return person + 1_000
    return (person + 1) * 7_046_029_254_387 - 2**62


def _shares(themes: int, shares: Sequence[float] | None) -> NDArray[np.float64]:
    return np.linspace(0.03, 0.3, themes) if shares is None else np.array(shares)


def _groups(
    chance: np.random.Generator,
    responses: int,
    characteristics: Sequence[Characteristic],
    missing: float,
) -> NDArray[np.int16]:
    groups = np.zeros((responses, len(characteristics)), np.int16)
    for place, each in enumerate(characteristics):
        known = len(each.nodes) - len(MISSING)
        sizes = np.append(np.arange(1, known + 1)[::-1] / known, np.full(len(MISSING), 0.0))
        sizes = (1 - missing) * sizes / sizes.sum()
        sizes[known:] = missing / len(MISSING)
        groups[:, place] = chance.choice(len(each.nodes), responses, p=sizes)
    return groups


def _status(
    chance: np.random.Generator, shape: tuple[int, int], unreadable: float, waiting: float
) -> NDArray[np.uint8]:
    kinds = np.array(
        [Reading.NONE, Reading.UNREADABLE, Reading.WAITING, Reading.READABLE], np.uint8
    )
    sizes = [unreadable, unreadable, waiting]
    return chance.choice(kinds, shape, p=[*sizes, 1 - sum(sizes)])


def _themes(
    chance: np.random.Generator,
    status: NDArray[np.uint8],
    shares: NDArray[np.float64],
    groups: NDArray[np.int16],
    differences: Sequence[Difference],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    readable = status == Reading.READABLE
    tagged, praised, blamed = (np.zeros(status.shape, np.uint64) for _ in range(3))
    for theme, share in enumerate(shares):
        shares_here = np.full(len(status), share)
        for each in differences:
            if each.theme == theme:
                shares_here[groups[:, each.characteristic] == each.group] = each.share
        raised = readable & (chance.random(status.shape) < shares_here[:, None])
        bit = np.uint64(1 << theme)
        tagged[raised] |= bit
        praised[raised & (chance.random(status.shape) < 0.4)] |= bit
        blamed[raised & (chance.random(status.shape) < 0.4)] |= bit
    return tagged, praised, blamed
