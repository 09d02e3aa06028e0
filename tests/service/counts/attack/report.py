"""Why a small number could be narrowed, told so that a person can follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.service.counts.attack.asked import parts, tables
from tests.service.counts.attack.attacking import sum_of
from tests.service.counts.attack.joint import UNKNOWN
from tests.service.counts.attack.publishing import Truth
from tests.service.counts.attack.reader import not_raising, people, raising
from tests.service.counts.attack.solving import ContradictionError, Problem

if TYPE_CHECKING:
    from service.counts.policy import Policy
    from tests.service.counts.attack.attacking import Narrowed, Outcome
    from tests.service.counts.attack.joint import Part, Shape
    from tests.service.counts.attack.publishing import Figure
    from tests.service.counts.attack.reader import Knowledge, Sum
    from tests.service.counts.attack.surveys import Sample

MOST_TOLD = 3
SHAPED = (
    "sites",
    "some_site_unknown",
    "months",
    "some_day_unknown",
    "questions",
    "polarity",
    "repeated",
    "site_characteristic",
    "nested",
)


def failures(sample: Sample, outcome: Outcome, policy: Policy) -> str:
    """Tell what is wrong with what was published, or nothing."""
    false = [untrue(sample, figure) for figure in outcome.false[:MOST_TOLD]]
    narrowed = [explained(sample, outcome.knowledge, n) for n in outcome.narrowed[:MOST_TOLD]]
    if not (false or narrowed):
        return ""
    many = f"{len(outcome.narrowed)} of {len(outcome.targets)} narrowed under {policy.id}"
    return "\n".join([described(sample), many, *false, *narrowed])


def described(sample: Sample) -> str:
    """Tell in a few lines what a survey is like."""
    plan, shape = sample.plan, sample.plan.shape
    groups = {name: [n.id for n in nodes] for name, nodes in shape.characteristics.items()}
    rest = {"seed": plan.seed, **vars(plan), **{name: getattr(shape, name) for name in SHAPED}}
    said = ", ".join(f"{name} {value}" for name, value in rest.items() if name != "shape")
    return f"{said}\n{groups}"


def untrue(sample: Sample, figure: Figure) -> str:
    """Tell what a figure says, and what is so."""
    base, counts = Truth(sample).of(figure.part)
    return (
        f"theme {figure.theme}, {said(sample.plan.shape, figure.part)} ({figure.asked}): it is"
        f" {counts[figure.theme]} of {base}, but {figure.count} of {figure.base} is told, rounded"
        f" to {figure.rounded_to}"
    )


def explained(sample: Sample, knowledge: Knowledge, narrowed: Narrowed) -> str:
    """Tell which published figures a bound follows from."""
    target, (low, high) = narrowed
    lines = [
        f"{target.kind} of theme {target.theme}, {said(sample.plan.shape, target.part)}: it is"
        f" {target.truth}, and a reader knows that it is {low:.0f} to {high:.0f}, from"
    ]
    try:
        problem = Problem(knowledge, len(sample.told), [sum_of(sample, target)], [target.reach])
        _ = problem.least([0]) if low > 1 else problem.most([0], cut_off=False)
    except ContradictionError:
        return "\n".join([*lines, "  nothing: what is published contradicts itself"])
    names = named_sums(sample)
    for of, counts_for in problem.reasons():
        name, truth = names[of]
        least, most = knowledge.bounds[of]
        lines.append(f"  {counts_for:+.2f} x {name}: {least:.0f} to {most:.0f} (it is {truth})")
    return "\n".join(lines)


def named_sums(sample: Sample) -> dict[Sum, tuple[str, int]]:
    """Name every sum that a table may tell of, and say what it is."""
    truth = Truth(sample)
    names: dict[Sum, tuple[str, int]] = {}
    shape = sample.plan.shape
    for part in {part: None for table in tables(shape) for part in parts(shape, table)}:
        (base, counts), where = truth.of(part), said(shape, part)
        names.setdefault(people(sample.joint, part), (f"base, {where}", base))
        for theme, count in enumerate(counts):
            of = raising(sample.joint, part, theme)
            names.setdefault(of, (f"count of theme {theme}, {where}", count))
            rest = not_raising(sample.joint, part, theme)
            names.setdefault(rest, (f"rest of theme {theme}, {where}", base - count))
    return names


def said(shape: Shape, part: Part) -> str:
    """Name the people that a figure is of."""
    told = [f"{name}={shape.characteristics[name][node].id}" for name, node in sorted(part.groups)]
    told += [f"question={part.question}"] * (part.question is not None)
    told += [f"site={part.site if part.site != UNKNOWN else '?'}"] * (part.site is not None)
    told += [f"months={part.months[0]}-{part.months[1]}"] if part.months else []
    told += [part.polarity] if part.polarity else []
    return ", ".join(told) or "everyone"
