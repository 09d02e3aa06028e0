"""The service as a publisher of surveys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.counts.over_time import build_trend
from service.counts.records import CountQuery, CountsTable, TrendTable
from service.counts.rows import protected
from service.counts.table import build_table
from service.errors import UnprocessableError
from tests.service.counts.attack.asked import Asked, part_of_point, part_of_row
from tests.service.counts.attack.covered import readable_people
from tests.service.counts.attack.publishing import Figure
from tests.service.counts.attack.reader import ANY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counts.policy import Policy
    from tests.service.counts.attack.reader import Bounds
    from tests.service.counts.attack.surveys import Sample

TOO_FEW = "so few people"
MADE = datetime(2026, 1, 1, tzinfo=UTC)


class Service:
    """Publishes tables of one survey under one policy, as the service does.

    Args:
        sample: The survey.
        policy: The policy.
    """

    def __init__(self, sample: Sample, policy: Policy) -> None:
        self._sample, self._policy = sample, policy
        self._protection = protected(sample.readings, policy)
        self._never: set[Asked] = set()
        self._themes = {name: place for place, name in enumerate(sample.readings.themes)}

    def publish(self, asked: Asked) -> CountsTable | TrendTable | None:
        """Give a table or a trend; None where it is refused."""
        try:
            if asked.period:
                return self._trend(asked, asked.period)
            return build_table(
                self._sample.readings,
                asked.query,
                self._policy,
                survey="s",
                survey_name="S",
                model=None,
                made=MADE,
                protection=self._protection,
            )
        except UnprocessableError as error:
            if TOO_FEW not in str(error):
                self._never.add(asked)
            return None

    def gives(self, asked: Asked) -> bool:
        """Tell whether tables of this shape are given at all, however many people they tell of."""
        return asked not in self._never

    def _trend(self, asked: Asked, period: str) -> TrendTable:
        return build_trend(
            self._sample.readings,
            asked.query,
            period,
            self._policy,
            survey="s",
            survey_name="S",
            model=None,
            made=MADE,
            protection=self._protection,
        )

    def figures(self, asked: Asked) -> list[Figure] | None:
        """Give what a table tells; None where it is refused."""
        table = self.publish(asked)
        if table is None:
            return None
        if isinstance(table, CountsTable):
            return list(self._rows(asked, table))
        return list(self._points(asked, table))

    def everyone(self) -> Bounds:
        """Give what the coverage tells of how many people there are."""
        table = self.publish(Asked(CountQuery()))
        if table is None or not self._policy.protects:
            return ANY
        return readable_people(table.coverage)

    def _rows(self, asked: Asked, table: CountsTable) -> Iterator[Figure]:
        for row in table.rows:
            part = part_of_row(self._sample.plan.shape, asked, row)
            yield Figure(asked, self._themes[row.theme], part, row.base, row.count, row.rounded_to)

    def _points(self, asked: Asked, table: TrendTable) -> Iterator[Figure]:
        for trend in table.trends:
            for point in trend.points:
                part = part_of_point(self._sample.plan.shape, asked, point)
                theme = self._themes[trend.theme]
                yield Figure(asked, theme, part, point.base, point.count, point.rounded_to)
