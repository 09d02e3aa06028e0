"""Whether less is found in a group than elsewhere by more than chance explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import hypergeom

from evaluation.estimates import LEVEL
from evaluation.group_figures import MATERIAL_DIFFERENCE

if TYPE_CHECKING:
    from evaluation.estimates import Estimate
    from evaluation.predictions import Floats


def is_materially_worse(difference: Estimate, p_value: float) -> bool:
    """Tell whether less is found by more than is small, and by more than chance explains.

    The difference of recall is under -`MATERIAL_DIFFERENCE`, its 95% interval ends below 0, and an
    exact test agrees: where everything was found, so it is in every resample, and the interval
    is too narrow. One in forty at most of those for whom as much is found come to that by chance.

    Args:
        difference: Recall less recall elsewhere, with its bootstrap interval.
        p_value: See `p_fewer_found`; adjusted where there are many.
    """
    value, high = difference.value, difference.high
    if value is None or high is None:
        return False
    return value < -MATERIAL_DIFFERENCE and high < 0 and p_value < (1 - LEVEL) / 2


def p_fewer_found(
    found: Floats, true: Floats, found_elsewhere: Floats, true_elsewhere: Floats
) -> Floats:
    """Test whether a smaller share is found than elsewhere: Fisher's exact test, one-sided.

    p = P(X <= found), X hypergeometric: how many of the found ones fall among the group's true
    ones if it makes no difference to them (Fisher 1935, *The logic of inductive inference*).

    Args:
        found: Whole numbers of any one shape, as all the others are.
        true: Of how many; here and elsewhere together at least one.
        found_elsewhere: The same of everyone else.
        true_elsewhere: Of how many.
    """
    return np.asarray(hypergeom.cdf(found, true + true_elsewhere, found + found_elsewhere, true))
