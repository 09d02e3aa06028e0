"""What a reader could work out of crossings never rules out what is so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from service.counts.bounds import bounds
from service.counts.margins import Margins
from service.counts.policy import shipped_policy
from service.counts.protection import protect
from service.counts.ranges import Ranges
from service.counts.tallies import tallies
from tests.service.counts.attack.plans import random_plan, varied_plan
from tests.service.counts.attack.surveys import make_sample
from tests.service.counts.test_disclosure import AGREED

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.counts.measures import Flags, Ints, Measure, Subject
    from service.counts.protection import Shown
    from tests.service.counts.attack.plans import Plan

NHS = shipped_policy("nhs")


def shown_of(plan: Plan) -> list[Shown]:
    protection = protect(tallies(make_sample(plan).readings), NHS)
    assert protection is not None
    every = (protection.base, *protection.themes)
    return [each for each in every if each.margins.total_step is not None]


def everything(subject: Subject, measure: Measure) -> tuple[Ints, Flags]:
    """Lay out the numbers as bounds of them are, and tell of which there are any."""
    ranges, nodes = Ranges.of(subject), len(measure.values)
    truth = np.zeros((nodes + 1 + ranges.more, nodes + 1), dtype=np.int64)
    of = np.ones_like(truth, dtype=bool)
    of[:nodes, :nodes] = subject.crossed()
    truth[:nodes, :nodes] = measure.pairs
    truth[:nodes, nodes] = truth[nodes, :nodes] = measure.values
    for (start, end), row in np.ndenumerate(ranges.rows):
        if ranges.part is not None and row > nodes:
            months = slice(ranges.part.first + start, ranges.part.first + end)
            truth[row, :nodes] = measure.pairs[months].sum(axis=0)
            truth[row, nodes] = measure.values[months].sum()
            of[row, :nodes] = of[ranges.part.first, :nodes]
    truth[nodes, nodes] = measure.total
    return truth, of


@pytest.mark.parametrize("draw", [random_plan, varied_plan])
def test_the_truth_is_within_all_bounds(draw: Callable[[int], Plan]) -> None:
    looked_at = 0
    for number in range(60):
        for shown in shown_of(draw(number)):
            subject = shown.subject
            found = bounds(subject, shown.margins, shown.open)
            for measure, known in zip(subject.measures(), found, strict=True):
                truth, of = everything(subject, measure)
                assert (known.least <= truth)[of].all()
                assert (truth <= known.most)[of].all()
                looked_at += int(of.sum())
    assert looked_at > 1000


def test_months_together_bound_what_single_months_do_not() -> None:
    tighter = 0
    for number in range(9_000, 9_040):
        for shown in shown_of(varied_plan(number)):
            subject, nodes = shown.subject, len(shown.open)
            apart = tuple(replace(each, joined=False) for each in subject.parts)
            subject = replace(subject, themes_known=None)
            single = replace(subject, parts=apart)
            if subject.rest is None and Ranges.of(subject).more:
                (with_ranges,) = bounds(subject, shown.margins, shown.open)
                (without,) = bounds(single, shown.margins, shown.open)
                some = slice(nodes + 1)
                assert (with_ranges.least[some] >= without.least).all()
                assert (with_ranges.most[some] <= without.most).all()
                tighter += int((with_ranges.most[some] < without.most).sum())
    assert tighter


def test_it_is_found_what_margins_and_bases_leave_for_a_small_crossing() -> None:
    (*_, shown) = shown_of(AGREED)
    subject, none = shown.subject, np.zeros(len(shown.open), dtype=bool)
    only_small = np.logical_or.reduce([each.small for each in subject.measures()])
    margins = Margins(only_small, none, none, none, subject.told.step)
    known = bounds(subject, margins, none)[0]
    small = subject.crossed() & subject.told.is_small(subject.told.pairs)
    nodes = slice(len(none))
    narrowed = small & (known.most[nodes, nodes] < subject.told.limit)
    assert narrowed.any()
    assert not (narrowed & ~shown.margins.hidden[:, None] & ~shown.margins.hidden[None, :]).any()
