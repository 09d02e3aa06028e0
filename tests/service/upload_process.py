"""Uploads a file in a process of its own, to be killed."""

import sys
from pathlib import Path

from service.intake import upload
from service.store import Store
from service.uploads import UploadLimits

if __name__ == "__main__":
    url, survey, file = sys.argv[1:]
    upload(Store.open(url), survey, Path(file), "csv", UploadLimits(), "key 1")
