"""Reading what is uploaded to a survey: receiving a body, and making responses of its rows."""

from service.uploads.limits import UploadLimits
from service.uploads.preview import Preview, RawValue, preview
from service.uploads.rows import RowBatch, read_rows
from service.uploads.source import UploadFormat
from service.uploads.spool import receive, sweep

__all__ = [
    "Preview",
    "RawValue",
    "RowBatch",
    "UploadFormat",
    "UploadLimits",
    "preview",
    "read_rows",
    "receive",
    "sweep",
]
