from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import sayso
from service.security.authentication import Given, authenticate
from service.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line import CommandLine

HEAVY = ("fastapi", "sqlalchemy", "pydantic", "polars", "onnxruntime", "httpx", "uvicorn")


def test_a_key_is_made_listed_and_revoked(run: CommandLine, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sayso.db'}"
    store = ("--database-url", url)
    made = run(
        "keys", "create", "[dashboard]", "--scope", "tag", "--scope", "review", "--days", 30, *store
    )
    assert made.status == 0
    token = made.stdout.strip()
    given = Given(key=token, session=None, method="GET", csrf=None)
    principal = authenticate(Store.open(url), given)
    assert principal.scopes == {"tag", "review"}
    listed = run("keys", "list", *store)
    assert "[dashboard]" in listed.stdout
    assert token.split("_", 2)[2] not in listed.stdout
    assert run("keys", "revoke", principal.key, *store).status == 0
    missing = run("keys", "revoke", 99, *store)
    assert (missing.status, missing.stderr) == (2, "there is no key 99\n")


def test_a_scope_that_is_none_is_refused(run: CommandLine, tmp_path: Path) -> None:
    ended = run(
        "keys", "create", "x", "--scope", "all", "--database-url", f"sqlite:///{tmp_path}/s.db"
    )
    assert ended.status == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serve", "--port", "70000"), "the setting port (SAYSO_PORT) is wrong"),
        (("keys", "list", "--database-url", "mysql://x/y"), "SQLite or PostgreSQL"),
    ],
)
def test_bad_input_ends_with_status_2_and_one_sentence(
    run: CommandLine, arguments: tuple[str, ...], sentence: str
) -> None:
    ended = run(*arguments)
    assert ended.status == 2
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_model_that_is_not_there_ends_what_would_run_on(command: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sayso", command, "--model", "nope"],
        env={"SAYSO_DATA_DIR": str(tmp_path), "SAYSO_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "nope: neither a shipped model" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_nothing_heavy_is_imported_before_a_command_needs_it() -> None:
    program = (
        "import sys, sayso; sayso.command();"
        f" print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_the_client_is_a_name_away() -> None:
    from service.client import Client

    assert sayso.Client is Client
    with pytest.raises(AttributeError, match="Nobody"):
        sayso.Nobody  # noqa: B018 - that it is asked for is the point
