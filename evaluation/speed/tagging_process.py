"""A process that tags comments with one thread, on one core."""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

from evaluation.speed.repeating import keep_to, repeat, told
from models import load
from models.long_lived import keep_for_good

if TYPE_CHECKING:
    from models import Tagger

BATCH = 256


def main(core: str, model: str) -> None:
    """Tag the comments on the input, over and over."""
    keep_to(core)
    tagger = load(model, threads=1)
    keep_for_good()
    texts, questions = json.loads(told())
    batches = [
        partial(_tag, tagger, texts[start : start + BATCH], questions[start : start + BATCH])
        for start in range(0, len(texts), BATCH)
    ]
    repeat(cycle(batches))


def _tag(tagger: Tagger, texts: list[str], questions: list[str | None]) -> int:
    return len(tagger.tag(texts, questions))


if __name__ == "__main__":
    main(*sys.argv[1:])
