"""How a service is run: by its command's options, or by ``SAYSO_…`` in the environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.errors import SettingsError

PREFIX = "SAYSO_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MIB = 2**20
GIB = 2**30


def data_folder(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Give the folder where a platform's programs keep a user's data.

    Args:
        platform: As `sys.platform` names it.
        environment: The environment's variables.
        home: The user's home.
    """
    if platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return (Path(local) if local else home / "AppData" / "Local") / "sayso"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "sayso"
    shared = environment.get("XDG_DATA_HOME")
    return (Path(shared) if shared else home / ".local" / "share") / "sayso"


def _own_data_folder() -> Path:
    return data_folder(sys.platform, os.environ, Path.home())


def _words(value: object) -> object:
    """Split what the environment gives as one text, at its commas."""
    if not isinstance(value, str):
        return value
    return tuple(word.strip() for word in value.split(",") if word.strip())


Positive = Annotated[int, Field(ge=1)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


class Settings(BaseSettings):
    """How a service is run.

    Attributes:
        database_url: Where the store is, `sqlite:///…` or `postgresql://…`; by default a SQLite
            file in `data_dir`.
        data_dir: Folder for the store and for uploads while they are read.
        host: Address to listen on.
        port: Port to listen on.
        allowed_hosts: Names by which the service may be called, besides those of this computer;
            a leading `*.` stands for any name below.
        models: Shipped models, or folders of artefacts, to load.
        threads: Encoder runs at a time in each model; by default one for each core.
        workers: Tagging workers in this process; 0 leaves the work to `sayso worker`.
        tag_queue: Comments that may wait to be tagged before requests are turned away.
        request_bytes: Longest body of a request, in bytes.
        upload_bytes: Longest upload, in bytes.
        unpacked_bytes: Longest upload once it is unpacked, in bytes.
        rows: Most rows of an upload.
        cell: Longest cell of an upload, in characters.
        requests_per_minute: Most requests of one key in a minute.
        comments_per_minute: Most comments that one key may have tagged in a minute.
        docs_need_key: Whether the description of the calls is only for those with a key.
        log_level: Least severity that is logged.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    database_url: Annotated[str | None, Field(repr=False)] = None
    data_dir: Annotated[Path, Field(default_factory=_own_data_folder)]
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    allowed_hosts: Words = ()
    models: Annotated[Words, Field(min_length=1)] = ("fft", "uec", "ics")
    threads: Positive | None = None
    workers: Annotated[int, Field(ge=0, le=64)] = 1
    tag_queue: Positive = 5_000
    request_bytes: Positive = 10 * MIB
    upload_bytes: Positive = 2 * GIB
    unpacked_bytes: Positive = GIB
    rows: Positive = 1_000_000
    cell: Positive = 20_000
    requests_per_minute: Positive = 6_000
    comments_per_minute: Positive = 60_000
    docs_need_key: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def read(cls, **given: Any) -> Self:  # noqa: ANN401 - the fields check what they are given
        """Read the environment, which what is given here overrides; ``None`` stands for not given.

        Raises:
            SettingsError: A setting is not what it may be.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            problem = error.errors(include_input=False, include_context=False, include_url=False)[0]
            name = str(problem["loc"][0])
            raise SettingsError(
                f"the setting {name} ({PREFIX}{name.upper()}) is wrong: {problem['msg']}"
            ) from None

    @property
    def store_url(self) -> str:
        """Where the store is."""
        return self.database_url or f"sqlite:///{self.data_dir / 'sayso.db'}"

    @property
    def spool(self) -> Path:
        """Folder for uploads while they are read."""
        return self.data_dir / "uploads"

    @property
    def is_loopback(self) -> bool:
        """Whether only this computer can reach the service."""
        return self.host in LOOPBACK
