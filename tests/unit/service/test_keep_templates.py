"""What a template must be, whoever asks for it to be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Client
from feenote.domain.templates import LANGUAGES, Template, Wording
from feenote.service.errors import ConflictError, RefusedError
from feenote.service.keep_templates import (
    add_template,
    change_template,
    list_fields,
    list_shipped,
    read_template,
    wording_errors,
)
from feenote.service.ports import Ports
from tests.fakes.store import FakeStore
from tests.simulation.outside import SimMessages

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEMPLATE = Template("tpl_1", "firm_1", MessageKind.BILL, "Monthly", (Wording("Bill", "Hello"),))


@pytest.fixture
def ports() -> Ports:
    store = FakeStore()
    store.records.put_client(Client("cli_1", "firm_1", "1", "Northwind", version=1))
    store.records.put_client(Client("cli_2", "firm_2", "1", "Of another firm", version=1))
    made = SimpleNamespace(records=store.records, templates=store.templates, messages=SimMessages())
    return cast("Ports", made)


class TestATemplate:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": " \n"}, "name"),
            ({"name": "n" * 201}, "name"),
            ({"wordings": ()}, "wordings"),
            ({"wordings": (Wording("S", "B", ""),)}, "wordings[0].language"),
            ({"wordings": (Wording("S", "B"), Wording("T", "C"))}, "wordings[1].language"),
            ({"stage": "late"}, "stage"),
            ({"client_id": "cli_2"}, "client_id"),
            ({"wordings": (Wording("S", "{{ nothing }}"),)}, "wordings[0].body"),
        ],
    )
    def test_that_cannot_be_used_is_neither_added_nor_changed(
        self, ports: Ports, change: dict[str, object], field: str
    ) -> None:
        before = add_template(ports, template=TEMPLATE, now=NOW)
        odd = replace(TEMPLATE, **change)  # type: ignore[arg-type]  # each case names fields of a template

        with pytest.raises(RefusedError) as adding:
            add_template(ports, template=replace(odd, id="tpl_2"), now=NOW)
        with pytest.raises(RefusedError) as changing:
            change_template(ports, template=odd, expected_version=None, now=NOW)

        assert [error.field for error in adding.value.errors] == [field]
        assert [error.field for error in changing.value.errors] == [field]
        assert read_template(ports, firm_id="firm_1", template_id="tpl_1") == before

    def test_may_be_one_clients_own(self, ports: Ports) -> None:
        added = add_template(ports, template=replace(TEMPLATE, client_id="cli_1"), now=NOW)

        assert added == replace(TEMPLATE, client_id="cli_1", version=1, changed_at=NOW)

    def test_is_told_of_another_with_its_id(self, ports: Ports) -> None:
        add_template(ports, template=TEMPLATE, now=NOW)

        assert add_template(ports, template=TEMPLATE, now=NOW).version == 1
        with pytest.raises(ConflictError):
            add_template(ports, template=replace(TEMPLATE, name="Another"), now=NOW)


class TestWhatATemplateBeginsFrom:
    def test_are_the_words_that_ship(self, ports: Ports) -> None:
        (found,) = list_shipped(ports, kind=MessageKind.RECEIPT)

        assert found.kind is MessageKind.RECEIPT
        assert [wording.language for wording in found.wordings] == list(LANGUAGES)
        assert [words.kind for words in list_shipped(ports, kind=None)] == list(MessageKind)

    def test_are_the_fields_of_its_kind(self) -> None:
        assert {field.name for field in list_fields(None)} > {
            field.name for field in list_fields(MessageKind.RECEIPT)
        }
        assert all(MessageKind.RECEIPT in field.kinds for field in list_fields(MessageKind.RECEIPT))


class TestTheErrorsOfAWording:
    def test_name_its_parts_below_where_it_stands(self) -> None:
        errors = wording_errors(MessageKind.BILL, Wording("{{", "}}"), path="message")

        assert [error.field for error in errors] == ["message.subject", "message.body"]
