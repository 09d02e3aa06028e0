"""The benchmark of workers that share: that it counts right, and a tiny run of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.benchmarks.figures import ServiceFigures, SharingFigures
from service.benchmarks.parts import Part
from service.benchmarks.run import BenchmarkPlan, BenchmarkRun
from service.benchmarks.sharing import SharingPlan, Turn, steady_rate
from service.benchmarks.tables import sections

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.postgres import Postgres

FIGURES = SharingFigures(
    database="postgresql",
    comments=1_000,
    turns=3,
    one_worker=101,
    two_workers=202,
    second_adds=1.94,
    largest_share=0.53,
    one_product=303,
    two_products=404,
    second_product_adds=1.87,
)


@given(st.floats(1, 1_000), st.integers(2, 100), st.floats(0, 5))
def test_the_rate_is_that_of_steady_work_whenever_it_began_and_however_long_the_end_took(
    rate: float, steps: int, idle: float
) -> None:
    begun = [(step + idle, round(10 * rate) * step) for step in range(steps + 1)]
    slow_end = (steps + 60 + idle, begun[-1][1] + 1)
    seen = [(0.0, 0), *begun[1:], slow_end] if steps > 20 else [(0.0, 0), *begun[1:]]
    if steps > 2:
        assert steady_rate(seen) == pytest.approx(round(10 * rate))


def test_few_comments_have_a_rate_too() -> None:
    assert steady_rate([(1.0, 0), (3.0, 40)]) == 20


def test_the_largest_share_is_of_all_comments() -> None:
    assert Turn(1, (30, 70)).largest_share == 0.7
    assert Turn(1, (5,)).largest_share == 1


def test_two_workers_are_measured_beside_two_processes_of_bare_products(
    tiny_artefact: Path, postgres: Postgres
) -> None:
    for url in postgres.fresh():
        plan = BenchmarkPlan(
            parts=(Part.WORKERS,),
            model=str(tiny_artefact),
            database_url=url,
            sharing=SharingPlan(responses=300, turns=1, product_seconds=0.05),
        )
        found = BenchmarkRun(plan, lambda _: None).measure().sharing
    assert found is not None
    assert (found.database, found.turns) == ("postgresql", 1)
    assert 300 < found.comments < 600
    assert min(found.one_worker, found.two_workers, found.one_product, found.two_products) > 0
    assert found.second_adds == found.two_workers / found.one_worker
    assert 0.5 <= found.largest_share <= 1


@pytest.mark.parametrize(("bare", "enough"), [(1.87, "yes"), (1.95, "NO")])
def test_every_figure_of_sharing_is_printed(bare: float, enough: str) -> None:
    figures = FIGURES.model_copy(update={"second_product_adds": bare})
    ((title, lines),) = sections(ServiceFigures(model="x", sharing=figures))
    assert title == "Workers that share 1,000 comments on postgresql"
    printed = [value.split()[0] for _, value in lines]
    assert printed == ["3", "101", "202", "1.94", "53%", "303", "404", str(bare), enough]
