"""Figures of speed as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.speed.results import (
        EncoderShare,
        LengthCost,
        RayOverhead,
        RowsCost,
        SecondProcess,
        Speed,
        SystemSpeeds,
    )


def speed_tables(speed: Speed) -> Group:
    """Lay out all that was measured."""
    return Group(*_tables(speed))


def _tables(speed: Speed) -> Iterator[RenderableType]:
    yield f"{speed.model} {speed.version}, {speed.cores} cores"
    if speed.systems:
        yield _systems(speed.systems)
    if speed.encoder:
        yield _encoder(speed.encoder)
    if speed.length:
        yield _length(speed.length)
    if speed.rows:
        yield _rows(speed.rows)
    if speed.ray:
        yield _ray(speed.ray)
    elif "ray" in speed.parts:
        yield "Ray is not installed"
    if speed.processes:
        yield _processes(speed.processes)


def _systems(figures: SystemSpeeds) -> RenderableType:
    table = Table(
        Column("System", no_wrap=True),
        "comments/s",
        "x peer",
        "micro-F1",
        "macro-F1",
        "micro lost",
        "macro lost",
        box=None,
    )
    for row in figures.systems:
        table.add_row(
            row.system,
            f"{row.comments_per_second:,.0f}",
            f"{row.times_the_peer:.2f}",
            *(
                "-" if value is None else f"{value:{sign}.3f}"
                for value, sign in (
                    (row.micro_f1, ""),
                    (row.macro_f1, ""),
                    (row.micro_f1_lost, "+"),
                    (row.macro_f1_lost, "+"),
                )
            ),
        )
    told = (
        f"\n{figures.comments:,} distinct test comments, {figures.themes} themes; of the file's"
        f" {figures.rows:,} rows {figures.repeated_share:.1%} repeat an earlier one"
    )
    return Group(told, table)


def _encoder(share: EncoderShare) -> str:
    return (
        f"\nThe encoder's graph on one core: {share.encoder_seconds:.2f} s for {share.tokens:,}"
        f" tokens in {share.runs:,} runs\n"
        f"  {share.share_of_whole:.0%} of the speed of its products alone,"
        f" 8-bit in and 32-bit out ({share.whole_seconds:.2f} s)\n"
        f"  {share.share_of_plain:.0%} of the speed of its products"
        f" with float32 in and out ({share.plain_seconds:.2f} s)"
    )


def _length(costs: tuple[LengthCost, ...]) -> RenderableType:
    table = Table("\nWords", "\nEffort", "\nms a comment", box=None)
    for cost in costs:
        table.add_row(f"{cost.words}", cost.effort.value, f"{cost.milliseconds:.2f}")
    return table


def _rows(costs: tuple[RowsCost, ...]) -> RenderableType:
    table = Table("\nRows", "\nEffort", "\nseconds", "\nrows/s", "\nmemory growth MiB", box=None)
    for cost in costs:
        table.add_row(
            f"{cost.rows:,}",
            cost.effort.value,
            f"{cost.seconds:.1f}",
            f"{cost.rows_per_second:,.0f}",
            f"{cost.memory_growth_mib:.0f}",
        )
    return table


def _ray(ray: RayOverhead) -> str:
    rate = ray.ray_comments_per_second
    return (
        f"\nRay, {ray.comments:,} comments in {ray.files} files: {ray.seconds_to_start:.1f} s to"
        f" start, then {'-' if rate is None else f'{rate:,.0f}'} comments/s;\n"
        f"  one process without it {ray.local_comments_per_second:,.0f} comments/s"
    )


def _processes(found: SecondProcess) -> str:
    return (
        f"\nTwo processes on a core each tag {found.two_tag:,.0f} comments/s, one"
        f" {found.one_tags:,.0f}: {found.tagging_grows:.2f} times\n"
        f"  two that only multiply do {found.product_grows:.2f} times as much as one\n"
        f"  tagging grows {found.beside_product:.3f} times as much as that, 95% interval"
        f" {found.beside_product_low:.3f} to {found.beside_product_high:.3f} ({found.turns} turns)"
    )
