import pytest

from evaluation import errors


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidPredictionsError,
        errors.UnknownStatusError,
        errors.UnknownSystemError,
        errors.NothingToLearnError,
        errors.NothingToMeasureError,
        errors.DifferentCodebooksError,
        errors.UnwritableReportError,
        errors.NotFittedError,
    ],
)
def test_one_root_catches_every_error(error: type[Exception]) -> None:
    assert issubclass(error, errors.EvaluationError)
    assert error.__name__ in (errors.__doc__ or "")
