"""Lay a message out as HTML that mail programs show alike: tables, styles on the elements, no pictures.

The look is written in classes (`mail.css`); css-inline puts it on the elements, because many programs read no
style sheet. What only a style sheet can say, dark colours and small screens, stays in one.
"""

from __future__ import annotations

from functools import lru_cache

from css_inline import CSSInliner, InlineError

from feenote.adapters.accent import Accent, accent_on
from feenote.adapters.messages.body import Body
from feenote.adapters.messages.facts import MailFacts
from feenote.adapters.messages.phrases import Phrase
from feenote.adapters.shown_text import line as shown
from feenote.adapters.templating import render_html, render_text
from feenote.service.ports import RenderError

LIGHT_GROUND, DARK_GROUND = "#f6f6f3", "#24272b"


def lay_out(body: Body, facts: MailFacts, fine_print: tuple[Phrase, ...]) -> str:
    """Return a message's HTML.

    Raises:
        RenderError: the styles could not be put on the elements.
    """
    colour = facts.context.firm.accent_colour
    light, dark = accent_on(colour, LIGHT_GROUND), accent_on(colour, DARK_GROUND)
    html = render_html(
        "messages/layout.html",
        {
            "body": body,
            "firm": shown(facts.context.firm.name),
            "lang": facts.reader.locale,
            "words": facts.words,
            "link_url": facts.link_url,
            "fine_print": fine_print,
            "light": light,
            "dark": dark,
        },
    )
    try:
        return _inliner(light).inline(html)
    except InlineError as error:
        raise RenderError("The message's styles could not be put on its elements.") from error


@lru_cache(maxsize=256)
def _inliner(light: Accent) -> CSSInliner:
    """Return what puts the look on the elements, in a firm's colours; it never loads anything."""
    return CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        minify_css=True,
        load_remote_stylesheets=False,
        extra_css=render_text("messages/mail.css", {"light": light}),
    )
