"""What a process keeps until it ends."""

from __future__ import annotations

import gc


def keep_for_good() -> None:
    """Leave what the process holds by now out of all garbage collections to come.

    For processes that tag until they end, once the tagger is loaded: what it holds stays, and
    going through all of it again and again takes time.
    """
    gc.collect()
    gc.freeze()
