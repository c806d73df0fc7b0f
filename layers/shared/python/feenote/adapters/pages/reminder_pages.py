"""The page that stops reminders, and lets them come again."""

from __future__ import annotations

from urllib.parse import quote

from feenote.adapters.pages.firm_view import firm_view
from feenote.adapters.pages.headers import HtmlPage
from feenote.adapters.pages.rendering import Act, render, words_for
from feenote.adapters.reader import reader_of
from feenote.adapters.shown_text import line as shown
from feenote.domain.links import LinkScope
from feenote.service.reminders.stop_reminders import Reminded

# Joined to what follows, else a line may end after it.
_HIDDEN = "\N{HORIZONTAL ELLIPSIS}\N{WORD JOINER}"


def render_reminders_page(found: Reminded, *, token: str, logo: bytes | None = None) -> HtmlPage:
    """Return who sends reminders to which address, with the button that stops them or starts them again.

    No address is written whole: its recipient knows it, and whoever else has the link need not.
    """
    reader = reader_of(found.firm, found.client, found.contact)
    words = words_for(reader.language)
    own = words.reminders
    address = f"/l/{quote(token, safe='')}"
    back = words.paying.to_your_bills if found.link.scope is LinkScope.BALANCE else words.to_the_bill
    stopped = found.is_stopped
    return render(
        "reminders.html",
        {
            "notice": own.stopped if stopped else own.going,
            "after": own.still_comes if stopped else own.if_stopped,
            "address": ", ".join(dict.fromkeys(masked(one) for one in found.addresses)),
            "state": "stopped" if stopped else "going",
            "act": Act(own.start_again, f"{address}/start", is_post=True)
            if stopped
            else Act(own.stop, f"{address}/stop", is_post=True),
            "is_quiet": stopped,
            "second": Act(back, address) if found.is_open else None,
        },
        words=words,
        firm=firm_view(found.firm, (), logo),
        locale=reader.locale,
    )


def masked(address: str) -> str:
    """Return an address with most of what stands before its `@` left out: `d…@client.example`."""
    text = shown(address)
    local = text.rpartition("@")[0] or text
    first = local[:1] if len(local) > 1 else ""
    return f"{first}{_HIDDEN}{text[len(local) :]}"
