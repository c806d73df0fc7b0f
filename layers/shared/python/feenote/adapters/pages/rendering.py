"""Join words, templates, style sheet and script to a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from feenote.adapters.accent import accent_on
from feenote.adapters.pages.firm_view import FirmView
from feenote.adapters.pages.headers import HtmlPage, page_of
from feenote.adapters.pages.words import CATALOGUE, PageWords
from feenote.adapters.templating import TEMPLATES, render_html

LIGHT_GROUND, DARK_GROUND = "#f6f6f3", "#24272b"
"""Of each scheme's grounds the one that leaves least contrast (`--wash` in `style.css`)."""


@dataclass(frozen=True, slots=True)
class Act:
    """The one thing to do on a short page: a link, or with `is_post` a form's button."""

    label: str
    url: str
    is_post: bool = False


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """Return the style sheet that all pages share."""
    return (TEMPLATES / "pages" / "style.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def script() -> str:
    """Return the script that all pages share; each page works without it."""
    return (TEMPLATES / "pages" / "script.js").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def accent_style(colour: str) -> str:
    """Return a firm's colours as custom properties, for light and dark."""
    light, dark = accent_on(colour, LIGHT_GROUND), accent_on(colour, DARK_GROUND)
    template = "--accent:{0.button};--on-accent:{0.on_button};--accent-text:{0.text}"
    return (
        f":root{{{template.format(light)}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{template.format(dark)}}}}}"
        f"@media print{{:root{{{template.format(light)}}}}}"
    )


def render(
    template: str,
    values: Mapping[str, object],
    *,
    words: PageWords,
    firm: FirmView | None,
    status: int = 200,
    locale: str = "",
    checkout_origin: str = "",
    viewed_url: str = "",
    is_waiting: bool = False,
) -> HtmlPage:
    """Render a template of the pages' folder with what every page has.

    `viewed_url` is told after three seconds that a person looks; `is_waiting` lets the script look for news.
    """
    styles = (style_sheet(), accent_style(firm.accent if firm else ""))
    html = render_html(
        f"pages/{template}",
        {
            "w": words,
            "lang": locale or words.language,
            "firm": firm,
            "styles": styles,
            "script": script(),
            "viewed_url": viewed_url,
            "is_waiting": is_waiting,
            **values,
        },
    )
    return page_of(html, status=status, styles=styles, script=script(), checkout_origin=checkout_origin)


def words_for(language: str) -> PageWords:
    """Return the pages' words in a language."""
    return CATALOGUE[language]
