from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from labelled_data import Polarity
from service.counts.counting import exact_counts
from service.counts.policy import shipped_policy
from service.counts.readings import Readings
from service.counts.records import CountQuery
from service.counts.slices import slices_of
from service.counts.tallied import tallied
from service.counts.tallies import tallies
from tests.service.counts.generated import generated_readings

NHS = shipped_policy("nhs")
NARROWED: tuple[dict[str, Any], ...] = (
    {},
    {"question": "q0"},
    {"polarity": Polarity.MIXED},
    {"site": "site_1"},
)
MONTHS = {"since": date(2025, 2, 1), "until": date(2025, 3, 31)}


def _queries(readings: Readings) -> Sequence[CountQuery]:
    by = [each.id for each in readings.characteristics]
    pairs = [CountQuery(by=pair) for pair in combinations(by, 2)]
    site = readings.sites[1].id
    narrowed = [each | ({"site": site} if "site" in each else {}) for each in NARROWED]
    each = [CountQuery(by=(one,), **more) for one in (*by, "site") for more in narrowed]
    alone = [CountQuery(**more) for more in (*narrowed, MONTHS)]
    return [
        query for query in (*pairs, *each, *alone) if not (query.by == ("site",) and query.site)
    ]


@pytest.mark.parametrize("answers_each", [1.0, 1.4])
def test_what_is_looked_up_is_what_is_counted(answers_each: float) -> None:
    readings = generated_readings(6, 500, each=answers_each)
    numbers = tallies(readings)
    looked_up = 0
    for query in _queries(readings):
        found = tallied(numbers, slices_of(query, readings, numbers, NHS), query.by)
        counted = exact_counts(readings, query)
        if found is None:
            assert query.since is not None
            assert answers_each > 1
            continue
        looked_up += 1
        assert found.cells == counted.cells
        np.testing.assert_array_equal(found.base, counted.base)
        np.testing.assert_array_equal(found.count, counted.count)
    assert looked_up > 15
