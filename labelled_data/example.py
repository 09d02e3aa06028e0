"""The example survey that comes with Sayso; its comments were made up for it."""

from __future__ import annotations

from pathlib import Path


def example_file() -> Path:
    """Gives the path of the example: a CSV file with the columns response, question and comment."""
    return Path(__file__).parent / "examples" / "fft_example.csv"
