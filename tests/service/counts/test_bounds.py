"""What a reader could work out of crossings never rules out what is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from service.counts.bounds import bounds
from service.counts.margins import Margins
from service.counts.policy import shipped_policy
from service.counts.protection import protect
from service.counts.tallies import tallies
from tests.service.counts.attack.plans import random_plan, varied_plan
from tests.service.counts.attack.surveys import make_sample
from tests.service.counts.test_disclosure import AGREED

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.counts.protection import Shown
    from tests.service.counts.attack.plans import Plan

NHS = shipped_policy("nhs")


def shown_of(plan: Plan) -> list[Shown]:
    protection = protect(tallies(make_sample(plan).readings), NHS)
    assert protection is not None
    every = (protection.base, *protection.themes)
    return [each for each in every if each.margins.total_step is not None]


@pytest.mark.parametrize("draw", [random_plan, varied_plan])
def test_the_truth_is_within_all_bounds(draw: Callable[[int], Plan]) -> None:
    looked_at = 0
    for number in range(60):
        for shown in shown_of(draw(number)):
            subject, crossed = shown.subject, shown.subject.crossed()
            found = bounds(subject, shown.margins, shown.open)
            for measure, known in zip(subject.measures(), found, strict=True):
                truth = np.where(crossed, measure.pairs, np.diag(measure.values))
                of = crossed | np.eye(len(crossed), dtype=bool)
                assert (known.least <= truth)[of].all()
                assert (truth <= known.most)[of].all()
                looked_at += int(of.sum())
    assert looked_at > 1000


def test_it_is_found_what_margins_and_bases_leave_for_a_small_crossing() -> None:
    (*_, shown) = shown_of(AGREED)
    subject, none = shown.subject, np.zeros(len(shown.open), dtype=bool)
    only_small = np.logical_or.reduce([each.small for each in subject.measures()])
    margins = Margins(only_small, none, none, none, subject.told.step)
    known = bounds(subject, margins, none)[0]
    small = subject.crossed() & subject.told.is_small(subject.told.pairs)
    narrowed = small & (known.most < subject.told.limit)
    assert narrowed.any()
    assert not (narrowed & ~shown.margins.hidden[:, None] & ~shown.margins.hidden[None, :]).any()
