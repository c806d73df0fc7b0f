"""Templates, and what the tests do with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Template, Wording
from tests.integration.dynamodb.samples import FIRM
from tests.integration.dynamodb.stores import Store


def template(template_id: str = "tpl_1", **changes: Any) -> Template:
    """Return a template that is no default, in its first version."""
    words = Wording("Your bill {bill_number}", "Dear {contact_name},\n\nPlease find our bill.")
    return replace(Template(template_id, FIRM, MessageKind.BILL, "Usual", (words,), version=1), **changes)


def default(template_id: str = "tpl_1", **changes: Any) -> Template:
    """Return a template that is one."""
    return template(template_id, is_default=True, **changes)


def made(store: Store, template: Template) -> Template:
    """Store a new template."""
    store.templates.put(template)
    return template


def stored(store: Store, before: Template, **changes: Any) -> Template:
    """Change a stored template and return it as it stands then."""
    after = replace(before, version=before.version + 1, **changes)
    store.templates.put(after)
    return after


def every_page(
    store: Store, *, kind: MessageKind | None = None, client_id: str | None = None
) -> list[Template]:
    """Return a list from its first page to its last."""
    found: list[Template] = []
    cursor: str | None = None
    while True:
        page = store.templates.list(FIRM, kind=kind, client_id=client_id, limit=2, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
