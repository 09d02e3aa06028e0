"""Requests of every sort, made up from the description of the calls, and what is answered to them.

Whatever is sent, the service answers as it says it does: with a status, a type and a shape that are
in the description, and never with a failure of its own.
"""

from __future__ import annotations

import re
import shutil
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models import load, read_manifest, write_manifest
from service import NotFoundError, Settings, create_app, sampling, surveys
from service.records import CommentQuery, NewSurvey, ResponseRow
from service.schemas.responses import XLSX
from service.schemas.surveys import NEW_SURVEY
from service.security import api_keys
from service.security.principals import Scope
from service.store import Store, comments, responses
from service.tagging import LoadedModels, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import BaseSchema, Case, SerializationContext

    from tests.service.postgres import Postgres

    AnyCase = Case[Any]


ADDRESS = "http://127.0.0.1:8000"
SURVEY = NewSurvey.model_validate(NEW_SURVEY)
TEXTS = ("waited 3 hours to be seen", "nurse number 4 was so kind", "parking cost me 5 pounds")
# What the description's examples name, for which what is there is put in.
COMMENT, SAMPLE = 412, 3
BOUNDED = examples(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("text/csv", "application/x-ndjson", XLSX)
def as_it_is(context: SerializationContext, value: object) -> bytes:
    """Sends a made-up body as it is, whatever it should have been."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


class Service:
    """A service with all that a request may name: a survey with comments, a sample, a good key."""

    def __init__(self, store: Store, models: LoadedModels, folder: Path) -> None:
        often = 1_000_000
        settings = Settings(
            data_dir=folder,
            models=("uec",),
            workers=0,
            requests_per_minute=often,
            comments_per_minute=often,
        )
        self.app = create_app(settings, store, models)
        self._store, self._models = store, models
        self._make_key()

    def headers(self) -> dict[str, str]:
        """What sends a key that may do everything, and was not revoked by the call before."""
        if any(key.revoked for key in api_keys.every(self._store) if key.id == self._key.key_id):
            self._make_key()
        return {"Authorization": f"Bearer {self._key}"}

    def make_ready_for(self, case: AnyCase) -> None:
        if "{survey}" not in case.path:
            self._empty()
            return
        self._fill()
        if re.fullmatch("[a-z0-9-]+", survey := case.path_parameters["survey"]) and len(survey) % 2:
            case.path_parameters["survey"] = SURVEY.id  # else hardly anything made up is found
        if case.path_parameters.get("comment") == COMMENT:
            case.path_parameters["comment"] = self._comment
        for asked in (case.query, case.body):
            if isinstance(asked, dict) and asked.get("sample") == SAMPLE:
                asked["sample"] = self._sample

    def _empty(self) -> None:
        for survey in surveys.every(self._store):
            surveys.erase(self._store, survey.id, "test")

    def _fill(self) -> None:
        with suppress(NotFoundError):
            surveys.get(self._store, SURVEY.id)
            return
        self._empty()
        made = surveys.create(self._store, self._models, SURVEY, "test")
        rows = [
            ResponseRow(str(n), None, None, None, None, ((0, text),), ())
            for n, text in enumerate(TEXTS)
        ]
        with self._store.write() as conn:
            responses.add(conn, made, rows)
        Worker(self._store, self._models).run_once()
        drawn = sampling.draw(
            *(self._store, self._models, made.id, "random", 3), seed=1, blind=True, actor="test"
        )
        self._sample = drawn.id
        with self._store.read() as conn:
            self._comment = comments.search(conn, made, CommentQuery(), None, 1).comments[0].id

    def _make_key(self) -> None:
        _, self._key = api_keys.create(self._store, "test", [Scope.ADMIN], None, "test")


@pytest.fixture(scope="module")
def models(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> LoadedModels:
    """The tiny model, under the names that the description's examples have, and the shipped one."""
    folder = Path(shutil.copytree(tiny_artefact, tmp_path_factory.mktemp("uec") / "uec"))
    manifest = read_manifest(folder)
    waiting, updates, other = manifest.codebook.themes
    named = (waiting, updates.model_copy(update={"id": "waiting_updates"}), other)
    codebook = manifest.codebook.model_copy(update={"themes": named})
    write_manifest(folder, manifest.model_copy(update={"id": "uec", "codebook": codebook}))
    return LoadedModels([load(folder), load("fft")])


@pytest.fixture
def on_sqlite(models: LoadedModels, tmp_path: Path) -> Iterator[Service]:
    yield from serve(f"sqlite:///{tmp_path / 'sayso.db'}", models, tmp_path)


@pytest.fixture
def on_postgresql(models: LoadedModels, postgres: Postgres, tmp_path: Path) -> Iterator[Service]:
    for url in postgres.fresh():
        yield from serve(url, models, tmp_path)


def serve(url: str, models: LoadedModels, folder: Path) -> Iterator[Service]:
    with closing(Store.open(url)) as store:
        yield Service(store, models, folder)
        asgi.shutdown_lifespans()


def described(phases: PhasesConfig) -> BaseSchema:
    generation = GenerationConfig(with_security_parameters=False)
    projects = ProjectsConfig(default=ProjectConfig(generation=generation, phases=phases))
    document = create_app(Settings(models=("uec",))).openapi()
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig(projects=projects))


def check(case: AnyCase, service: Service) -> None:
    service.make_ready_for(case)
    case.call_and_validate(ADDRESS, headers=service.headers(), checks=CHECKS, app=service.app)


@described(PhasesConfig()).parametrize()
@examples(BOUNDED, max_examples=12)
def test_every_answer_is_one_that_is_described(case: AnyCase, on_sqlite: Service) -> None:
    check(case, on_sqlite)


@described(PhasesConfig(coverage=CoveragePhaseConfig(enabled=False))).parametrize()
@examples(BOUNDED, max_examples=5)
def test_it_is_on_postgresql_too(case: AnyCase, on_postgresql: Service) -> None:
    check(case, on_postgresql)
