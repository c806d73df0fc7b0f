"""Which template's words a message has, and in which language."""

from __future__ import annotations

import pytest

from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Client, Contact, Firm
from feenote.domain.templates import (
    Template,
    TemplateSlot,
    Wording,
    finds_default,
    languages_of,
    slots_before,
    wording_in,
)

REMINDER = MessageKind.REMINDER


class TestTheSlotsOfADefault:
    def test_are_the_clients_before_the_firms_and_a_stages_before_the_kinds(self) -> None:
        assert slots_before(TemplateSlot(REMINDER, "cli_1", "gentle")) == (
            TemplateSlot(REMINDER, "cli_1", "gentle"),
            TemplateSlot(REMINDER, "cli_1"),
            TemplateSlot(REMINDER, "", "gentle"),
            TemplateSlot(REMINDER),
        )

    def test_are_each_looked_into_once(self) -> None:
        assert slots_before(TemplateSlot(REMINDER)) == (TemplateSlot(REMINDER),)
        assert len(slots_before(TemplateSlot(REMINDER, "cli_1"))) == 2

    def test_begin_with_what_the_template_itself_is_the_default_of(self) -> None:
        template = Template("tpl_1", "firm_1", REMINDER, "Late", (), client_id="cli_1", stage="gentle")
        assert template.slot == TemplateSlot(REMINDER, "cli_1", "gentle")


class TestADefaultIsLookedFor:
    @pytest.mark.parametrize("kind", MessageKind)
    def test_by_what_nobody_asked_for(self, kind: MessageKind) -> None:
        assert finds_default(kind) == (kind.value in {"receipt", "payment_failed", "refund", "link_renewed"})


class TestAWording:
    def test_has_the_same_id_for_the_same_words_alone(self) -> None:
        one = Wording("Subject", "Body", "de")
        others = (
            Wording("Subject", "Body", "en"),
            Wording("Subject ", "Body", "de"),
            Wording("Body", "Subject", "de"),
        )
        assert one.id == Wording("Subject", "Body", "de").id
        assert len({one.id, *(other.id for other in others)}) == 4
        assert one.id.startswith("wrd_")

    @pytest.mark.parametrize(
        ("contact", "client", "expected"),
        [("de-AT", "fr", "de"), ("", "fr_CA", "fr"), ("it", "", "en"), ("pt", "nl", "en"), ("", "", "en")],
    )
    def test_is_in_the_readers_language_else_the_clients_else_the_firms(
        self, contact: str, client: str, expected: str
    ) -> None:
        wordings = tuple(Wording("Subject", "Body", tag) for tag in ("fr", "de", "en"))
        template = Template("tpl_1", "firm_1", MessageKind.BILL, "Usual", wordings)
        languages = languages_of(
            Firm("firm_1", "Hartwell", locale="en-GB"),
            Client("cli_1", "firm_1", "1", "Meridian", language=client),
            Contact("con_1", "firm_1", language=contact),
        )
        assert wording_in(template, languages).language == expected

    def test_is_the_templates_first_where_it_has_no_language_of_theirs(self) -> None:
        wordings = (Wording("Subject", "Body", "es"), Wording("Subject", "Body", "fr"))
        template = Template("tpl_1", "firm_1", MessageKind.BILL, "Usual", wordings)
        assert wording_in(template, languages_of(Firm("firm_1", "Hartwell"), None, None)) == wordings[0]
