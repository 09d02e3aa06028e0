"""The command ``sayso review plan``."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from service.counts.review_plan_records import ReviewPlan

app = typer.Typer(help="Have people read comments, so that counts can be corrected.")

ACTOR = "command line"


@app.callback()
def review() -> None:
    """Keep `plan` a command of its own, though it is the only one."""


@app.command("plan")
def plan(
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="The survey's id.")],
    by: Annotated[str, typer.Option(help="Characteristic whose groups are to be read.")],
    theme: Annotated[
        list[str] | None,
        typer.Option(help="Themes whose shares are to be corrected; else all. May be repeated."),
    ] = None,
    width: Annotated[
        float, typer.Option(help="Full width wanted of the intervals of corrected shares.")
    ] = 0.1,
    aim: Annotated[
        Literal["groups", "overall"],
        typer.Option(help="Whether each group's interval is to be so narrow, or everyone's."),
    ] = "groups",
    policy: Annotated[
        str, typer.Option(help="What may be told of small numbers: nhs, or exact.")
    ] = "nhs",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    database_url: Annotated[
        str | None,
        typer.Option(help="sqlite:///PATH or postgresql://…; by default a file of yours."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="A shipped model or an artefact's folder; may be repeated."),
    ] = None,
) -> None:
    """Say how many people of which groups to read, for corrected counts that are exact enough.

    It goes by how often the model gives each theme in each group, and how well it did in its test.
    """
    import json
    from contextlib import closing

    from rich.console import Console
    from rich.markup import escape

    from service.counts.policy import shipped_policy
    from service.reading_plans import PlanQuery, reading_plan
    from service.readings_cache import ReadingsCache
    from service.settings import Settings
    from service.store import Store
    from service.tagging import LoadedModels

    settings = Settings.read(database_url=database_url, models=model)
    wanted = PlanQuery(by=by, themes=tuple(theme or ()), width=width, aim=aim)
    models = LoadedModels.load(settings.models, settings.threads)
    with closing(Store.open(settings.store_url)) as store:
        made = reading_plan(
            store, models, ReadingsCache(), survey, wanted, shipped_policy(policy), ACTOR
        )
    if as_json:
        typer.echo(made.model_dump_json(indent=1))
        return
    console = Console()
    console.print(_table(made.plan, f"People to read by {made.by_name} ({made.policy.name})"))
    if made.left_out:
        console.print(f"Nothing may be told of: {escape(', '.join(made.left_out))}.")
    strata = [stratum.model_dump() for stratum in made.strata]
    body = {"kind": "random", "unit": "people", "strata": strata}
    typer.echo(f"To draw them, POST to /v1/surveys/{survey}/reviews/samples:\n{json.dumps(body)}")


def _table(made: "ReviewPlan", title: str) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), title_justify="left", box=None)
    table.add_column("Group", overflow="fold")
    for header in ("People", "To read", "Still to read", "Width"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("Widest for", overflow="fold")
    for group in made.groups:
        numbers = (f"{number:,}" for number in (group.people, group.read, group.further))
        table.add_row(escape(group.name), *numbers, f"{group.width:.3f}", escape(group.decided_by))
    table.add_section()
    totals = (f"{made.read:,}", f"{made.further:,}", f"{made.overall_width:.3f}")
    table.add_row("All of these", "", *totals, "")
    return table
