"""A survey with all that its counts are made of."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from evaluation.fairness import read_fairness
from service.counts.cautions import cautions
from service.counts.read_people import read_answers
from service.counts.stored import readings_version, stored_readings
from service.counts.table import build_table, build_trend
from service.errors import ConflictError, NotFoundError, UnprocessableError
from service.store import surveys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.fairness import Fairness
    from labelled_data import Codebook
    from service.counts.policy import Policy
    from service.counts.read_people import ReadAnswers
    from service.counts.readings import Readings
    from service.counts.records import CountQuery, CountsTable, TrendTable
    from service.counts.table import Corrections
    from service.readings_cache import Held, ReadingsCache
    from service.records import Survey
    from service.store import Store
    from service.tagging import LoadedModels


@dataclass(frozen=True, slots=True)
class CountedSurvey:
    """A survey as of one moment.

    Attributes:
        store: Where it is.
        survey: The survey.
        fairness: Errors of its model by equality group, where they are recorded.
        held: What its responses say.
    """

    store: Store
    survey: Survey
    fairness: Fairness | None
    held: Held

    @property
    def readings(self) -> Readings:
        """What its responses say."""
        return self.held.readings

    def tells(self, policy: Policy, dimension: str) -> bool:
        """Tell whether a policy tells a dimension at all."""
        held = self.held.protected(policy)
        return held is None or dimension in {each.id for each in held.tallies.dimensions}

    def corrections(self, policy: Policy) -> Corrections:
        """Make what corrects its counts by what people read of random samples.

        Raises:
            NotFoundError: The survey was erased meanwhile.
        """
        return self.read_answers().corrections(policy)

    def read_answers(self) -> ReadAnswers:
        """Give what people read of random samples.

        Raises:
            NotFoundError: The survey was erased meanwhile.
        """
        return read_answers(self.store, self.survey, self.readings, self.held.everyone())

    def table(
        self, query: CountQuery, policy: Policy, corrections: Corrections | None = None
    ) -> CountsTable:
        """Count people by theme and group.

        Args:
            query: Who is counted, and how they are parted.
            policy: What may be published of small numbers.
            corrections: What corrects the counts, where that is wanted.

        Raises:
            UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
        """
        return build_table(
            self.readings,
            query,
            policy,
            survey=self.survey.id,
            survey_name=self.survey.name,
            model=self.survey.artefact,
            made=datetime.now(UTC),
            corrections=corrections,
            cautions=partial(cautions, self.fairness),
            protection=self.held.protected(policy),
        )

    def trend(self, query: CountQuery, period: str, policy: Policy) -> TrendTable:
        """Count people by theme and period.

        Raises:
            UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
        """
        with faults_named(by="period"):
            return build_trend(
                self.readings,
                query,
                period,
                policy,
                survey=self.survey.id,
                survey_name=self.survey.name,
                model=self.survey.artefact,
                made=datetime.now(UTC),
                protection=self.held.protected(policy),
            )


def counted_survey(
    store: Store, models: LoadedModels, cache: ReadingsCache, survey_id: str
) -> CountedSurvey:
    """Give a survey as it is now, with all that its counts are made of.

    Args:
        store: Where it is.
        models: Tell which themes there are.
        cache: Keeps what its responses say.
        survey_id: Its id.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
    """
    try:
        with store.read() as conn:
            survey = surveys.get(conn, survey_id)
            version = readings_version(conn, survey)
        codebook = _codebook(models, survey)
        fetch = partial(stored_readings, store, survey, codebook)
        held = cache.get(survey_id, version, fetch)
    except NotFoundError:
        cache.forget(survey_id)  # another process may have erased it
        raise
    return CountedSurvey(store, survey, _fairness(models, survey), held)


@contextmanager
def faults_named(**names: str) -> Iterator[None]:
    """Name what is wrong in a query as it is called elsewhere.

    Args:
        **names: The other name, by the attribute of `CountQuery`.

    Raises:
        UnprocessableError: What was raised within, with the other names.
    """
    try:
        yield
    except UnprocessableError as error:
        renamed = [
            replace(fault, column=names.get(fault.column or "", fault.column))
            for fault in error.errors
        ]
        raise UnprocessableError(str(error), tuple(renamed)) from error


def _codebook(models: LoadedModels, survey: Survey) -> Codebook:
    if survey.model not in models.ids:
        raise ConflictError(f"the model {survey.model!r} of the survey is not loaded here")
    return models.get(survey.model).codebook


def _fairness(models: LoadedModels, survey: Survey) -> Fairness | None:
    """Read what is recorded of the model, if it is loaded in the version that tags the survey."""
    if models.stamp(survey.model) != survey.artefact:
        return None
    return read_fairness(models.get(survey.model))
