"""One run of the benchmarks, part by part."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from models import load
from service.benchmarks.asking import Asked
from service.benchmarks.counting import measure_counts
from service.benchmarks.crowd import measure_crowd
from service.benchmarks.databases import Database, has_own_postgres, own_postgres, prepare, sqlite
from service.benchmarks.figures import ServiceFigures
from service.benchmarks.generated import GeneratedSurvey
from service.benchmarks.killing import Killing, KillPlan
from service.benchmarks.latency import measure_latency
from service.benchmarks.page_times import measure_pages
from service.benchmarks.parts import Part
from service.benchmarks.processes import Setup, crew
from service.benchmarks.reckoning import reckon
from service.benchmarks.sharing import Sharing, SharingPlan
from service.benchmarks.upload import measure_upload
from service.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models import Tagger
    from service.benchmarks.figures import (
        CountsFigures,
        CrowdFigures,
        KillFigures,
        LatencyFigures,
        PageFigures,
        SharingFigures,
        UploadFigures,
    )
    from service.benchmarks.processes import Service

COUNTED = (10_000, 100_000)
"""Responses of the surveys that are counted."""
_KEYS_FOR_LATENCY = 8
_FOLDER = "sayso-benchmark-"


@dataclass(frozen=True, slots=True)
class BenchmarkPlan:
    """What is measured, and how much of it.

    Attributes:
        parts: What is measured.
        model: A shipped model, or the folder of an artefact.
        database_url: An empty database to measure on; by default a new SQLite file.
        rows: Rows of the large file.
        tag: Whether to wait until these are tagged.
        per_second: Requests a second of one comment each.
        latency_seconds: How long these are sent.
        clients: Clients that ask at once.
        crowd_seconds: How long they ask.
        comments: Different comments that are sent to be tagged.
        kill: How often and when everything is killed.
        counted: Responses of each survey that is counted; pages are of the largest.
        sharing: What workers share, and how often.
    """

    parts: tuple[Part, ...] = tuple(Part)
    model: str = "uec"
    database_url: str | None = None
    rows: int = 100_000
    tag: bool = False
    per_second: float = 20.0
    latency_seconds: float = 30.0
    clients: int = 64
    crowd_seconds: float = 20.0
    comments: int = 500
    kill: KillPlan = field(default_factory=KillPlan)
    counted: tuple[int, ...] = COUNTED
    sharing: SharingPlan = field(default_factory=SharingPlan)


class BenchmarkRun:
    """Starts the service as people do, and measures it from outside.

    Args:
        plan: What is measured.
        tell: Told what is measured next.
    """

    def __init__(self, plan: BenchmarkPlan, tell: Callable[[str], None]) -> None:
        self._plan = plan
        self._tell = tell
        self._tagger: Tagger = load(plan.model)
        self._generated = GeneratedSurvey()

    def measure(self) -> ServiceFigures:
        """Measure all that the plan asks for.

        Raises:
            NeverReadyError: The service did not start.
            NoDatabaseError: The database has surveys in it.
            NoProductError: Bare products cannot be measured.
        """
        parts = self._plan.parts
        return ServiceFigures(
            model=f"{self._tagger.manifest.id} {self._tagger.manifest.version}",
            upload=self._upload() if Part.UPLOAD in parts else None,
            latency=self._latency() if Part.LATENCY in parts else None,
            crowd=self._crowd() if Part.CROWD in parts else None,
            kill=tuple(self._kills()) if Part.KILL in parts else (),
            counts=tuple(self._counts()) if Part.COUNTS in parts else (),
            pages=tuple(self._pages()) if Part.PAGES in parts else (),
            sharing=self._sharing() if Part.WORKERS in parts else None,
        )

    def _upload(self) -> UploadFigures:
        plan = self._plan
        self._tell(f"Uploading {plan.rows:,} responses")
        with self._served("upload") as (service, client, database, folder):
            return measure_upload(
                service,
                client,
                folder / "responses.csv",
                self._generated,
                model=self._tagger.manifest.id,
                database=database.kind,
                rows=plan.rows,
                tag=plan.tag,
            )

    def _latency(self) -> LatencyFigures:
        plan = self._plan
        self._tell(f"Asking {plan.per_second:g} times a second for {plan.latency_seconds:g} s")
        with self._served("latency") as (service, client, _, _):
            return measure_latency(
                service.url,
                _keys(client, _KEYS_FOR_LATENCY),
                self._asked(),
                per_second=plan.per_second,
                seconds=plan.latency_seconds,
            )

    def _crowd(self) -> CrowdFigures:
        plan = self._plan
        self._tell(f"Having {plan.clients} clients ask at once for {plan.crowd_seconds:g} s")
        asked = self._asked()
        answers = self._tagger.tag([one.text for one in asked], [one.question for one in asked])
        with self._served("crowd") as (service, client, _, _):
            return measure_crowd(
                service.url,
                _keys(client, plan.clients),
                dict(zip(asked, answers, strict=True)),
                seconds=plan.crowd_seconds,
            )

    def _kills(self) -> Iterator[KillFigures]:
        for database, folder in self._databases("kill"):
            yield self._kill(database, folder)

    def _counts(self) -> Iterator[CountsFigures]:
        for database, _ in self._databases("counts"):
            for responses in self._plan.counted:
                self._tell(f"Counting {responses:,} responses on {database.kind}")
                yield measure_counts(database, self._tagger, responses)

    def _pages(self) -> Iterator[PageFigures]:
        responses = max(self._plan.counted)
        for database, folder in self._databases("pages"):
            self._tell(f"Asking for pages over {responses:,} responses on {database.kind}")
            yield measure_pages(database, self._tagger, responses, folder, self._plan.model)

    def _databases(self, name: str) -> Iterator[tuple[Database, Path]]:
        """Give a database of each kind, with a folder for what a service leaves beside it."""
        with TemporaryDirectory(prefix=_FOLDER) as folder:
            yield sqlite(Path(folder), name), Path(folder)
        with self._many_writers() as database, TemporaryDirectory(prefix=_FOLDER) as folder:
            if database is not None:
                yield database, Path(folder)

    @contextmanager
    def _many_writers(self) -> Iterator[Database | None]:
        """Give a PostgreSQL, if there is one."""
        if self._plan.database_url is not None:
            yield prepare(self._plan.database_url)
        elif has_own_postgres():
            with own_postgres() as database:
                yield database
        else:
            self._tell("PostgreSQL is left out: give --database-url")
            yield None

    def _sharing(self) -> SharingFigures | None:
        with self._many_writers() as database, TemporaryDirectory(prefix=_FOLDER) as folder:
            if database is None:
                return None
            setup = Setup(Path(folder), database.url, self._plan.model)
            sharing = Sharing(setup, database, self._generated, self._tagger)
            return sharing.measure(self._plan.sharing, self._tell)

    def _kill(self, database: Database, folder: Path) -> KillFigures:
        kill = self._plan.kill
        self._tell(f"Killing everything {kill.kills} times on {database.kind}")
        setup = Setup(folder, database.url, self._plan.model)
        left = Killing(setup, database.key, kill).run(self._generated, self._tagger.manifest.id)
        return reckon(left, self._generated.questions, self._tagger, database.kind)

    @contextmanager
    def _served(self, name: str) -> Iterator[tuple[Service, Client, Database, Path]]:
        with TemporaryDirectory(prefix=_FOLDER) as place:
            folder = Path(place)
            url = self._plan.database_url
            database = sqlite(folder, name) if url is None else prepare(url)
            with (
                crew(Setup(folder, database.url, self._plan.model)) as started,
                Client(started.service.url, database.key) as client,
            ):
                yield started.service, client, database, folder

    def _asked(self) -> list[Asked]:
        model = self._tagger.manifest.id
        comments = self._generated.comments(self._plan.comments)
        return [Asked(model, text, question) for text, question in comments]


def _keys(client: Client, count: int) -> list[str]:
    """Make a key for each of some clients, since a key may ask only so much in a minute."""
    return [client.keys.make(f"client {number}", ["tag"]).token for number in range(count)]
