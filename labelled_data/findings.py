"""What a check found, apart from how it is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["error", "warning"]
Rule = Literal[
    "unreadable_row",
    "duplicate_header",
    "long_row",
    "short_row",
    "empty_text",
    "repeated_text",
    "misdecoded_text",
    "control_characters",
    "overlong_cell",
    "unknown_theme",
    "bad_sentiment",
    "contradictory_labels",
]

SEVERITIES: Mapping[Rule, Severity] = {
    "unreadable_row": "error",
    "duplicate_header": "error",
    "long_row": "error",
    "short_row": "warning",
    "empty_text": "warning",
    "repeated_text": "warning",
    "misdecoded_text": "warning",
    "control_characters": "warning",
    "overlong_cell": "warning",
    "unknown_theme": "error",
    "bad_sentiment": "error",
    "contradictory_labels": "warning",
}
"""An error makes the file unusable as it stands; a warning is worth a look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a file.

    Attributes:
        row: Row as a spreadsheet numbers it; 1 is the header.
        column: Name of the column, or None where the whole row is meant.
        rule: What was broken.
        severity: Whether the file can be used as it stands.
        sentence: The same for people; never holds a comment's text.
    """

    row: int
    column: str | None
    rule: Rule
    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything wrong with a file.

    Attributes:
        path: The file.
        rows: How many rows were read below the header.
        findings: In the order of the file; of each rule the first ones only, when there are very
            many.
        counts: How often each rule was broken, with those not listed.
    """

    path: str
    rows: int
    findings: tuple[Finding, ...]
    counts: Mapping[Rule, int]

    @property
    def errors(self) -> int:
        """How many findings make the file unusable as it stands."""
        return sum(times for rule, times in self.counts.items() if SEVERITIES[rule] == "error")

    @property
    def warnings(self) -> int:
        """How many findings are worth a look."""
        return sum(self.counts.values()) - self.errors

    def as_json(self) -> dict[str, Any]:
        """Gives the report as values that JSON can hold."""
        return {**asdict(self), "errors": self.errors, "warnings": self.warnings}


@dataclass
class FindingList:
    """Findings while they are gathered: all are counted, the first of each rule are kept.

    Attributes:
        limit: Most findings to keep of each rule.
    """

    limit: int
    kept: list[Finding] = field(default_factory=list)
    counts: Counter[Rule] = field(default_factory=Counter)

    def add(self, row: int, column: str | None, rule: Rule, sentence: str) -> None:
        """Counts a finding, and keeps it unless there are too many of its kind."""
        self.counts[rule] += 1
        if self.counts[rule] <= self.limit:
            self.kept.append(Finding(row, column, rule, SEVERITIES[rule], sentence))
