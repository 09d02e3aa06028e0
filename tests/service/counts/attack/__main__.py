"""A longer attack, by hand: ``python -m tests.service.counts.attack --surveys 5000 --seed 1``."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated

import typer

from service.counts.policy import shipped_policy
from tests.service.counts.attack.attacking import attack
from tests.service.counts.attack.plans import hard_plan, random_plan, varied_plan
from tests.service.counts.attack.publishing import Naive
from tests.service.counts.attack.report import failures
from tests.service.counts.attack.service import Service
from tests.service.counts.attack.surveys import make_sample
from tests.service.counts.attack.usefulness import Usefulness


def main(
    surveys: Annotated[int, typer.Option(help="How many to attack.")] = 500,
    seed: Annotated[int, typer.Option(help="Of the first; each has the next.")] = 0,
    publisher: Annotated[str, typer.Option(help="service, exact or naive.")] = "service",
    largest: Annotated[int, typer.Option(help="Most unknown numbers of a survey.")] = 700,
    nested: Annotated[bool, typer.Option(help="One characteristic is within another.")] = False,
    varied: Annotated[bool, typer.Option(help="Other kinds of surveys, of any size.")] = False,
    hard: Annotated[bool, typer.Option(help="Several dimensions that go together.")] = False,
    whole: Annotated[bool, typer.Option(help="Numbers must be whole: far slower.")] = False,
) -> None:
    """Attack surveys and tell what was narrowed."""
    nhs = shipped_policy("nhs")
    policy = shipped_policy("exact") if publisher == "exact" else nhs
    tried, narrowed, useful, broken = Counter[str](), Counter[str](), Usefulness(), 0
    for number in range(seed, seed + surveys):
        if hard:
            plan = hard_plan(number)
        elif varied:
            plan = varied_plan(number)
        else:
            plan = random_plan(number, largest=largest, nested=nested)
        sample = make_sample(plan)
        from_whom = Naive(sample, nhs) if publisher == "naive" else Service(sample, policy)
        outcome = attack(sample, from_whom, policy, nhs, whole=whole)
        tried.update(target.kind for target in outcome.targets)
        narrowed.update(each.target.kind for each in outcome.narrowed)
        useful.add(sample, nhs, outcome.figures)
        if said := failures(sample, outcome, policy):
            broken += 1
            sys.stdout.write(f"{said}\n\n" if publisher == "service" else "")
            sys.stdout.flush()
    for kind, many in tried.items():
        sys.stdout.write(f"{kind}: {narrowed[kind]} of {many} small numbers narrowed\n")
    sys.stdout.write(f"{broken} of {surveys} surveys broken\n{useful}\n")


if __name__ == "__main__":
    typer.run(main)
