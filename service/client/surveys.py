"""Surveys: making them, sending responses, and reading what was said of the comments."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from service.client.calls import Asking, place, read
from service.client.errors import NotTaggedError
from service.client.files import Upload
from service.client.results import (
    Comments,
    Survey,
    Surveys,
    SurveyWithProgress,
    UploadPreview,
    UploadReceipt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    import httpx

    from service.client.files import Format
    from service.client.results import Comment
    from service.records import NewSurvey

_PAGE = 500
_FIRST_LOOK, _LONGEST_LOOK = 0.1, 5.0


class Wanted(TypedDict, total=False):
    """Which comments are wanted: those of which all that is given is true.

    Attributes:
        theme: Id of a theme they have.
        polarity: How that theme, or any where none is named, is spoken of.
        status: How far they could be read.
        groups: Group, or why there is none, by characteristic.
        question: Column of the question.
        site: Where the response is about.
        since: First day.
        until: Last day.
        text: Words that all stand in them.
    """

    theme: str
    polarity: str
    status: str
    groups: Mapping[str, str]
    question: str
    site: str
    since: date
    until: date
    text: str


class SurveyCalls(Asking):
    """What the client asks of surveys."""

    def create_survey(self, survey: NewSurvey) -> Survey:
        """Make a survey."""
        body = survey.model_dump(mode="json")
        # sent twice, the second would be told that it is there already
        return self._calls.ask(Survey, "POST", place("surveys"), body=body, repeatable=False)

    def surveys(self) -> tuple[Survey, ...]:
        """List all surveys."""
        return self._calls.ask(Surveys, "GET", place("surveys")).surveys

    def survey(self, survey: str) -> SurveyWithProgress:
        """Tell what a survey is and how far it has come."""
        return self._calls.ask(SurveyWithProgress, "GET", place("surveys", survey))

    def use_model(self, survey: str, model: str) -> Survey:
        """Choose the model that tags a survey, which is then tagged again."""
        path = place("surveys", survey, "model")
        return self._calls.ask(Survey, "PUT", path, body={"model": model})

    def delete_survey(self, survey: str) -> None:
        """Erase every trace of a survey, for good."""
        # sent twice, the second would be told that there is none
        self._calls.ask(type(None), "DELETE", place("surveys", survey), repeatable=False)

    def upload(
        self,
        survey: str,
        source: Path | bytes,
        format: Format | None = None,  # noqa: A002 - what it is called everywhere
        progress: Callable[[int, int], None] | None = None,
    ) -> UploadReceipt:
        """Send responses, which are stored when it returns.

        Args:
            survey: The survey they belong to.
            source: A file, which is read piece by piece, or what would be in it.
            format: Its format; by default as the file's suffix says.
            progress: Told of the bytes sent and of all there are, after each piece; it begins
                again when the upload has to be sent again.

        Raises:
            UnknownFormatError: No format was given, and none can be told from a suffix.
        """
        return read(self._send(survey, Upload(source, format, progress)), UploadReceipt)

    def preview(
        self,
        survey: str,
        source: Path | bytes,
        format: Format | None = None,  # noqa: A002 - what it is called everywhere
        progress: Callable[[int, int], None] | None = None,
    ) -> UploadPreview:
        """Tell what would become of an upload, and where each value of a group would go.

        Args:
            survey: The survey that the responses would belong to.
            source: As for `upload`.
            format: As for `upload`.
            progress: As for `upload`.

        Raises:
            UnknownFormatError: No format was given, and none can be told from a suffix.
        """
        upload = Upload(source, format, progress)
        return read(self._send(survey, upload, dry_run=True), UploadPreview)

    def wait_until_tagged(
        self,
        survey: str,
        timeout: float,
        progress: Callable[[int, int], None] | None = None,
    ) -> SurveyWithProgress:
        """Wait until every comment of a survey is tagged.

        Args:
            survey: The survey.
            timeout: Seconds to wait at most.
            progress: Told of the comments tagged and of all there are, each time it looks.

        Raises:
            NotTaggedError: The time is up.
        """
        until, pause = time.monotonic() + timeout, _FIRST_LOOK
        while True:
            found = self.survey(survey)
            tagged, comments = found.progress.tagged, found.progress.comments
            if progress is not None:
                progress(tagged, comments)
            if tagged >= comments:
                return found
            if time.monotonic() + pause > until:
                raise NotTaggedError(f"{tagged:,} of {comments:,} comments are tagged")
            self._calls.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_LOOK)

    def comments(self, survey: str, **wanted: Unpack[Wanted]) -> Iterator[Comment]:
        """Give the comments of a survey, asking for a page at a time.

        Args:
            survey: The survey.
            **wanted: Which of them; see `Wanted`.
        """
        query = _query(wanted)
        while True:
            page = self._calls.ask(
                Comments, "GET", place("surveys", survey, "comments"), query=query
            )
            yield from page.comments
            if page.next is None:
                return
            query["after"] = page.next

    def _send(self, survey: str, upload: Upload, *, dry_run: bool = False) -> httpx.Response:
        def build() -> httpx.Request:
            # a length, so that too long an upload is refused before it is sent
            headers = {"Content-Type": upload.content_type, "Content-Length": str(upload.size)}
            return self._calls.http.build_request(
                "POST",
                place("surveys", survey, "responses"),
                params={"dry_run": dry_run},
                content=upload.pieces(),
                headers=headers,
                timeout=self._calls.slow,
            )

        return self._calls.answer(build, repeatable=True)


def _query(wanted: Wanted) -> dict[str, Any]:
    named = {"since": "from", "until": "to", "text": "q"}
    query = {named.get(name, name): value for name, value in wanted.items() if name != "groups"}
    groups = [f"{name}:{group}" for name, group in wanted.get("groups", {}).items()]
    return {**query, "group": groups, "limit": _PAGE}
