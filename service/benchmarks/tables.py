"""The figures as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.benchmarks.figures import (
        CountsFigures,
        CrowdFigures,
        KillFigures,
        LatencyFigures,
        PageFigures,
        ServiceFigures,
        SharingFigures,
        UploadFigures,
    )

Line = tuple[str, str]


def sections(figures: ServiceFigures) -> Iterator[tuple[str, list[Line]]]:
    """Give a title and its lines for each part that was measured."""
    if figures.upload is not None:
        yield f"{figures.upload.rows:,} responses as CSV", _upload(figures.upload)
    if figures.latency is not None:
        yield (
            f"One comment, {figures.latency.per_second:g} times a second",
            _latency(figures.latency),
        )
    if figures.crowd is not None:
        yield f"{figures.crowd.clients} clients at once", _crowd(figures.crowd)
    for kill in figures.kill:
        yield f"Killed {kill.kills} times on {kill.database}", _kill(kill)
    for counts in figures.counts:
        yield f"{counts.responses:,} responses counted on {counts.database}", _counts(counts)
    for pages in figures.pages:
        yield f"Pages over {pages.responses:,} responses on {pages.database}", _pages(pages)
    if figures.sharing is not None:
        comments, database = figures.sharing.comments, figures.sharing.database
        yield f"Workers that share {comments:,} comments on {database}", _sharing(figures.sharing)


def _upload(found: UploadFigures) -> list[Line]:
    tagged = found.seconds_until_tagged
    return [
        ("database", found.database),
        ("size of the file", f"{found.megabytes:.1f} MB"),
        ("accepted after", f"{found.seconds_until_accepted:.1f} s"),
        ("peak memory of the service", _memory(found.peak_memory)),
        ("accepted", f"{found.accepted:,}"),
        ("duplicate", f"{found.duplicate:,}"),
        ("rejected", f"{found.rejected:,}"),
        ("as put in the file, and together all rows", _yes(found.adds_up)),
        ("comments", f"{found.comments:,}"),
        ("tagged after", "not waited for" if tagged is None else f"{tagged:,.0f} s"),
    ]


def _latency(found: LatencyFigures) -> list[Line]:
    return [
        ("requests", f"{found.requests:,}"),
        ("p50", f"{found.p50:.1f} ms"),
        ("p99", f"{found.p99:.1f} ms"),
        ("worst", f"{found.worst:.1f} ms"),
        ("failures", f"{found.failures:,}"),
    ]


def _crowd(found: CrowdFigures) -> list[Line]:
    return [
        ("requests", f"{found.requests:,} in {found.seconds:g} s"),
        ("answered", f"{found.answered:,}"),
        ("turned away with 503", f"{found.turned_away:,}"),
        ("other failures", f"{found.failures:,}"),
        ("comments tagged", f"{found.comments:,}"),
        ("answered otherwise than by Tagger.tag", f"{found.different:,}"),
    ]


def _kill(found: KillFigures) -> list[Line]:
    return [
        ("kills in the middle of an upload", f"{found.while_uploading}"),
        ("kills with comments left to tag", f"{found.while_tagging}"),
        ("responses acknowledged", f"{found.acknowledged:,}"),
        ("comments of them missing", f"{found.missing:,}"),
        ("comments there more than once", f"{found.doubled:,}"),
        ("comments nobody sent", f"{found.strange:,}"),
        ("comments in all", f"{found.comments:,}"),
        ("untagged", f"{found.untagged:,}"),
        ("with a theme twice", f"{found.doubled_tags:,}"),
        ("tagged otherwise than by Tagger.tag", f"{found.different:,}"),
        ("every response there once and tagged once", _yes(found.is_whole)),
    ]


def _counts(found: CountsFigures) -> list[Line]:
    return [
        ("written straight into the store in", f"{found.seconds_to_write:.1f} s"),
        ("prepared by a worker in", f"{found.seconds_to_prepare:.1f} s"),
        ("read in", f"{found.seconds_to_read:.3f} s"),
        ("exact counts by one characteristic in", f"{found.seconds_to_count:.3f} s"),
        ("first protected table, with reading, in", f"{found.seconds_for_table:.3f} s"),
        ("next protected table in", f"{found.seconds_for_table_again:.3f} s"),
        ("rows of the table", f"{found.rows:,}"),
        ("peak memory of the process that counted", _memory(found.peak_memory)),
    ]


def _pages(found: PageFigures) -> list[Line]:
    return [
        (page.path, f"{page.usual:.0f} ms, at first {page.first:.0f} ms") for page in found.pages
    ]


def _sharing(found: SharingFigures) -> list[Line]:
    return [
        ("turns of each", f"{found.turns}"),
        ("one worker", f"{found.one_worker:,.0f} comments/s"),
        ("two workers", f"{found.two_workers:,.0f} comments/s"),
        ("two workers against one", f"{found.second_adds:.2f}"),
        ("most that one of two did", f"{found.largest_share:.0%}"),
        ("one process of bare products", f"{found.one_product:,.0f} products/s"),
        ("two processes of bare products", f"{found.two_products:,.0f} products/s"),
        ("two such processes against one", f"{found.second_product_adds:.2f}"),
        ("a second worker adds as much at least", _yes(found.adds_enough)),
    ]


def _memory(mebibytes: int | None) -> str:
    return "not told here" if mebibytes is None else f"{mebibytes:,} MiB"


def _yes(true: bool) -> str:
    return "yes" if true else "NO"
