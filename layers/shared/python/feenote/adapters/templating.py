"""The two template engines: HTML, which escapes every value, and other text, which must not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parent.parent / "templates"


@lru_cache(maxsize=1)
def html_templates() -> Environment:
    """Return the engine for HTML: escapes every value, refuses a name that was not given."""
    engine = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    engine.filters["fill"] = fill_html
    engine.filters["trusted"] = Markup
    return engine


@lru_cache(maxsize=1)
def text_templates() -> Environment:
    """Return the engine for what is no HTML, and so is not escaped as HTML: the mails' style sheet."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - its output is CSS, in which &amp; would be wrong
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def fill_html(sentence: str, **values: str) -> Markup:
    """Put values into a sentence of ours: each escaped, and shielded from the direction of its neighbours."""
    shielded = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
    return Markup(escape(sentence)).format(**shielded)  # noqa: S704 - escaped in this very line


def render_html(name: str, values: Mapping[str, object]) -> str:
    """Render an HTML template of the templates' folder."""
    return html_templates().get_template(name).render(values)


def render_text(name: str, values: Mapping[str, object]) -> str:
    """Render a template of the templates' folder that is no HTML."""
    return text_templates().get_template(name).render(values)
