from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelled_data import MissingGroup
from service.missing_groups import FEWEST, MissingShares, missing_shares

SMALL = range(1, 8)
REASONS = tuple(str(reason) for reason in MissingGroup)
Counts = tuple[int, ...]

counts_of_few_and_many = st.tuples(
    st.integers(0, 3_000), *(st.one_of(st.integers(0, 9), st.integers(0, 400)) for _ in REASONS)
).filter(lambda counts: sum(counts) >= FEWEST)


def shares_of(counts: Counts) -> MissingShares:
    """Shares of (known, not stated, not known, not asked) responses."""
    groups = dict(zip(("female", *REASONS), counts, strict=True))
    return missing_shares(sum(counts), {"sex": groups})["sex"]


def neighbours(counts: Counts, place: int) -> list[Counts]:
    """All that differ by one person who is in that place, or not, and elsewhere in turn."""
    moved = []
    for other in range(len(counts)):
        for step in (-1, 1):
            changed = list(counts)
            changed[place] += step
            changed[other] -= step
            if other != place and min(changed) >= 0:
                moved.append(tuple(changed))
    return moved


def test_each_reason_has_its_share() -> None:
    assert shares_of((1840, 100, 60, 0)) == MissingShares(
        known=0.92, not_stated=0.05, not_known=0.03, not_asked=0.0
    )


def test_of_few_responses_no_share_is_told() -> None:
    assert missing_shares(199, {"sex": {"female": 198, "not_stated": 1}}) == {}


@given(counts_of_few_and_many)
def test_every_share_is_near_the_truth(counts: Counts) -> None:
    told = shares_of(counts).model_dump().values()
    for share, count in zip(told, counts, strict=True):
        assert abs(share - count / sum(counts)) <= 0.05 + 1e-9


@pytest.mark.parametrize("rest", [(110, 110, 110), (200, 0, 0), (99, 99, 99), (1_993, 0, 0)])
@pytest.mark.parametrize("few", SMALL)
def test_no_small_number_can_be_worked_out_at_the_edge_of_a_step(few: int, rest: Counts) -> None:
    counts = (*rest, few)
    if sum(counts) >= FEWEST:
        told = shares_of(counts)
        assert any(shares_of(other) == told for other in neighbours(counts, 3))


@settings(max_examples=1_000)
@given(counts_of_few_and_many)
def test_no_small_number_can_be_worked_out_from_the_shares(counts: Counts) -> None:
    told = shares_of(counts)
    for place, count in enumerate(counts):
        if count in SMALL:
            assert any(shares_of(other) == told for other in neighbours(counts, place))
