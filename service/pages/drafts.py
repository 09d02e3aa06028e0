"""What the pages on which a survey is brought have in common."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from service import bringing
from service.bringing import Inspection
from service.deps import SettingsDep, StoreDep
from service.draft_records import Choices, Draft
from service.pages.route import SEE_OTHER
from service.pages.visitor import SurveyMaker, Visitor
from service.rendering import page

WRONG = 422

Faults = list[tuple[str | None, str]]
"""What is wrong with a form: the id of the field, or none, and a sentence."""


@dataclass(frozen=True, slots=True)
class Bringing:
    """A draft, its file and who looks at it.

    Attributes:
        draft: The draft.
        visitor: Who looks at it.
    """

    draft: Draft
    visitor: Visitor

    @property
    def choices(self) -> Choices:
        """What was chosen so far."""
        return self.draft.choices

    def address(self, step: str) -> str:
        """Give the address of one of its pages."""
        return f"/bring/{self.draft.id}/{step}"

    def go(self, step: str) -> RedirectResponse:
        """Send the browser on to one of its pages."""
        return RedirectResponse(self.address(step), SEE_OTHER)

    def page(
        self,
        template: str,
        faults: Faults | None = None,
        **shown: Any,  # noqa: ANN401 - whatever a template shows
    ) -> HTMLResponse:
        """Answer with a page on it, which tells what is wrong with its form."""
        return page(
            template,
            WRONG if faults else 200,
            visitor=self.visitor,
            draft=self.draft,
            errors=faults or [],
            **shown,
        )


def _draft(draft: str, store: StoreDep, visitor: SurveyMaker) -> Bringing:
    return Bringing(bringing.get(store, draft, visitor.principal), visitor)


BringingDep = Annotated[Bringing, Depends(_draft)]
"""The draft of the address, for who may see it."""


def _inspection(brought: BringingDep, settings: SettingsDep) -> Inspection:
    return bringing.inspection_of(settings, brought.draft)


InspectionDep = Annotated[Inspection, Depends(_inspection)]
"""What the file of the draft holds."""
