"""Whole lists of Stripe's, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from feenote.adapters.stripe.errors import translated

if TYPE_CHECKING:
    import stripe
    from stripe import ListObject

    Listed = TypeVar("Listed", bound=stripe.StripeObject)

PAGE = 100
"""Stripe's own limit."""


def every(first_page: Callable[[], ListObject[Listed]]) -> Iterator[Listed]:
    """Go through a list from the page that `first_page` asks for; each page is one request.

    Raises:
        ProcessorUnavailableError: a page did not come; what was given before it stands.
        ProcessorRefusedError: Stripe does not give this list.
    """
    with translated():
        page = first_page()
    while True:
        yield from page.data
        if not page.has_more:
            return
        with translated():
            page = page.next_page()
