from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from service.counts.nesting import apart
from service.counts.policy import shipped_policy
from service.counts.readings import Readings
from service.counts.records import CountQuery
from service.counts.table import build_table
from service.counts.tallies import tallies
from service.errors import UnprocessableError
from tests.service.counts.generated import characteristic, generated_readings

MADE = datetime(2026, 1, 2, tzinfo=UTC)


def _survey(*, nested: bool) -> Readings:
    """Give a survey of systems and regions, each region of three systems where they are nested."""
    both = (characteristic("system", 6), characteristic("region", 2))
    readings = generated_readings(3, 900, characteristics=both, sites=0, days=0)
    if not nested:
        return readings
    groups = readings.groups.copy()
    system = groups[:, 0]
    groups[:, 1] = np.where(system < 6, system // 3, groups[:, 1])
    return replace(readings, groups=groups)


def test_what_follows_from_an_earlier_characteristic_is_left_out() -> None:
    whole = tallies(_survey(nested=True))
    left = apart(whole)
    assert [each.id for each in left.dimensions] == ["system", "question", "polarity"]
    for each in left.dimensions:
        was = next(one for one in whole.dimensions if one.id == each.id)
        for place in range(len(each.nodes)):
            now, before = each.first + place, was.first + place
            assert left.base[now] == whole.base[before]
            np.testing.assert_array_equal(left.count[:, now], whole.count[:, before])
    assert left.base_pairs.shape == (len(left.base), len(left.base))
    assert left.count_pairs.shape[1:] == left.base_pairs.shape


def test_what_merely_goes_together_stays() -> None:
    whole = tallies(_survey(nested=False))
    assert apart(whole) is whole


def test_two_levels_of_the_same_thing_are_not_both_told() -> None:
    readings = _survey(nested=True)

    def table(by: str, policy: str) -> int:
        made = build_table(
            readings,
            CountQuery(by=(by,)),
            shipped_policy(policy),
            survey="s",
            survey_name="S",
            model=None,
            made=MADE,
        )
        return len(made.rows)

    assert table("system", "nhs")
    with pytest.raises(UnprocessableError, match="follows from one"):
        table("region", "nhs")
    assert table("region", "exact")
