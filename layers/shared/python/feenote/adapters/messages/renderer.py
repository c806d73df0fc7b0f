"""Make the words of messages from the templates' folder: implements `MessageRenderer`."""

from __future__ import annotations

from datetime import datetime

from feenote.adapters.accent import accent_on
from feenote.adapters.messages.mail_view import mail_view
from feenote.adapters.messages.words import CATALOGUE
from feenote.adapters.reader import reader_of
from feenote.adapters.shown_text import line as shown
from feenote.adapters.templating import render_html, render_text
from feenote.service.ports import MailContext, MessageText

MOST_SUBJECT_CHARACTERS = 150
LIGHT_GROUND, DARK_GROUND = "#f6f6f3", "#24272b"


class JinjaMessageRenderer:
    """Renders each kind of message from its folder: `subject.txt`, `body.txt`, `body.html`."""

    def render(self, context: MailContext, *, link_url: str, attached: bool, now: datetime) -> MessageText:
        """Return subject, HTML and plain text of the context's delivery, in the recipient's language."""
        reader = reader_of(context.firm, context.client, context.contact)
        words = CATALOGUE[reader.language]
        view = mail_view(context, link_url=link_url, attached=attached, now=now, reader=reader, words=words)
        colour = context.firm.accent_colour
        values = {
            "m": view,
            "w": words,
            "lang": reader.locale,
            "light": accent_on(colour, LIGHT_GROUND),
            "dark": accent_on(colour, DARK_GROUND),
        }
        folder = f"messages/{context.delivery.kind.value}"
        subject = render_text(f"{folder}/subject.txt", values)
        return MessageText(
            # A subject is one header line: whatever came in with a value, no line break leaves here.
            subject=shown(subject, limit=MOST_SUBJECT_CHARACTERS),
            html=render_html(f"{folder}/body.html", values),
            text=render_text(f"{folder}/body.txt", values).strip() + "\n",
        )
