"""Surveys to attack, whose whole truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from service.counts.readings import Characteristic, Node, Reading, Readings
from tests.service.counts.attack.joint import FIRST_YEAR, UNKNOWN, Joint, Speech

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from tests.service.counts.attack.plans import Plan


@dataclass(frozen=True, eq=False)
class Sample:
    """A survey and the truth about it.

    Attributes:
        plan: What it was to be like.
        joint: Kinds of people.
        readings: Its responses.
        base: People by crossing of groups and pattern of answers; shape (G, P).
        told: By theme, crossing and telling: those who tell of the theme so; shape (T, G, K).
    """

    plan: Plan
    joint: Joint
    readings: Readings
    base: NDArray[np.int64]
    told: NDArray[np.int64]


def make_sample(plan: Plan) -> Sample:
    """Draw a survey's people and write down their responses."""
    rng = np.random.default_rng([plan.seed, 1])
    joint = Joint(plan.shape)
    groups, patterns = _draw_groups(plan, rng), _draw_patterns(plan, rng)
    read = rng.random(plan.people) >= plan.unread
    base = np.zeros((len(plan.shape.groups), len(plan.shape.patterns)), np.int64)
    np.add.at(base, (groups[read], patterns[read]), 1)
    told = np.zeros((len(plan.rates), len(base), len(plan.shape.tellings)), np.int64)
    places = {telling: place for place, telling in enumerate(plan.shape.tellings)}
    speech: list[list[tuple[Speech, ...]]] = []
    for theme, rate in enumerate(plan.rates):
        speech.append(_draw_speech(plan, rate, groups, patterns, rng))
        for person in np.flatnonzero(read):
            telling = (int(patterns[person]), speech[theme][person])
            if telling in places:
                told[theme, groups[person], places[telling]] += 1
    return Sample(plan, joint, _readings(plan, groups, patterns, read, speech, rng), base, told)


def _draw_groups(plan: Plan, rng: Generator) -> NDArray[np.int64]:
    """Draw each person's crossing of groups, as its place in `Shape.groups`."""
    chance = np.ones(len(plan.shape.groups))
    columns = plan.shape.groups.T
    sizes = [len(nodes) for nodes in plan.shape.characteristics.values()]
    for column, size in zip(columns, sizes, strict=True):
        chance *= rng.dirichlet(np.full(size, plan.evenness))[column]
    if len(sizes) > 1:
        near = columns[0] * sizes[1] // sizes[0] == columns[1]
        chance *= np.where(near, 1.0, 1.0 - plan.correlation)
    return rng.choice(len(chance), plan.people, p=chance / chance.sum())


def _draw_patterns(plan: Plan, rng: Generator) -> NDArray[np.int64]:
    """Draw which slots each person answered, as the place in `Shape.patterns`."""
    slots, patterns = plan.shape.slots, plan.shape.patterns
    weight = {
        kind: dict(zip(values, rng.dirichlet(np.full(len(values), plan.evenness)), strict=True))
        for kind, values in (
            ("site", sorted({slot.site for slot in slots})),
            ("month", sorted({slot.month for slot in slots})),
        )
    }
    chance = np.array(
        [
            np.mean(
                [weight["site"][slots[s].site] * weight["month"][slots[s].month] for s in pattern]
            )
            * plan.both ** (len(pattern) - 1)
            for pattern in patterns
        ]
    )
    return rng.choice(len(patterns), plan.people, p=chance / chance.sum())


def _draw_speech(
    plan: Plan,
    rate: float,
    groups: NDArray[np.int64],
    patterns: NDArray[np.int64],
    rng: Generator,
) -> list[tuple[Speech, ...]]:
    """Draw how each answer of each person speaks of a theme."""
    by_group = 1 + plan.effect * rng.uniform(-1, 1, len(plan.shape.groups))
    by_slot = 1 + plan.effect * rng.uniform(-1, 1, len(plan.shape.slots))
    kinds = plan.shape.speeches[1:]
    mix = rng.dirichlet(np.full(len(kinds), 1.0))
    drawn = []
    for group, place in zip(groups, patterns, strict=True):
        pattern = list(plan.shape.patterns[place])
        raised = rng.random(len(pattern)) < rate * by_group[group] * by_slot[pattern]
        kind = rng.choice(len(kinds), len(pattern), p=mix)
        drawn.append(
            tuple(
                kinds[k] if r else plan.shape.speeches[0] for r, k in zip(raised, kind, strict=True)
            )
        )
    return drawn


def _readings(
    plan: Plan,
    groups: NDArray[np.int64],
    patterns: NDArray[np.int64],
    read: NDArray[np.bool_],
    speech: list[list[tuple[Speech, ...]]],
    rng: Generator,
) -> Readings:
    """Write a response for each person, site and month, in any order."""
    rows: list[tuple[int, int, int]] = []
    answers: list[dict[int, tuple[Speech, ...]]] = []
    for person, place in enumerate(patterns):
        by_place: dict[tuple[int, int], dict[int, tuple[Speech, ...]]] = {}
        for number, slot in enumerate(plan.shape.patterns[place]):
            question, site, month = plan.shape.slots[slot]
            told = tuple(of_theme[person][number] for of_theme in speech)
            by_place.setdefault((site, month), {})[question] = told
        for (site, month), told_by_question in by_place.items():
            rows.append((person, site, month))
            answers.append(told_by_question)
    order = rng.permutation(len(rows))
    return columns(plan, [rows[n] for n in order], [answers[n] for n in order], groups, read, rng)


def columns(
    plan: Plan,
    rows: list[tuple[int, int, int]],
    answers: list[dict[int, tuple[Speech, ...]]],
    groups: NDArray[np.int64],
    read: NDArray[np.bool_],
    rng: Generator,
) -> Readings:
    """Put responses into columns."""
    size = (len(rows), plan.shape.questions)
    status = np.full(size, Reading.NONE, np.uint8)
    bits = np.zeros((3, *size), np.uint64)
    unread = (Reading.UNREADABLE, Reading.NONE, Reading.WAITING)
    for row, ((person, _, _), answer) in enumerate(zip(rows, answers, strict=True)):
        for question, told in answer.items():
            status[row, question] = Reading.READABLE if read[person] else rng.choice(unread)
            for theme, kinds in enumerate(told if read[person] else ()):
                bits[:, row, question] |= np.uint64(1 << theme) * np.array(kinds, np.uint64)
    people = np.array([person for person, _, _ in rows], np.int64)
    themes = range(len(plan.rates))
    return Readings(
        themes=tuple(f"theme-{n}" for n in themes),
        theme_names=tuple(f"Theme {n}" for n in themes),
        characteristics=tuple(
            Characteristic(name, name, nodes, tuple(range(len(nodes))), nodes, "groups", name)
            for name, nodes in plan.shape.characteristics.items()
        ),
        questions=tuple(Node(f"question-{n}", f"Question {n}") for n in range(size[1])),
        sites=tuple(Node(f"site-{n}", f"Site {n}") for n in range(plan.shape.sites)),
        site_characteristic=plan.shape.site_characteristic,
        number=np.arange(len(rows)),
        person=people if plan.shape.repeated else None,
        groups=plan.shape.groups[groups[people]].astype(np.int16),
        day=np.array([_day(month, rng) for _, _, month in rows], np.int32),
        site=np.array([site for _, site, _ in rows], np.int32),
        weight=None,
        status=status,
        tagged=bits[0],
        praised=bits[1],
        blamed=bits[2],
    )


def _day(month: int, rng: Generator) -> int:
    if month == UNKNOWN:
        return 0
    return date(FIRST_YEAR, month + 1, int(rng.integers(1, 29))).toordinal()
