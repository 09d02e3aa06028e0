"""Comments that people read and code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.client.calls import Asking, place
from service.client.review_results import (
    Agreement,
    CommentToRead,
    ReadingPlan,
    Review,
    Sample,
    Samples,
    Stratum,
    ToRead,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ReviewCalls(Asking):
    """What the client asks of reviews."""

    def draw_sample(
        self,
        survey: str,
        size: int,
        kind: Literal["random", "uncertain"] = "random",
        *,
        unit: Literal["comments", "people"] = "comments",
        seed: int | None = None,
        blind: bool = True,
    ) -> Sample:
        """Draw comments of a survey for people to read.

        Args:
            survey: The survey.
            size: How many; fewer where there are not so many.
            kind: "random", each with the same chance, or "uncertain", those of which the model is
                least sure.
            unit: "comments", or "people" at random with all that they wrote, by whom figures are
                corrected.
            seed: Draws the same comments again; any by default.
            blind: Whether readers are not shown what the model says.
        """
        return self._draw(
            survey, {"kind": kind, "unit": unit, "size": size, "seed": seed, "blind": blind}
        )

    def draw_strata(
        self,
        survey: str,
        strata: Sequence[Stratum],
        *,
        seed: int | None = None,
        blind: bool = True,
    ) -> Sample:
        """Draw people at random, some number of each of several strata.

        Args:
            survey: The survey.
            strata: Who, and how many; each person is in the first they fall in. One without groups
                is of everyone else.
            seed: Draws the same people again; any by default.
            blind: Whether readers are not shown what the model says.
        """
        listed = [stratum.model_dump() for stratum in strata]
        body = {"kind": "random", "unit": "people", "strata": listed, "seed": seed, "blind": blind}
        return self._draw(survey, body)

    def _draw(self, survey: str, body: Mapping[str, object]) -> Sample:
        path = place("surveys", survey, "reviews", "samples")
        # sent twice it would draw two
        return self._calls.ask(Sample, "POST", path, body=body, repeatable=False)

    def samples(self, survey: str) -> tuple[Sample, ...]:
        """List the samples drawn of a survey."""
        path = place("surveys", survey, "reviews", "samples")
        return self._calls.ask(Samples, "GET", path).samples

    def reading_plan(
        self,
        survey: str,
        by: str,
        themes: Sequence[str] = (),
        *,
        width: float = 0.1,
        aim: Literal["groups", "overall"] = "groups",
        policy: str = "nhs",
    ) -> ReadingPlan:
        """Plan how many people of which groups to read; `draw_strata` takes the plan's strata.

        Args:
            survey: The survey.
            by: Characteristic whose groups are to be read.
            themes: Ids of the themes whose shares are to be corrected; none for all.
            width: Full width wanted of the intervals of corrected shares, 0 to 1.
            aim: Whether each group's interval is to be so narrow, or everyone's.
            policy: What may be told of small numbers.
        """
        query = {"by": by, "theme": list(themes), "width": width, "aim": aim, "policy": policy}
        path = place("surveys", survey, "reviews", "plan")
        return self._calls.ask(ReadingPlan, "GET", path, query=query)

    def next_review(self, survey: str, sample: int) -> CommentToRead | None:
        """Give the next comment of a sample to read; None when all are read."""
        path = place("surveys", survey, "reviews", "next")
        return self._calls.ask(ToRead, "GET", path, query={"sample": sample}).comment

    def put_review(
        self,
        survey: str,
        comment: int,
        themes: Sequence[str],
        polarity: Mapping[str, str] | None = None,
        *,
        sample: int | None = None,
    ) -> Review:
        """Say which themes a comment has, in place of what was said before with the same key.

        Args:
            survey: The survey.
            comment: Number of the comment.
            themes: Ids of its themes; empty when none applies.
            polarity: How each is spoken of, where it was said.
            sample: The sample it was read for, if any.
        """
        body = {"sample": sample, "themes": list(themes), "polarity": dict(polarity or {})}
        return self._calls.ask(
            Review, "PUT", place("surveys", survey, "reviews", comment), body=body
        )

    def agreement(self, survey: str) -> Agreement:
        """Tell how far people agree who read the same comments."""
        return self._calls.ask(Agreement, "GET", place("surveys", survey, "reviews", "agreement"))

    def export_reviews(self, survey: str) -> bytes:
        """Give what people said as the CSV file that ``sayso train --corrections`` reads."""
        return self._calls.content("GET", place("surveys", survey, "reviews", "export"))
