"""Rows of tables: exact figures, what a policy lets be told of them, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from service.counts import picking
from service.counts.comparing import Compared, compared
from service.counts.counting import exact_counts
from service.counts.cover import coverage_of
from service.counts.nesting import apart
from service.counts.protection import protect
from service.counts.publishing import Published, published
from service.counts.records import Corrected, CountQuery, CountRow, Coverage, Ranged
from service.counts.slices import slices_of
from service.counts.tallied import tallied
from service.counts.tallies import Tallies, tallies
from service.errors import FieldError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from service.counts.policy import Policy
    from service.counts.protection import Protection
    from service.counts.readings import Node, Readings

Corrections: TypeAlias = "Callable[[CountQuery], list[list[Corrected]]]"
"""Gives, for a query, what people's reading says of each cell and theme."""
Cautions: TypeAlias = "Callable[[str], Mapping[tuple[str, str], str]]"
"""Gives, for a characteristic, what to mind by group and theme, "*" for any theme."""


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """A survey's numbers by every margin and pair, and what may be told of them.

    Attributes:
        tallies: The numbers.
        protection: What may be told.
        coverage: What could not be read.
    """

    tallies: Tallies
    protection: Protection
    coverage: Coverage


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Rows that are counted together: everyone, or the cells of a crossing."""

    cells: tuple[tuple[Node, ...], ...]
    figures: Published
    compared: Compared
    corrected: list[list[Corrected]] | None


def protected(readings: Readings, policy: Policy) -> Protected | None:
    """Choose what may be told of a survey, once for all of its tables.

    Returns:
        None where the policy protects nothing.
    """
    if not policy.protects:
        return None
    numbers = apart(tallies(readings))
    protection = protect(numbers, policy)
    if protection is None:
        return None
    return Protected(numbers, protection, coverage_of(readings, CountQuery(), policy))


def count_rows(
    readings: Readings,
    query: CountQuery,
    policy: Policy,
    protection: Protected | None,
    *,
    corrections: Corrections | None = None,
    cautions: Cautions | None = None,
) -> tuple[CountRow, ...]:
    """Give the rows of a table, also where they tell of too few people to be shown.

    Args:
        readings: As of `build_table`, as are the others.
        query: Who counts, and how they are parted.
        policy: What may be told.
        protection: What may be told of the survey; None where the policy protects nothing.
        corrections: What people's reading says.
        cautions: What to mind of groups.

    Raises:
        UnprocessableError: As of `build_table`, but for tables of too few people.
    """
    picking.check(readings, query)
    if protection is not None:  # whatever of it is refused, the whole is refused for
        slices_of(query, readings, protection.tallies, policy)
    asked = [query.model_copy(update={"by": ()})]
    if query.by:
        asked.append(query)
    parts = [_part(each, readings, policy, protection, corrections) for each in asked]
    return tuple(_rows(readings, query, policy, parts, cautions))


def _part(
    query: CountQuery,
    readings: Readings,
    policy: Policy,
    held: Protected | None,
    corrections: Corrections | None,
) -> _Part:
    exact, slices = None, None
    if held is not None:
        slices = slices_of(query, readings, held.tallies, policy)
        exact = tallied(held.tallies, slices, query.by) if readings.weight is None else None
    exact = exact or exact_counts(readings, query)
    figures = published(exact, policy, held.protection if held else None, slices)
    known = np.array(
        [bool(cell) and not any(node.missing for node in cell) for cell in exact.cells]
    )
    return _Part(
        exact.cells,
        figures,
        compared(figures, known),
        corrections(query) if corrections is not None and query.correct else None,
    )


def _rows(
    readings: Readings,
    query: CountQuery,
    policy: Policy,
    parts: list[_Part],
    cautions: Cautions | None,
) -> Iterator[CountRow]:
    wanted = query.themes or readings.themes
    minded = {} if cautions is None else {each: cautions(each) for each in query.by}
    for theme, theme_id in enumerate(readings.themes):
        if theme_id not in wanted:
            continue
        for part in parts:
            for place in _order(part):
                groups = dict(zip(query.by, part.cells[place], strict=False))
                yield CountRow(
                    theme=theme_id,
                    theme_name=readings.theme_names[theme],
                    groups={name: node.id for name, node in groups.items()},
                    group_names={name: node.name for name, node in groups.items()},
                    kind=_kind(part.cells[place]),
                    caution=_caution(minded, groups, theme_id),
                    **_figures(part, place, theme, policy),
                )


def _order(part: _Part) -> list[int]:
    """Give the places of the cells, those with a missing group last."""
    return sorted(
        range(len(part.cells)), key=lambda place: any(node.missing for node in part.cells[place])
    )


def _kind(cell: tuple[Node, ...]) -> str:
    if not cell:
        return "everyone"
    return "missing" if any(node.missing for node in cell) else "group"


def _caution(
    minded: Mapping[str, Mapping[tuple[str, str], str]], groups: Mapping[str, Node], theme: str
) -> str | None:
    found = [
        minded[name][node.id, which]
        for name, node in groups.items()
        for which in (theme, "*")
        if name in minded and (node.id, which) in minded[name]
    ]
    return " ".join(found) or None


def _figures(part: _Part, place: int, theme: int, policy: Policy) -> dict[str, object]:
    figures, held = part.figures, part.compared
    base, count = figures.base[place], figures.count[place, theme]
    step = int(figures.step[place, theme])
    if np.isnan(base) or np.isnan(count):
        told = None if np.isnan(base) else int(base)
        return {"hidden": True, "base": told, "rounded_to": policy.round_to}
    at = (place, theme)
    return {
        "base": int(base),
        "count": int(count),
        "rounded_to": step,
        "share": _ranged(figures.share[at], held.low[at], held.high[at]),
        "elsewhere": _number(held.elsewhere[at]),
        "difference": _ranged(*held.difference[:, *at]),
        "p_value": _number(held.p_value[at]),
        "p_adjusted": _number(held.p_adjusted[at]),
        "risk_ratio": _ranged(*held.risk_ratio[:, *at]),
        "corrected": _corrected(part, place, theme, step / max(base, 1.0), policy),
    }


def _corrected(
    part: _Part, place: int, theme: int, step: float, policy: Policy
) -> Corrected | None:
    """Give what people's reading says, told no more finely than the share that it corrects."""
    found = None if part.corrected is None else part.corrected[place][theme]
    if found is None or found.share is None or not policy.protects:
        return found
    share = Ranged(
        value=round(min(round(found.share.value / step) * step, 1.0), 2),
        low=round(floor(found.share.low / step) * step, 2),
        high=round(min(ceil(found.share.high / step) * step, 1.0), 2),
    )
    return found.model_copy(update={"share": share})


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ranged(value: float, low: float, high: float) -> Ranged | None:
    if not np.isfinite([value, low, high]).all():
        return None
    return Ranged(value=float(value), low=float(low), high=float(high))


def refuse_too_few(rows: Sequence[CountRow], policy: Policy) -> None:
    """Refuse a table whose first row, of everyone that it tells of, is of too few people.

    Raises:
        UnprocessableError: It is.
    """
    if not rows or rows[0].base is not None:
        return
    message = (
        f"the policy {policy.id!r} gives no table of so few people: fewer than"
        f" {policy.smallest_base}, or so few that others could be told apart by them"
    )
    raise UnprocessableError(message, (FieldError(None, None, message),))
