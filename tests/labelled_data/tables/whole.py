"""Whole tables, written and read in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from labelled_data.tables import open_table, open_writer

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, *frames: pl.DataFrame) -> Path:
    """Writes frames, one after the other, as one table."""
    with open_writer(path, frames[0].columns) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def read(path: Path) -> pl.DataFrame:
    """Reads a table into one frame."""
    table = open_table(path)
    frames = [batch.frame for batch in table.batches()]
    return (
        pl.concat(frames)
        if frames
        else pl.DataFrame(schema=dict.fromkeys(table.columns, pl.String))
    )
