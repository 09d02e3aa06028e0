"""Random predictions, small enough to count by hand."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evaluation import EvaluationSettings, Predictions

QUICK = EvaluationSettings(resamples=20, ranking_resamples=10)


@st.composite
def predictions(draw: st.DrawFn, max_comments: int = 12, max_themes: int = 4) -> Predictions:
    comments = draw(st.integers(1, max_comments))
    themes = draw(st.integers(1, max_themes))
    flags = hnp.arrays(np.bool_, (comments, themes))
    # few distinct scores, so that ties are common
    scores = hnp.arrays(np.float64, (comments, themes), elements=st.sampled_from([0, 0.2, 0.5, 1]))
    names = tuple(f"theme-{i}" for i in range(themes))
    return Predictions(draw(flags), draw(scores), draw(flags), names)
