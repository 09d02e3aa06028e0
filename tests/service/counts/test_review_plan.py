from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.counts.correction import correct
from service.counts.policy import shipped_policy
from service.counts.review_plan import (
    EarlierReading,
    Reliability,
    Stratum,
    ThemeOutlook,
    plan,
)
from service.errors import UnprocessableError

EXACT, NHS = shipped_policy("exact"), shipped_policy("nhs")
RELIABLE = Reliability(recall=0.8, precision=0.8)


def stratum(
    people: int,
    *predicted: float,
    name: str = "group",
    already: int = 0,
    agreement: Reliability | EarlierReading = RELIABLE,
) -> Stratum:
    themes = tuple(
        ThemeOutlook(theme=f"theme{place}", predicted=share, agreement=agreement)
        for place, share in enumerate(predicted)
    )
    return Stratum(id=name, name=name, people=people, already=already, themes=themes)


rates = st.floats(0.4, 1)
groups = st.builds(
    lambda people, share, recall, precision, already: stratum(
        people,
        share,
        already=min(already, people),
        agreement=Reliability(recall=recall, precision=precision),
    ),
    st.integers(1, 5000),
    st.floats(0, 1),
    rates,
    rates,
    st.integers(0, 100),
)
plans = st.fixed_dictionaries(
    {
        "strata": st.lists(groups, min_size=1, max_size=5),
        "width": st.floats(0.02, 0.6),
        "aim": st.sampled_from(["groups", "overall"]),
        "policy": st.sampled_from([EXACT, NHS]),
    }
)


@settings(deadline=None)
@given(asked=plans)
def test_each_group_has_enough_people_and_never_more_than_there_are(asked: dict[str, Any]) -> None:
    found = plan(**asked)
    assert found.read == sum(group.read for group in found.groups)
    assert found.further == sum(group.further for group in found.groups)
    for group, of in zip(found.groups, asked["strata"], strict=True):
        assert min(30, of.people) <= group.read <= of.people
        assert group.further == max(group.read - of.already, 0)


@settings(deadline=None)
@given(asked=plans)
def test_the_width_wanted_is_the_width_expected(asked: dict[str, Any]) -> None:
    found = plan(**asked)
    if asked["aim"] == "groups":
        assert all(group.width <= asked["width"] + 1e-9 for group in found.groups)
    else:
        assert found.overall_width <= asked["width"] * 1.05  # rounding moves some between groups


@settings(deadline=None)
@given(asked=plans, factor=st.floats(1, 3))
def test_a_wider_interval_never_takes_more_people(asked: dict[str, Any], factor: float) -> None:
    wider = plan(**(asked | {"width": min(asked["width"] * factor, 0.99)}))
    rounding = 5 * len(asked["strata"])
    assert wider.read <= plan(**asked).read + (rounding if asked["aim"] == "overall" else 0)


def test_more_confidence_takes_more_people() -> None:
    strata = [stratum(3000, 0.3)]
    numbers = [plan(strata, EXACT, width=0.1, confidence=c).read for c in (0.8, 0.95, 0.99)]
    assert numbers == sorted(set(numbers))


def test_a_group_that_the_model_is_worse_for_takes_more_people() -> None:
    worse = stratum(3000, 0.2, name="worse", agreement=Reliability(recall=0.5, precision=0.6))
    found = plan([stratum(3000, 0.2), worse], EXACT, width=0.1)
    assert found.groups[1].read > found.groups[0].read


def test_earlier_reading_takes_the_place_of_the_models_card() -> None:
    seen = EarlierReading(both=8, only_model=2, only_people=2, neither=38)
    worse = EarlierReading(both=5, only_model=5, only_people=10, neither=30)
    well, badly = (
        plan([stratum(3000, 0.2, agreement=of)], EXACT, width=0.1).read for of in (seen, worse)
    )
    assert well < badly


def test_the_theme_that_takes_most_people_decides() -> None:
    found = plan([stratum(3000, 0.05, 0.4)], EXACT, width=0.1)
    assert found.groups[0].decided_by == "theme1"
    assert found.read == plan([stratum(3000, 0.4)], EXACT, width=0.1).read


def test_everyones_share_takes_fewer_people_than_each_groups() -> None:
    strata = [stratum(3000, 0.3, name=str(each)) for each in range(4)]
    overall = plan(strata, EXACT, width=0.1, aim="overall")
    assert overall.read < plan(strata, EXACT, width=0.1).read / 2


@pytest.mark.parametrize(
    ("strata", "width", "said"),
    [
        ([], 0.1, "no group"),
        ([stratum(10, 0.1), stratum(10, 0.1, 0.2)], 0.1, "the same themes"),
        ([stratum(10, 0.1)], 0, "the width has to be between 0 and 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    strata: list[Stratum], width: float, said: str
) -> None:
    with pytest.raises(UnprocessableError, match=said):
        plan(strata, EXACT, width=width)


@pytest.mark.parametrize("aim", ["groups", "overall"])
def test_who_reads_as_planned_gets_intervals_as_wide_as_planned(
    aim: Literal["groups", "overall"],
) -> None:
    strata = [
        stratum(6000, 0.2, name="large"),
        stratum(1500, 0.15, name="worse", agreement=Reliability(recall=0.6, precision=0.7)),
        stratum(400, 0.3, name="small"),
    ]
    planned = plan(strata, EXACT, width=0.1, aim=aim)
    widths = np.array(
        [_widths(strata, [g.read for g in planned.groups], seed) for seed in range(60)]
    )
    by_group, overall = widths[:, :-1].mean(axis=0), widths[:, -1].mean()
    if aim == "groups":
        assert by_group == pytest.approx([group.width for group in planned.groups], rel=0.06)
        assert by_group.max() <= 0.105
    assert overall == pytest.approx(planned.overall_width, rel=0.06)


def _widths(strata: list[Stratum], read: list[int], seed: int) -> list[float]:
    """Make up people as the strata say, read as many, and give groups' widths and everyone's."""
    generator = np.random.default_rng(seed)
    sizes = np.array([each.people for each in strata])
    cell = np.repeat(np.arange(len(strata)), sizes)
    themes = [each.themes[0] for each in strata]
    predicted = generator.random(len(cell)) < np.array([of.predicted for of in themes])[cell]
    raising = np.array([_raising(of) for of in themes])
    truth = generator.random(len(cell)) < raising[cell, predicted.astype(int)]
    row = np.concatenate(
        [
            generator.choice(np.flatnonzero(cell == each), number, replace=False)
            for each, number in enumerate(read)
        ]
    )
    chance = (np.array(read) / sizes)[cell[row]]
    widths = []
    for cells, place in ((len(strata), cell), (1, np.zeros_like(cell))):
        table = correct(
            predicted[:, None], place, cells, row, truth[row][:, None], chance, None, EXACT
        )
        shares = [of[0].share for of in table]
        widths += [share.high - share.low if share else np.nan for share in shares]
    return widths


def _raising(theme: ThemeOutlook) -> tuple[float, float]:
    assert isinstance(theme.agreement, Reliability)
    found = theme.predicted * theme.agreement.precision
    return found * (1 / theme.agreement.recall - 1) / (
        1 - theme.predicted
    ), theme.agreement.precision
