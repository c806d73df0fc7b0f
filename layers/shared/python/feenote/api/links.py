"""Links that were sent, as the API shows them: without what opens them."""

from __future__ import annotations

from feenote.api.fields import Answer, Id, Instant, ListAnswer, Query
from feenote.domain.links import LinkScope, SecureLink


class LinkQuery(Query):
    """The links of one bill."""

    bill_id: Id


class LinkAnswer(Answer):
    """A link that was sent; its address is known to its recipient alone."""

    id: str
    scope: LinkScope
    bill_id: str | None
    contact_id: str | None
    delivery_id: str | None
    created_at: Instant
    expires_at: Instant
    withdrawn_at: Instant | None


class LinkList(ListAnswer[LinkAnswer]):
    """A bill's links, the latest hundred, latest first."""


def link_answer(link: SecureLink) -> LinkAnswer:
    """Return a link without what opens it."""
    return LinkAnswer(
        id=link.id,
        scope=link.scope,
        bill_id=link.bill_id or None,
        contact_id=link.contact_id or None,
        delivery_id=link.delivery_id or None,
        created_at=link.created_at,
        expires_at=link.expires_at,
        withdrawn_at=link.withdrawn_at,
    )
