"""What every page of figures stands on: a survey, what was asked of it, and who asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from service import counting
from service.countable import Countable, countable
from service.counted_survey import counted_survey, faults_named
from service.counts.policy import Policy
from service.counts.records import CountQuery, CountsTable, TrendTable
from service.counts.stored import survey_characteristics
from service.deps import ModelsDep, ReadingsDep, StoreDep
from service.errors import ConflictError, NotFoundError, UnprocessableError
from service.pages.asked import Pairs, pairs_of, read_as
from service.pages.comment_words import POLARITIES
from service.pages.figure_links import FigureLinks, links_of
from service.pages.route import sentence
from service.pages.visitor import SurveyViewer
from service.rendering import page
from service.schemas.counts import DEFAULT_POLICY, OUTSIDE, CountsFilter, TrendsFilter
from service.schemas.surveys import SurveyPath
from service.security.principals import Scope
from service.surveys import get

Option = tuple[str, str]

POLICY = "policy"
FILTERS = ("question", "site", "from", "to", "polarity")
"""What figures are narrowed by, as the calls name it."""
OF_TRENDS = ("question", "site", "polarity")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there are no figures.

    Attributes:
        status: The HTTP status.
        errors: Ids of the fields that are wrong, or nothing, each with a sentence.
    """

    status: int
    errors: tuple[tuple[str, str], ...]


class FigureDesk:
    """Counts a survey for a page as the calls do, under the policy that the visitor chose.

    It is asked for by type: ``desk: Annotated[FigureDesk, Depends()]``.

    Args:
        survey: Id of the survey.
        request: What the browser asked.
        store: Where the survey is.
        models: Tell which themes there are.
        readings: What counts are made of.
        visitor: Who asks.
    """

    def __init__(
        self,
        survey: SurveyPath,
        request: Request,
        store: StoreDep,
        models: ModelsDep,
        readings: ReadingsDep,
        visitor: SurveyViewer,
    ) -> None:
        self.store, self.visitor = store, visitor
        self.survey = get(store, survey)
        self._models, self._readings = models, readings
        self._sent = request.query_params.multi_items()
        self.pairs: Pairs = pairs_of(self._sent, (*FILTERS, POLICY))

    @property
    def asked(self) -> dict[str, str]:
        """What the figures are narrowed by."""
        return dict(self.pairs)

    def setting(self, name: str, allowed: Sequence[str]) -> str:
        """Give what the visitor chose of a page's own settings; the first where they chose none."""
        chosen = dict(pairs_of(self._sent, (name,))).get(name, "")
        return chosen if chosen in allowed else allowed[0]

    @cached_property
    def policy(self) -> Policy:
        """What may be published of small numbers.

        Raises:
            UnprocessableError: There is no such policy.
            ForbiddenError: The visitor may not see exact counts.
        """
        named = self.asked.get(POLICY, DEFAULT_POLICY)
        return counting.allowed(CountsFilter(policy=named).chosen_policy(), self.visitor.principal)

    @cached_property
    def countable(self) -> Countable:
        """What the counts can be asked by.

        Raises:
            ConflictError: The model that tags the survey is not loaded.
        """
        survey = counted_survey(self.store, self._models, self._readings, self.survey.id)
        return countable(survey, self.policy)

    @property
    def characteristics(self) -> dict[str, str]:
        """Plain names of the survey's characteristics."""
        told = survey_characteristics(self.survey.columns)
        return {each.id: each.name for each in told}

    @property
    def links(self) -> FigureLinks:
        """Where its figures lead."""
        kept = [pair for pair in self.pairs if pair != (POLICY, DEFAULT_POLICY)]
        return links_of(self.survey, kept, self.visitor.may(Scope.COMMENTS_READ))

    def parting_name(self, parting: str) -> str:
        """Give the plain name of what people are parted by.

        Raises:
            NotFoundError: The survey has nothing of the kind.
        """
        names = {each.id: each.name for each in self.countable.partings}
        if parting not in names:
            raise NotFoundError(f"the survey has no characteristic {parting!r}")
        return names[parting]

    def theme_name(self, theme: str) -> str:
        """Give the plain name of a theme.

        Raises:
            NotFoundError: The codebook has no such theme.
        """
        if theme not in self.countable.themes:
            raise NotFoundError(f"the codebook of the survey has no theme {theme!r}")
        return self.countable.themes[theme]

    def counts(self, *by: str, **changed: Any) -> CountsTable:  # noqa: ANN401 - of a query
        """Count people, by what parts them.

        Args:
            *by: What parts them.
            **changed: What else is asked, by the attribute of `CountQuery`.

        Raises:
            UnprocessableError: What was asked for is not there, or not told under the policy.
            ConflictError: The model that tags the survey is not loaded.
        """
        query = self._query.model_copy(update={"by": by, **changed})
        with faults_named(**OUTSIDE):
            return counting.counts(*self._of, query, self.policy, self.visitor.name)

    def spoken_counts(self) -> counting.SpokenCounts:
        """Count people, and by how they speak of each theme.

        Raises:
            UnprocessableError: What was asked for is not there, or not told under the policy.
            ConflictError: The model that tags the survey is not loaded.
        """
        with faults_named(**OUTSIDE):
            return counting.spoken_counts(*self._of, self._query, self.policy, self.visitor.name)

    def trend(self, period: str, theme: str | None = None) -> TrendTable:
        """Count people by period.

        Args:
            period: The period.
            theme: The one theme that is wanted; None for all.

        Raises:
            UnprocessableError: What was asked for is not there, or not told under the policy.
            ConflictError: The model that tags the survey is not loaded.
        """
        pairs = [pair for pair in self.pairs if pair[0] in OF_TRENDS]
        query: CountQuery = read_as(TrendsFilter, pairs).query()
        if theme is not None:
            query = query.model_copy(update={"themes": (theme,)})
        with faults_named(**OUTSIDE):
            return counting.trend(*self._of, query, period, self.policy, self.visitor.name)

    @property
    def _query(self) -> CountQuery:
        return read_as(CountsFilter, self.pairs).query()

    @property
    def _of(self) -> tuple[StoreDep, ModelsDep, ReadingsDep, str]:
        return self.store, self._models, self._readings, self.survey.id

    def answer(
        self,
        template: str,
        here: str,
        show: Callable[[], object],
        fields: Sequence[str] = FILTERS,
        **more: object,
    ) -> HTMLResponse:
        """Answer with figures, or say on the same page why there are none.

        Args:
            template: Shows them.
            here: Where in the survey the page stands.
            show: Gives what the template shows as `shown`.
            fields: What this page can be narrowed by.
            **more: What else the template shows.
        """
        self.pairs = [pair for pair in self.pairs if pair[0] in (*fields, POLICY)]
        shown, refusal = None, None
        try:
            shown = show()
        except (UnprocessableError, ConflictError) as error:
            refusal = _refusal(error)
        return page(
            template,
            refusal.status if refusal else 200,
            visitor=self.visitor,
            survey=self.survey,
            here=here,
            asked=self.asked,
            links=self.links,
            choices=self._choices(),
            fields=fields,
            shown=shown,
            refusal=refusal,
            **more,
        )

    def _choices(self) -> dict[str, tuple[Option, ...]] | None:
        """Give what can be chosen; nothing where that is what went wrong."""
        try:
            return options(self.countable)
        except (UnprocessableError, ConflictError):
            return None


def options(choices: Countable) -> dict[str, tuple[Option, ...]]:
    """Give the values of each filter that can be chosen, with words for them."""
    months = choices.months
    return {
        "question": tuple((each.id, each.name) for each in choices.questions),
        "site": tuple((each.id, each.name) for each in choices.sites),
        "polarity": tuple((each.value, capital(words)) for each, words in POLARITIES.items()),
        "from": tuple((each.first.isoformat(), f"{each.first:%B %Y}") for each in months),
        "to": tuple((each.last.isoformat(), f"{each.last:%B %Y}") for each in months),
    }


def capital(words: str) -> str:
    """Begin words with a capital letter."""
    return f"{words[:1].upper()}{words[1:]}"


def _refusal(error: UnprocessableError | ConflictError) -> Refusal:
    faults = error.errors if isinstance(error, UnprocessableError) else ()
    told = [(_field(fault.column), sentence(fault.message)) for fault in faults]
    return Refusal(error.status, tuple(told) or (("", sentence(str(error))),))


def _field(column: str | None) -> str:
    """Give the id of the field that is wrong, if it is one."""
    name = (column or "").rpartition(".")[2]
    return name if name in FILTERS else ""
