"""The pages that know nobody: nothing is there, too many requests, an outage. Always the very same bytes."""

from __future__ import annotations

from functools import lru_cache

from feenote.adapters.pages.headers import HtmlPage
from feenote.adapters.pages.rendering import render, words_for
from feenote.adapters.pages.words import CATALOGUE, PageWords

WAIT_SECONDS = 300
TRY_AGAIN_SECONDS = 30


@lru_cache(maxsize=1)
def render_not_found() -> HtmlPage:
    """Return the answer to every link that opens nothing, whatever the reason, in all our languages."""
    return _in_all_languages("not_found_page", 404)


@lru_cache(maxsize=1)
def render_slow_down() -> HtmlPage:
    """Return the answer to too many requests, in all our languages."""
    page = _in_all_languages("slow_down_page", 429)
    return HtmlPage(page.status, page.html, {**page.headers, "Retry-After": str(WAIT_SECONDS)})


@lru_cache(maxsize=1)
def render_unavailable() -> HtmlPage:
    """Return the answer while something behind the pages is away: whose page it is cannot be known then."""
    page = _in_all_languages("unavailable_page", 503)
    return HtmlPage(page.status, page.html, {**page.headers, "Retry-After": str(TRY_AGAIN_SECONDS)})


def _in_all_languages(name: str, status: int) -> HtmlPage:
    def notice(words: PageWords) -> tuple[str, object]:
        return words.language, getattr(words, name)

    notices = [notice(words) for words in CATALOGUE.values()]
    return render("plain.html", {"notices": notices}, words=words_for("en"), firm=None, status=status)
