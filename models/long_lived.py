"""What a process keeps until it ends."""

from __future__ import annotations

import gc


def keep_for_good() -> None:
    """Leave what the process holds by now out of all garbage collections to come.

    For processes that tag until they end, once the tagger is loaded: going through its words
    again and again takes a tenth of the time of quick tagging.
    """
    gc.collect()
    gc.freeze()
