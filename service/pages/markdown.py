"""Markdown as HTML that is safe on a page: no HTML of its own, nothing loaded, no inline style."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

DEEPER = 1
"""Levels by which headings go down, below the page's own."""
DEEPEST = 6
TABLE = '<div class="scroll" role="region" aria-label="Table {number}" tabindex="0">\n<table>\n'


def rendered(text: str) -> Markup:
    """Turn Markdown into HTML."""
    parser = _parser()
    tokens = parser.parse(text)
    _adapt(tokens)
    # the parser escapes whatever it did not write itself
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704


@cache
def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("table_open", lambda _, tokens, i, *__: tokens[i].content)
    made.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    return made


def _adapt(tokens: Sequence[Token]) -> None:
    tables = 0
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + DEEPER, DEEPEST)}"
        elif token.type == "table_open":
            tables += 1
            token.content = TABLE.format(number=tables)
        # the parser aligns by an inline style, which pages refuse
        elif str(token.attrs.pop("style", "")).endswith("right"):
            token.attrs["class"] = "number"
