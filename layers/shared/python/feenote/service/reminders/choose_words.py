"""Choose the words of reminders: the stage's own template, else a default, else those that ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Client, Contact, Firm
from feenote.domain.templates import Template, languages_of, wording_in
from feenote.service.choose_wordings import ChosenWording
from feenote.service.ports import Ports


class ReminderWords:
    """Choose words for the reminders of some clients of a firm; what was read once is not read again."""

    def __init__(self, ports: Ports, firm_id: str, client_ids: Sequence[str]) -> None:
        self._ports = ports
        self._firm_id = firm_id
        self._client_ids = tuple(client_ids)
        self._templates: dict[str, Template | None] = {}
        self._defaults: dict[str, Mapping[str, Template]] = {}
        self._kept: set[str] = set()

    def of(
        self, firm: Firm, client: Client, contact: Contact, *, stage: str, template_id: str
    ) -> ChosenWording:
        """Return the words of a reminder in the best language of its reader, and keep them for its delivery.

        A template that was deleted, or is for something else, is passed over: the next best words go out.

        Raises:
            StaleError: others move defaults at this moment.
        """
        template = self.template(client, stage=stage, template_id=template_id)
        if template is None:
            return ChosenWording(None)
        wording = wording_in(template, languages_of(firm, client, contact))
        if wording.id not in self._kept:
            self._ports.templates.keep_wording(self._firm_id, wording)
            self._kept.add(wording.id)
        return ChosenWording(wording, template.id)

    def template(self, client: Client, *, stage: str, template_id: str) -> Template | None:
        """Return whose words a reminder has; None are the words that ship. Nothing is kept."""
        return self._named(template_id, client) or self._default(stage, client)

    def _named(self, template_id: str, client: Client) -> Template | None:
        if not template_id:
            return None
        if template_id not in self._templates:
            self._templates[template_id] = self._read(template_id)
        template = self._templates[template_id]
        return template if template is not None and template.client_id in {"", client.id} else None

    def _read(self, template_id: str) -> Template | None:
        try:
            template = self._ports.templates.get(self._firm_id, template_id)
        except KeyError:
            return None
        return template if template.kind is MessageKind.REMINDER else None

    def _default(self, stage: str, client: Client) -> Template | None:
        if stage not in self._defaults:
            self._defaults[stage] = self._ports.templates.defaults_for(
                self._firm_id, MessageKind.REMINDER, self._client_ids, stage=stage
            )
        return self._defaults[stage].get(client.id)
