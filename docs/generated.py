"""Pages of the guide that are made from the program itself, so that they cannot drift from it.

A hook of MkDocs: `on_files` adds the pages, and the style sheet that the service's pages have.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File
from typer.main import get_command

import sayso
from labelled_data import shipped_equality_scheme, shipped_equality_schemes
from service import Settings, create_app
from service.call_descriptions import sections
from service.counts.policy import shipped_policies, shipped_policy
from service.openapi import VERSION
from service.settings import PREFIX, data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from labelled_data import EqualityScheme
    from service.call_descriptions import Call, Content

STYLE = Path(__file__).parents[1] / "service" / "static" / "pages.css"
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {8}.*)*)", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have pages say which version they are of."""
    config.extra["version"] = VERSION
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made from the program."""
    pages = {
        "reference/commands.md": commands_page(),
        "reference/settings.md": settings_page(),
        "reference/calls.md": calls_page(),
        "reference/policies-and-groups.md": policies_page(),
        "pages.css": STYLE.read_text("utf-8"),
    }
    config.theme.static_templates.discard("sitemap.xml")  # for search engines, which see no file
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Let wide tables and examples scroll by themselves, by keyboard too."""
    region = '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'
    html = html.replace("<table>", region).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


def commands_page() -> str:
    """Describe every command, its arguments and its options."""
    parts = ["# Commands", "Every command of `sayso`, as `--help` tells it."]
    for name, command, context in _commands(get_command(sayso.command()), "sayso"):
        usage = command.get_usage(context).removeprefix("Usage: ")
        parts += [f"## {name}", *_paragraphs(command.help or ""), f"```\n{usage}\n```"]
        rows = [_option(*record) for record in _records(command, context)]
        if rows:
            parts.append(_table(("Argument or option", "Says"), rows))
    return "\n\n".join(parts) + "\n"


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - Typer's
    """Give each command that does something, by its whole name, with its context."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command, command.context_class(command, info_name=name)
        return
    for each in inner.values():
        yield from _commands(each, f"{name} {each.name}")


def _records(command: Any, context: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - Typer's
    """Give how each parameter is written and what it does."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and "--help" not in parameter.opts:
            yield record


def _option(written: str, does: str) -> tuple[str, str]:
    return f"`{' '.join(written.split())}`", _text(does.replace("\\[", "["))


def settings_page() -> str:
    """Describe every setting of the service with its default."""
    described = {
        found["name"]: " ".join(found["text"].split())
        for found in _ATTRIBUTE.finditer(inspect.getdoc(Settings) or "")
    }
    rows = [
        (f"`{PREFIX}{name.upper()}`", _default(name, field.default), _text(described[name]))
        for name, field in Settings.model_fields.items()
    ]
    return "\n\n".join(
        (
            "# Settings",
            "`sayso serve`, `sayso worker`, `sayso keys` and `sayso review` read these from the "
            "environment; an option of the command comes before them. Several values are "
            "separated by commas.",
            _table(("Setting", "Default", "Says"), rows),
        )
    )


def _default(name: str, default: object) -> str:
    if name == "data_dir":
        return f"`{data_folder('linux', {}, Path('~'))}` on Linux, the like elsewhere"
    if default is None or default == ():
        return "none"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def calls_page() -> str:
    """Describe every call of the service."""
    document = create_app(Settings(models=("fft",))).openapi()
    parts = ["# Calls", document["info"]["description"].strip()]
    parts.append(
        "A running service shows the same at `/docs`, with every answer, and gives it to programs "
        "at `/openapi.json`."
    )
    for section in sections(document):
        parts += [f"## {section.name.capitalize()}", section.description]
        for call in section.calls:
            parts += _call(call)
    return "\n\n".join(parts) + "\n"


def _call(call: Call) -> Iterator[str]:
    yield f"### {call.method} {call.path}"
    yield f"**{_text(call.summary)}.**" if not call.summary.endswith(".") else f"**{call.summary}**"
    yield from map(_text, call.paragraphs)
    if call.parameters:
        rows = [
            (
                f"`{each.name}`{' (needed)' if each.required else ''}",
                each.place,
                _text(each.kind),
                _text(each.description),
            )
            for each in call.parameters
        ]
        yield _table(("Parameter", "In", "Is", "Says"), rows)
    yield from _examples("Body", call.bodies)
    answer = next((each for each in call.answers if each.status.startswith("2")), None)
    if answer is not None:
        yield from _examples(f"Answer {answer.status}", answer.contents)


def _examples(heading: str, contents: Sequence[Content]) -> Iterator[str]:
    for content in contents:
        yield f"{heading}, `{content.media_type}`{':' if content.example else '.'}"
        if content.example:
            yield f"```\n{content.example.rstrip()}\n```"


def policies_page() -> str:
    """Describe the policies of disclosure control and the equality schemes that are shipped."""
    parts = ["# Policies and equality schemes", "## Policies", _policies(), "## Equality schemes"]
    parts.append("What the values of a column may be, whatever their case, and what they mean.")
    for name in shipped_equality_schemes():
        parts += _scheme(shipped_equality_scheme(name))
    return "\n\n".join(parts) + "\n"


def _policies() -> str:
    rows = []
    for policy in map(shipped_policy, shipped_policies()):
        hidden = "nothing"
        if policy.protects:
            hidden = (
                f"numbers from 1 to {policy.smallest_shown - 1}; groups of fewer than"
                f" {policy.smallest_base} people; others rounded to the nearest {policy.round_to}"
            )
        rows.append((f"`{policy.id}` {policy.version}", policy.name, hidden, _text(policy.source)))
    return _table(("Policy", "Name", "What it hides", "Source"), rows)


def _scheme(scheme: EqualityScheme) -> Iterator[str]:
    yield f"### {scheme.id}"
    yield f"{_text(scheme.name)}, version {scheme.version}. {_text(scheme.source)}."
    rows = [
        (
            f"`{group.id}`",
            _text(group.name),
            _text(
                ", ".join(
                    (*group.codes, *(f"{each.first} to {each.last}" for each in group.ranges))
                )
            ),
        )
        for group in scheme.groups
    ]
    for name, codes in (
        ("Not stated", scheme.not_stated),
        ("Not known", scheme.not_known),
        ("Not asked", scheme.not_asked),
    ):
        rows.append(("", name, _text(", ".join(code or "(blank)" for code in codes))))
    yield _table(("Group", "Name", "Values"), rows)


def _paragraphs(text: str) -> list[str]:
    return [_text(" ".join(part.split())) for part in text.split("\n\n") if part.strip()]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(text: str) -> str:
    """Keep what is meant as text from being read as markup, but for code."""
    parts = text.split("`")
    kept = [re.sub(r"([\\*_<|\[\]])", r"\\\1", part) for part in parts[::2]]
    return "`".join(kept[i // 2] if i % 2 == 0 else parts[i] for i in range(len(parts)))
