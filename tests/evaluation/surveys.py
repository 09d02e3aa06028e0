"""A small survey that was coded, as files."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DEFINITION = """\
id: small
name: Small survey
codebook: tiny
columns:
  person: person
  date: date
  site: site
  text:
    - {column: good, question: "What was good?"}
    - {column: better, question: "What could we do better?"}
  characteristics:
    sex: {column: sex, scheme: sex, codes: {"": not_known}}
    ethnicity: {column: ethnicity, scheme: ethnicity_nhs16, compared: broad_groups}
planted: []
"""
RESPONSES = (
    ("person", "date", "site", "good", "better", "sex", "ethnicity"),
    ("p1", "2025-01-01", "a", "so kind", "waited 5 hours to be seen", "F", "A"),
    ("p2", "2025-01-02", "a", "", "no parking within 2 miles", "M", "H"),
    ("p3", "2025-01-03", "a", "-", "waited 5 hours to be seen", "", "R"),
    ("p4", "2025-01-04", "a", "all of the staff were kind", "...", "F", "Z"),
)
CODES = (
    ("person", "question", "themes", "polarity", "language"),
    ("p1", "What was good?", "kindness", "kindness=positive", "en"),
    ("p1", "What could we do better?", "waiting", "waiting=negative", "en"),
    ("p2", "What could we do better?", "parking", "", ""),
    ("p3", "What was good?", "", "", "en"),
    ("p3", "What could we do better?", "kindness; waiting", "", "pl"),
)


def write_survey(
    folder: Path,
    responses: Iterable[Iterable[str]] = RESPONSES,
    codes: Iterable[Iterable[str]] = CODES,
) -> Path:
    """Write a survey and give the path of its definition."""
    for name, rows in (("small.csv", responses), ("small_codes.csv", codes)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    (folder / "survey.yaml").write_text(DEFINITION, "utf-8")
    return folder / "survey.yaml"
