"""What is said of comments, in plain words."""

from __future__ import annotations

from labelled_data import Polarity
from models import Status

STATUSES = {
    Status.TAGGED: "Themes found",
    Status.NO_THEME: "Read, but none of the themes found",
    Status.UNSURE: "Unsure: a person should look",
    Status.NOT_ENGLISH: "Not read: not in English",
    Status.EMPTY: "Not read: nothing is written",
}
WAITING = "Not read yet: waiting for the model"
POLARITIES = {
    Polarity.POSITIVE: "praise",
    Polarity.NEGATIVE: "blame",
    Polarity.MIXED: "praise and blame",
    Polarity.NEUTRAL: "neither praise nor blame",
}
COLOURS = {Polarity.POSITIVE: "praise", Polarity.NEGATIVE: "blame"}
"""Classes of tags; the words beside them say the same."""


def status_words(status: Status | None) -> str:
    """Say how far a comment could be read."""
    return WAITING if status is None else STATUSES[status]
