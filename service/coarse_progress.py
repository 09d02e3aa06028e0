"""How far a survey has come, told so that published counts cannot be taken apart by it.

How many comments could be read is close to the base of every table. Told exactly, it would let a
reader work out a group that a table hides as what is left over.
"""

from __future__ import annotations

from service.missing_groups import FEWEST
from service.records import Progress
from service.rounding import rounded

STEP = 10
"""Responses and comments are told to the nearest multiple of it."""
STATUS_STEP = 20


def coarse_progress(progress: Progress) -> Progress:
    """Round what a survey holds; as many comments are tagged as there are only if all are.

    Args:
        progress: How far it has come.

    Returns:
        The same without groups, and without statuses where it has fewer than 200 comments.
    """
    comments = rounded(progress.comments, STEP)
    done = progress.tagged >= progress.comments
    tagged = comments if done else min(progress.tagged // STEP * STEP, max(comments - STEP, 0))
    statuses = {
        status: rounded(times, STATUS_STEP)
        for status, times in progress.statuses.items()
        if progress.comments >= FEWEST
    }
    return Progress(
        responses=rounded(progress.responses, STEP),
        # a survey of a few comments is not told as done before it is
        comments=comments if done else max(comments, STEP),
        tagged=tagged,
        statuses=statuses,
        groups={},
    )
