"""How cells are written where a format has no type for them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def with_nested_as_json(frame: pl.DataFrame) -> pl.DataFrame:
    """Turns lists, objects and mixed values into JSON text; other columns stay.

    Args:
        frame: Any frame.

    Returns:
        A frame of the same shape.
    """
    import polars as pl

    return pl.DataFrame([_nested_as_json(column) for column in frame.iter_columns()])


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Turns every cell into text, as a CSV file holds it; null becomes the empty text.

    Args:
        frame: Any frame.

    Returns:
        A frame of the same shape, all text: dates and times in ISO 8601, truth values as "true" and
        "false".
    """
    import polars as pl

    columns = [_column_as_text(_nested_as_json(column)) for column in frame.iter_columns()]
    return pl.DataFrame(columns)


def _nested_as_json(column: pl.Series) -> pl.Series:
    import polars as pl

    if not isinstance(column.dtype, pl.List | pl.Array | pl.Struct | pl.Object):
        return column
    cells = [_cell_as_json(value) for value in column.to_list()]
    return pl.Series(column.name, cells, dtype=pl.String)


def _column_as_text(column: pl.Series) -> pl.Series:
    text = _with_cells_as_text(column)
    return text.fill_null("") if text.has_nulls() else text


def _with_cells_as_text(column: pl.Series) -> pl.Series:
    import polars as pl

    if isinstance(column.dtype, pl.Datetime):
        zone = "%:z" if column.dtype.time_zone else ""
        return column.dt.strftime(f"%Y-%m-%d %H:%M:%S%.f{zone}")
    if column.dtype == pl.Duration:
        return column.dt.to_string("iso")
    if column.dtype == pl.Binary:
        return column.bin.encode("base64")
    return column if column.dtype == pl.String else column.cast(pl.String)


def as_json(value: object) -> str:
    """Writes a value as JSON: dates and the like in their plain form, bytes in base64."""
    return _JSON.encode(value)


def _plain(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


_JSON = json.JSONEncoder(ensure_ascii=False, default=_plain)


def _cell_as_json(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else as_json(value)
