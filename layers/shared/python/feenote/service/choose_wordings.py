"""Choose the words of a send's messages: edited by hand, a template's, a default's, or those that ship."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Client, Contact, Firm
from feenote.domain.sends import SendChoice
from feenote.domain.templates import (
    LANGUAGES,
    PinnedTemplate,
    Template,
    TemplateSlot,
    Wording,
    languages_of,
    wording_in,
)
from feenote.service.errors import FieldError, RefusedError
from feenote.service.ports import Ports


@dataclass(frozen=True, slots=True)
class ChosenWording:
    """A message's words; None are the words that Feenote ships. `template_id` names where they are from."""

    wording: Wording | None
    template_id: str = ""


@dataclass(slots=True)
class Wordings:
    """Choose words for the messages of one send; each kept only once."""

    choice: SendChoice
    defaults: Mapping[str, Template]
    """The default template of each client that has one: its own goes before what the send has pinned."""
    _kept: set[str] = field(default_factory=set)

    def of(self, firm: Firm, client: Client, contact: Contact | None) -> ChosenWording:
        """Return the words of a message to a contact, in the best of its languages."""
        if self.choice.message is not None:
            return ChosenWording(_by_hand(self.choice.message, firm, client, contact))
        template = self._template(client)
        if template is None:
            return ChosenWording(None)
        return ChosenWording(wording_in(template, languages_of(firm, client, contact)), template.id)

    def is_of_another(self, client: Client) -> bool:
        """Say whether the template that the sender chose is another client's own."""
        pinned = self.choice.pinned
        return bool(self.choice.template_id and pinned and pinned.client_id not in {"", client.id})

    def _template(self, client: Client) -> PinnedTemplate | None:
        own = None if self.choice.template_id else self.defaults.get(client.id)
        return pinned_as_it_is(own) if own is not None and own.client_id else self.choice.pinned

    def keep(self, ports: Ports, firm_id: str, chosen: ChosenWording) -> None:
        """Keep the words where messages can find them, before any message names them."""
        wording = chosen.wording
        if wording is not None and wording.id not in self._kept:
            ports.templates.keep_wording(firm_id, wording)
            self._kept.add(wording.id)


def wordings_for(
    ports: Ports, firm_id: str, choice: SendChoice, client_ids: frozenset[str], *, kind: MessageKind
) -> Wordings:
    """Read what is needed to choose words for these clients' bills, or balances."""
    if choice.message is not None or choice.template_id:
        return Wordings(choice, {})
    return Wordings(choice, ports.templates.defaults_for(firm_id, kind, client_ids))


def pinned(ports: Ports, firm_id: str, choice: SendChoice, *, kind: MessageKind) -> SendChoice:
    """Return a choice with its template, or the firm's default, as it is now, for all messages of the send.

    A client's own default is looked up when its bills are prepared.

    Raises:
        RefusedError: the chosen template is not there any more.
    """
    if choice.message is not None:
        return choice
    if choice.template_id:
        template = chosen_template(ports, firm_id, choice.template_id, kind=kind)
        return replace(choice, pinned=pinned_as_it_is(template))
    default = ports.templates.default_for(firm_id, TemplateSlot(kind))
    return replace(choice, pinned=pinned_as_it_is(default)) if default else choice


def pinned_as_it_is(template: Template) -> PinnedTemplate:
    """Return a template as it is now."""
    return PinnedTemplate(template.id, template.wordings, template.client_id)


def _by_hand(message: Wording, firm: Firm, client: Client, contact: Contact | None) -> Wording:
    """Return a message edited by hand; where its language was not said, it is its reader's."""
    if message.language:
        return message
    known = [language for language in languages_of(firm, client, contact) if language in LANGUAGES]
    return replace(message, language=known[0] if known else LANGUAGES[0])


def chosen_template(ports: Ports, firm_id: str, template_id: str, *, kind: MessageKind) -> Template:
    """Return the template that a sender chose.

    Raises:
        RefusedError: there is none, or it is for another kind of message.
    """
    try:
        template = ports.templates.get(firm_id, template_id)
    except KeyError:
        message = "There is no such template: choose another."
        raise RefusedError(message, [FieldError("template_id", message)]) from None
    if template.kind is not kind:
        message = (
            f"This template is for messages of the kind {template.kind.value}: choose one for {kind.value}s."
        )
        raise RefusedError(message, [FieldError("template_id", message)])
    return template
