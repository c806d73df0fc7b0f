"""Templates, and the wordings that messages were asked for with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Template, TemplateSlot, Wording
from feenote.service.ports.common import Page


class Templates(Protocol):
    """Keeps templates and which of them is the default of what."""

    def get(self, firm_id: str, template_id: str) -> Template:
        """Return a template; `KeyError` when there is none."""
        ...

    def put(self, template: Template) -> None:
        """Store a template; its version is one more than what is stored (1 for a new one), else `StaleError`.

        Where it `is_default`, it takes the place of the default before it, which loses that word, in one
        write.
        """
        ...

    def delete(self, template: Template) -> None:
        """Delete a template of this very version, else `StaleError`; its place as a default is free then."""
        ...

    def list(
        self, firm_id: str, *, kind: MessageKind | None, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Template]:
        """List templates by name; `client_id` keeps a client's own, an empty one the firm's."""
        ...

    def default_for(self, firm_id: str, slot: TemplateSlot) -> Template | None:
        """Return the default of a slot, read strongly: the client's own, else the firm's.

        A stage without a default of its own has that of its kind.
        """
        ...

    def defaults_for(
        self, firm_id: str, kind: MessageKind, client_ids: Iterable[str], *, stage: str = ""
    ) -> Mapping[str, Template]:
        """Return the default of a kind for each of these clients that has one (its own, else the firm's).

        Where a `stage` is named, the best is the default of that stage, as `default_for` finds it.

        Read strongly, in as few calls as can be: one for a hundred clients and one for the templates found.
        """
        ...

    def keep_wording(self, firm_id: str, wording: Wording) -> None:
        """Keep a wording by its id, so that messages can name it; a second time changes nothing."""
        ...

    def wording(self, firm_id: str, wording_id: str) -> Wording:
        """Return a kept wording; `KeyError` when there is none."""
        ...
