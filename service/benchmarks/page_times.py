"""How long a real service takes for each page, over a survey of many responses."""

from __future__ import annotations

import time
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING

import httpx
from sqlalchemy import text

from service.benchmarks.bulk import fill, new_survey
from service.benchmarks.figures import PageFigures, PageTime
from service.benchmarks.processes import Setup, crew
from service.client import Client
from service.security import sessions
from service.store import Store
from service.tagging import LoadedModels, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models import Tagger
    from service.benchmarks.databases import Database

_SAMPLE = 400
_READ = 200
_TURNS = 7
_PATIENCE = 60.0
_SURVEY = "benchmark-pages"
_OF_A_SURVEY = (
    "",
    "/themes",
    "/groups",
    "/groups/ethnicity",
    "/groups/site",
    "/groups/ethnicity/{theme}",
    "/groups/ethnicity/{theme}?correct=true",
    "/over-time",
    "/over-time?period=quarter",
    "/over-time/{theme}",
    "/coverage",
    "/downloads",
    "/comments",
    "/comments?theme={theme}",
    "/comments?theme={theme}&group=ethnicity:asian&polarity=negative",
    "/reading",
    "/reading/plan?by=ethnicity&width=0.1",
    "/reading/agreement",
    "/reading/{sample}",
    "/corrected?by=ethnicity",
    "/corrected?theme={theme}",
)
_OTHERS = (
    "/",
    "/bring",
    "/models",
    "/models/{model}",
    "/models/{model}/thresholds",
    "/models/compare?a={model}&b={model}",
    "/codebooks/{model}",
    "/keys",
    "/audit",
)


def measure_pages(
    database: Database, tagger: Tagger, responses: int, folder: Path, model: str
) -> PageFigures:
    """Write a survey straight into a store, serve it, and ask for each page several times.

    Args:
        database: Where the survey goes.
        tagger: Whose themes it has.
        responses: How many it has.
        folder: For the files of the service.
        model: What the service loads.
    """
    loaded = LoadedModels([tagger])
    name = tagger.manifest.id
    with closing(Store.open(database.url)) as store:
        fill(store, new_survey(_SURVEY, name), loaded.stamp(name), tagger.codebook, responses)
        if store.dialect == "postgresql":
            with store.write() as conn:
                conn.execute(text("ANALYZE"))  # as it does by itself within a minute
        worker = Worker(store, loaded)
        while worker.prepare_counts():
            pass
        with crew(Setup(folder, database.url, model, workers=0)) as started:
            url = started.service.url
            cookie = sessions.sign_in(store, sessions.new_link(store))
            with Client(url, database.key) as client:
                sample = client.draw_sample(_SURVEY, _SAMPLE).id
                _read(client, sample, tagger.codebook.theme_ids)
            places = {"theme": tagger.codebook.theme_ids[0], "sample": sample, "model": name}
            paths = [f"/surveys/{_SURVEY}{path}" for path in _OF_A_SURVEY] + list(_OTHERS)
            with httpx.Client(
                base_url=url, cookies={sessions.COOKIE: cookie}, timeout=_PATIENCE
            ) as browser:
                times = [_time(browser, path.format(**places)) for path in paths]
    return PageFigures(database=database.kind, responses=responses, pages=tuple(times))


def _read(client: Client, sample: int, themes: Sequence[str]) -> None:
    """Say something of as many comments as are read, so that there is what to correct by."""
    for turn in range(_READ):
        asked = client.next_review(_SURVEY, sample)
        if asked is None:
            return
        client.put_review(_SURVEY, asked.id, [themes[turn % len(themes)]], sample=sample)


def _time(browser: httpx.Client, path: str) -> PageTime:
    """Ask for a page, for the first time since the service started and then again."""
    took = []
    for _ in range(1 + _TURNS):
        start = time.perf_counter()
        browser.get(path).raise_for_status()
        took.append(1000 * (time.perf_counter() - start))
    return PageTime(path=path, first=took[0], usual=median(took[1:]))
