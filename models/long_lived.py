"""What a process keeps until it ends."""

from __future__ import annotations

import gc

RARELY = 20_000
"""New objects from which garbage is looked for; what one comment leaves behind is no garbage."""


def keep_for_good() -> None:
    """Leave what the process holds by now out of garbage collections, and make these few.

    For processes that tag until they end, once the tagger is loaded: what it holds stays, and
    going through all of it again and again takes time. What is said of comments refers to nothing
    that refers to it, so that it goes without.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(RARELY)
