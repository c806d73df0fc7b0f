"""Templates as a firm's staff sends them."""

from __future__ import annotations

from typing import Any

from tests.integration.api.office import Staff

SUBJECT = "Bill {{ bill.number }} from {{ firm.name }}"
BODY = "{{ recipient.greeting }}\n\nyour bill {{ bill.number }} is ready.\n\n{{ link.button }}"
ADDRESS = "/v1/templates"


def words(body: str = BODY, *, subject: str = SUBJECT, language: str = "en") -> dict[str, Any]:
    """Return subject and body in a language."""
    return {"language": language, "subject": subject, "body": body}


def template(*wordings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a template of a bill's message."""
    return {"kind": "bill", "name": "Monthly", "wordings": list(wordings or (words(),)), **more}


def made(staff: Staff, *wordings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Add a template."""
    found: dict[str, Any] = staff.post(ADDRESS, template(*wordings, **more)).ok()
    return found
