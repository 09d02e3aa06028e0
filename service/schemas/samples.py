"""What the calls on samples take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.records import ArtefactStamp
from service.schemas.comments import Short
from service.schemas.surveys import ARTEFACT

# pydantic needs it to read the records
from service.store.samples import SampleKind, SampleUnit
from service.store.strata import Stratum

if TYPE_CHECKING:
    from service.store.samples import Sample as StoredSample

MOST_DRAWN = 10_000
MOST_STRATA = 200

NEW_SAMPLE: dict[str, Any] = {"kind": "random", "unit": "people", "size": 200, "blind": True}
NEW_STRATA: dict[str, Any] = {
    "kind": "random",
    "unit": "people",
    "strata": [
        {"groups": {"ethnicity": "asian"}, "size": 120},
        {"groups": {"ethnicity": "black"}, "size": 100},
        {"groups": {}, "size": 80},
    ],
    "blind": True,
}
SAMPLE: dict[str, Any] = {
    "id": 3,
    "kind": "random",
    "unit": "people",
    "size": 200,
    "frame": 3638,
    "probability": 0.054975,
    "strata": [{"groups": {}, "size": 200, "frame": 3638}],
    "seed": 2166136261,
    "blind": True,
    "created": "2025-11-04T10:02:11Z",
    "artefact": ARTEFACT,
    "comments": 251,
    "read": 12,
    "people": 200,
    "people_read": 9,
}


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewStratum(_Schema):
    """People who are to be drawn with a chance of their own.

    Attributes:
        groups: Who they are: a group or broad group, or why there is none, by characteristic; empty
            for everyone whom no stratum before has.
        size: How many; fewer where there are not so many.
    """

    groups: Annotated[dict[Short, Short], Field(max_length=10)]
    size: Annotated[int, Field(ge=1, le=MOST_DRAWN)]


class NewSample(_Schema):
    """Comments that are to be drawn for people to read.

    Attributes:
        kind: "random" draws by chance, so that figures can be corrected by what people say;
            "uncertain" draws those of which the model is least sure.
        unit: "comments", or "people" with all that they wrote: figures are of people, and are
            corrected by people all of whose comments were read. People are drawn at random only.
        size: How many comments or people; fewer where there are not so many. Left out where
            `strata` say how many.
        strata: How many people of which groups; each person is in the first they fall in, and who
            is in none is not drawn.
        seed: Draws the same again from the same frame; any, where it is left out.
        blind: Whether readers are not shown what the model says.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [NEW_SAMPLE, NEW_STRATA]})

    kind: SampleKind
    unit: SampleUnit = "comments"
    size: Annotated[int, Field(ge=1, le=MOST_DRAWN)] | None = None
    strata: Annotated[tuple[NewStratum, ...], Field(max_length=MOST_STRATA)] = ()
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    blind: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.size is None) != bool(self.strata):
            raise ValueError("either `size` or `strata` says how many are drawn")
        if self.strata and self.unit != "people":
            raise ValueError("`strata` are of the unit `people`")
        if self.unit == "people" and self.kind != "random":
            raise ValueError("people are drawn at random: the kind is `random`")
        if sum(stratum.size for stratum in self.strata) > MOST_DRAWN:
            raise ValueError(f"at most {MOST_DRAWN:,} people are drawn at once")
        return self

    @property
    def all_strata(self) -> tuple[Stratum, ...]:
        """Those of a sample of people; without any, everyone is one."""
        if self.size is not None:
            return (Stratum(groups={}, size=self.size),)
        return tuple(Stratum(groups=each.groups, size=each.size) for each in self.strata)


class DrawnStratum(_Schema):
    """People who were drawn with a chance of their own.

    Attributes:
        groups: Who they are, by characteristic.
        size: How many were drawn.
        frame: How many there were.
    """

    groups: dict[str, str]
    size: int
    frame: int


class Sample(_Schema):
    """Comments drawn for people to read.

    Attributes:
        id: Its number.
        kind: How they were drawn.
        unit: What was drawn: comments, or people with all that they wrote.
        size: How many comments or people were drawn.
        frame: How many they were drawn from; of people, null for who may not read comments.
        probability: The chance that any of these had; null unless the sample is random and all had
            the same, and where `frame` is.
        strata: Of a sample of people, who was drawn with which chance; empty for who may not read
            comments.
        seed: Draws the same again from the same frame.
        blind: Whether readers are not shown what the model says.
        created: When they were drawn.
        artefact: What the comments were tagged by then.
        comments: How many comments there are to read.
        read: How many of these somebody has read.
        people: How many people they are from.
        people_read: How many of these had all their comments in the sample read.
    """

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [SAMPLE]})

    id: int
    kind: SampleKind
    unit: SampleUnit
    size: int
    frame: int | None
    probability: float | None
    strata: tuple[DrawnStratum, ...]
    seed: int
    blind: bool
    created: datetime
    artefact: ArtefactStamp
    comments: int
    read: int
    people: int
    people_read: int

    @classmethod
    def of(cls, sample: StoredSample, *, tells_frame: bool) -> Self:
        """Give what is told of a sample.

        Args:
            sample: The sample.
            tells_frame: Whether the caller may know how many people are in which group.
        """
        told = cls.model_validate(sample, from_attributes=True)
        if tells_frame or sample.unit == "comments":
            return told
        return told.model_copy(update={"frame": None, "probability": None, "strata": ()})


class Samples(_Schema):
    """A survey's samples, in the order in which they were drawn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"samples": [SAMPLE]}]})

    samples: tuple[Sample, ...]
