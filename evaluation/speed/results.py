"""Figures of speed; JSON first, tables and a chart are drawn from them."""

from __future__ import annotations

from typing import Literal, get_args

from evaluation.estimates import Result
from models.predictions import Effort  # noqa: TC001 - pydantic reads it

Part = Literal["systems", "encoder", "length", "rows", "ray", "processes"]
PARTS: tuple[Part, ...] = get_args(Part)


class SystemSpeed(Result):
    """One system on the test comments.

    Attributes:
        system: Its name.
        seconds: Wall-clock seconds of each round, over all the comments.
        comments_per_second: In its best round.
        times_the_peer: How many times the peer's rate that is.
        micro_f1: Over all measured themes.
        macro_f1: Mean over the measured themes that a test comment has.
        micro_f1_lost: Against Sayso accurate.
        macro_f1_lost: Against Sayso accurate.
    """

    system: str
    seconds: tuple[float, ...]
    comments_per_second: float
    times_the_peer: float
    micro_f1: float | None
    macro_f1: float | None
    micro_f1_lost: float | None
    macro_f1_lost: float | None


class SystemSpeeds(Result):
    """Systems on the same comments, by turns.

    Attributes:
        comments: Distinct comments of the test part.
        rows: Rows of the file with a comment.
        repeated_share: Share of these whose comment and question stand in an earlier row.
        themes: Themes measured.
        systems: A row each; the first is the peer.
    """

    comments: int
    rows: int
    repeated_share: float
    themes: int
    systems: tuple[SystemSpeed, ...]


class EncoderShare(Result):
    """The encoder's graph beside nothing but its matrix products, on one core.

    Attributes:
        runs: Runs into which the test comments' windows fall.
        tokens: Of all the windows.
        encoder_seconds: The graph.
        whole_seconds: Its products of 8-bit whole numbers, left as whole numbers of 32 bits.
        plain_seconds: Its products with float32 in and out.
        share_of_whole: How much of the speed of the first the graph reaches.
        share_of_plain: How much of the speed of the second.
    """

    runs: int
    tokens: int
    encoder_seconds: float
    whole_seconds: float
    plain_seconds: float
    share_of_whole: float
    share_of_plain: float


class LengthCost(Result):
    """What a comment of some words costs, in milliseconds a comment."""

    words: int
    comments: int
    effort: Effort
    milliseconds: float


class RowsCost(Result):
    """What tagging a file costs.

    Attributes:
        rows: Of the file.
        effort: How much work went into each comment.
        seconds: Wall-clock, without loading the model.
        rows_per_second: Of the whole file.
        memory_growth_mib: By how much the most memory rose, in MiB, that the process held which
            reads and writes; those that tag for it hold a bounded number of rows.
    """

    rows: int
    effort: Effort
    seconds: float
    rows_per_second: float
    memory_growth_mib: float


class RayOverhead(Result):
    """A folder of files tagged with Ray on one computer, beside one process.

    Attributes:
        files: In the folder.
        comments: In all of them.
        seconds_to_start: For files of one comment each: starting Ray, loading the models, ending.
        ray_comments_per_second: In what it takes beyond that; None where that is nothing.
        local_comments_per_second: One process that has loaded its model.
    """

    files: int
    comments: int
    seconds_to_start: float
    ray_comments_per_second: float | None
    local_comments_per_second: float


class SecondProcess(Result):
    """What a second process adds, each on a core of its own; medians of the turns.

    Attributes:
        turns: How often each was measured.
        one_tags: Comments a second of one process.
        two_tag: Comments a second of two at once.
        tagging_grows: Times by which two do more than one.
        product_grows: The same of processes that only multiply.
        beside_product: What tagging grows by over what products do, in the same turn: geometric
            mean.
        beside_product_low: Lower end of its 95% interval.
        beside_product_high: Upper end.
    """

    turns: int
    one_tags: float
    two_tag: float
    tagging_grows: float
    product_grows: float
    beside_product: float
    beside_product_low: float
    beside_product_high: float


class Speed(Result):
    """What was measured in one run.

    Attributes:
        model: The artefact's id.
        version: Its version.
        cores: That the process may use.
        parts: What was asked for.
        systems: Beside others.
        encoder: Beside its products.
        length: By the length of comments.
        rows: By the rows of a file.
        ray: With Ray; None where it is not installed.
        processes: With a second process.
    """

    model: str
    version: str
    cores: int
    parts: tuple[Part, ...]
    systems: SystemSpeeds | None = None
    encoder: EncoderShare | None = None
    length: tuple[LengthCost, ...] | None = None
    rows: tuple[RowsCost, ...] | None = None
    ray: RayOverhead | None = None
    processes: SecondProcess | None = None
