"""The commands ``sayso serve``, ``sayso worker`` and ``sayso keys``.

Each parses, calls one use case and exits; what takes long to import is imported by the command
that needs it.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service import benchmark_commands, counts_commands, review_commands
from service.counts import simulation_command
from service.security.principals import Scope

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store import Store

app = typer.Typer()
keys = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(benchmark_commands.app)
app.add_typer(simulation_command.app)
app.add_typer(counts_commands.app)
app.add_typer(review_commands.app, name="review")

ACTOR = "command line"

DatabaseOption = Annotated[
    str | None,
    typer.Option(help="sqlite:///PATH or postgresql://…; by default a file of yours."),
]
ModelsOption = Annotated[
    list[str] | None,
    typer.Option("--model", help="A shipped model or an artefact's folder; may be repeated."),
]


@app.command("serve")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    database_url: DatabaseOption = None,
    model: ModelsOption = None,
    workers: Annotated[
        int | None, typer.Option(help="Tagging workers in this process; 0 for none.")
    ] = None,
    example: Annotated[
        bool, typer.Option(help="Load the example surveys into a store that has none.")
    ] = False,
) -> None:
    """Serve the calls and pages, and tag what is uploaded, until stopped.

    Every option can be set in the environment too, as SAYSO_HOST and so on.
    """
    from service.serving import serve as serve_until_stopped

    settings = _settings(
        host=host, port=port, database_url=database_url, models=model, workers=workers
    )
    if not settings.is_loopback:
        _warn(
            f"Warning: whoever can reach {settings.host} can call the service, and what they send"
            " is not encrypted; put a proxy with TLS before it."
        )
    serve_until_stopped(settings, examples=example, announce=_announce)


@app.command("worker")
def work(
    database_url: DatabaseOption = None,
    model: ModelsOption = None,
    processes: Annotated[int, typer.Option(min=1, help="How many work at once.")] = 1,
) -> None:
    """Tag what waits in the store until stopped; any number may share a store."""
    from service.working import work as work_until_stopped

    work_until_stopped(_settings(database_url=database_url, models=model), processes)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be repeated.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days until it expires; else never.")
    ] = None,
    database_url: DatabaseOption = None,
) -> None:
    """Make a key and print it; it cannot be shown again."""
    from service.security import api_keys

    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    _, token = api_keys.create(_store(database_url), name, scope, expires, ACTOR)
    typer.echo(str(token))


@keys.command("list")
def list_keys(database_url: DatabaseOption = None) -> None:
    """Print all keys, but for their secrets."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from service.security import api_keys

    table = Table("Key", "Name", "Scopes", "Created", "Expires", "Last used", "Revoked", box=None)
    for key in api_keys.every(_store(database_url)):
        moments = (_day(when) for when in (key.created, key.expires, key.used, key.revoked))
        table.add_row(str(key.id), escape(key.name), " ".join(key.scopes), *moments)
    Console().print(table)


@keys.command("revoke")
def revoke_key(
    key: Annotated[int, typer.Argument(metavar="KEY", help="The key's number.")],
    database_url: DatabaseOption = None,
) -> None:
    """End a key at once."""
    from service.security import api_keys

    api_keys.revoke(_store(database_url), key, ACTOR)
    typer.echo(f"Key {key} is revoked.")


def _settings(**given: Any) -> "Settings":  # noqa: ANN401 - the settings check what they are given
    from service.settings import Settings

    return Settings.read(**given)


def _store(database_url: str | None) -> "Store":
    from service.store import Store

    return Store.open(_settings(database_url=database_url).store_url)


def _announce(link: str) -> None:
    typer.echo(f"Sayso is ready. Open this once, within 15 minutes, to sign in:\n\n    {link}\n")


def _warn(warning: str) -> None:
    typer.echo(warning, err=True)


def _day(when: datetime | None) -> str:
    return "" if when is None else f"{when:%Y-%m-%d}"
