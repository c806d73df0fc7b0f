"""What keeps templates promises: one default of each thing, and nobody's words are overwritten unseen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Template, TemplateSlot, Wording
from feenote.service.ports import BadCursorError, Page, StaleError
from tests.integration.dynamodb.samples import CLIENT, FIRM
from tests.integration.dynamodb.stores import NOW, Store
from tests.integration.dynamodb.template_samples import default, every_page, made, stored, template

BILL, REMINDER = MessageKind.BILL, MessageKind.REMINDER


class TestATemplate:
    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        made = template(client_id=CLIENT, kind=REMINDER, stage="gentle", is_default=True, changed_at=NOW)
        store.templates.put(made)
        assert store.templates.get(FIRM, "tpl_1") == made

    @pytest.mark.parametrize("place", [("firm_2", "tpl_1"), (FIRM, "tpl_2"), (FIRM, "tpl#1"), (FIRM, "")])
    def test_of_another_firm_or_none_is_a_key_error(self, store: Store, place: tuple[str, str]) -> None:
        store.templates.put(template())
        with pytest.raises(KeyError):
            store.templates.get(*place)

    @pytest.mark.parametrize("version", [0, 1, 3])
    def test_is_changed_only_over_what_was_read(self, store: Store, version: int) -> None:
        store.templates.put(template())
        with pytest.raises(StaleError):
            store.templates.put(template(name="Late", version=version))
        assert store.templates.get(FIRM, "tpl_1") == template()
        store.templates.put(template(name="In time", version=2))
        assert store.templates.get(FIRM, "tpl_1").name == "In time"

    @pytest.mark.parametrize("version", [0, 2])
    def test_begins_with_its_first_version(self, store: Store, version: int) -> None:
        with pytest.raises(StaleError):
            store.templates.put(template(version=version))
        with pytest.raises(KeyError):
            store.templates.get(FIRM, "tpl_1")

    def test_is_deleted_only_as_it_was_read(self, store: Store) -> None:
        before = template()
        store.templates.put(before)
        after = stored(store, before, name="Changed")
        with pytest.raises(StaleError):
            store.templates.delete(before)
        store.templates.delete(after)
        with pytest.raises(KeyError):
            store.templates.get(FIRM, "tpl_1")
        with pytest.raises(StaleError):
            store.templates.delete(after)

    def test_of_the_longest_words_is_stored_whole(self, store: Store) -> None:
        # Letters of three bytes in an order that hardly compresses: more than people write.
        body = "".join(chr(0x4E00 + number * 7_919 % 20_000) for number in range(20_000))
        wordings = tuple(Wording("S" * 200, body, language) for language in ("en", "fr", "de", "es"))
        made = default(wordings=wordings)
        store.templates.put(made)
        assert store.templates.get(FIRM, "tpl_1") == made
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == made
        assert every_page(store) == [made]


class TestTwoEditorsAtOnce:
    def test_one_of_them_is_told_to_read_again(self, store: Store) -> None:
        store.templates.put(template())
        wishes = [template(name=f"Editor {number}", version=2) for number in range(4)]
        outcomes = at_once([partial(store.templates.put, wish) for wish in wishes])
        assert outcomes.count(None) == 1
        assert [type(each) for each in outcomes if each] == [StaleError] * 3
        assert store.templates.get(FIRM, "tpl_1") == wishes[outcomes.index(None)]

    def test_two_templates_made_the_default_leave_exactly_one(self, store: Store) -> None:
        made = [template(f"tpl_{number}") for number in range(4)]
        for each in made:
            store.templates.put(each)
        wishes = [replace(each, is_default=True, version=2) for each in made]
        outcomes = at_once([partial(store.templates.put, wish) for wish in wishes])
        assert {type(each) for each in outcomes} <= {type(None), StaleError}
        found = [store.templates.get(FIRM, each.id) for each in made]
        (chosen,) = (each for each in found if each.is_default)
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == chosen
        assert outcomes[int(chosen.id[-1])] is None
        displaced = [each for each, outcome in zip(found, outcomes, strict=True) if outcome is None]
        assert {each.version for each in displaced if each != chosen} <= {3}

    def test_defaults_of_different_things_do_not_disturb_each_other(self, store: Store) -> None:
        kinds = tuple(MessageKind)[:4]
        made = [default(f"tpl_{kind.value}", kind=kind) for kind in kinds]
        outcomes = at_once([partial(store.templates.put, each) for each in made])
        assert outcomes == [None] * 4
        for kind, each in zip(kinds, made, strict=True):
            assert store.templates.default_for(FIRM, TemplateSlot(kind)) == each

    def test_a_default_deleted_and_another_made_leave_that_one(self, store: Store) -> None:
        old, new = default("tpl_old"), default("tpl_new")
        store.templates.put(old)
        at_once([partial(store.templates.delete, old), partial(store.templates.put, new)])
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == store.templates.get(FIRM, "tpl_new")
        assert [each.id for each in every_page(store) if each.is_default] == ["tpl_new"]


class TestADefault:
    def test_displaces_the_one_before_whose_editor_notices(self, store: Store) -> None:
        first, second = default("tpl_1"), default("tpl_2")
        store.templates.put(first)
        store.templates.put(second)
        displaced = store.templates.get(FIRM, "tpl_1")
        assert displaced == replace(first, is_default=False, version=2)
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == second
        with pytest.raises(StaleError):
            store.templates.put(replace(first, name="Unaware", version=2))

    def test_is_told_truthfully_in_the_list(self, store: Store) -> None:
        store.templates.put(default("tpl_1"))
        store.templates.put(default("tpl_2"))
        assert [(each.id, each.is_default) for each in every_page(store)] == [
            ("tpl_1", False),
            ("tpl_2", True),
        ]

    def test_stays_one_when_its_words_change(self, store: Store) -> None:
        after = stored(store, made(store, default()), name="Changed")
        assert after.is_default
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == after

    def test_of_a_client_goes_before_the_firms(self, store: Store) -> None:
        of_firm, of_client = made(store, default("tpl_f")), made(store, default("tpl_c", client_id=CLIENT))
        assert store.templates.default_for(FIRM, TemplateSlot(BILL, CLIENT)) == of_client
        assert store.templates.default_for(FIRM, TemplateSlot(BILL, "cli_2")) == of_firm
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == of_firm
        assert store.templates.get(FIRM, "tpl_f").is_default

    def test_of_a_stage_goes_before_the_kinds_and_a_client_before_a_stage(self, store: Store) -> None:
        wanted = TemplateSlot(REMINDER, CLIENT, "firm_tone")
        expected = []
        for template_id, of in (
            ("tpl_1", TemplateSlot(REMINDER)),
            ("tpl_2", TemplateSlot(REMINDER, "", "firm_tone")),
            ("tpl_3", TemplateSlot(REMINDER, CLIENT)),
            ("tpl_4", wanted),
        ):
            new = default(template_id, kind=REMINDER, client_id=of.client_id, stage=of.stage)
            expected.append(made(store, new))
            assert store.templates.default_for(FIRM, wanted) == expected[-1]
        other = TemplateSlot(REMINDER, CLIENT, "gentle")
        assert store.templates.default_for(FIRM, other) == expected[2]
        assert [each.is_default for each in every_page(store)] == [True] * 4

    def test_is_none_where_none_was_made(self, store: Store) -> None:
        store.templates.put(template())
        store.templates.put(default("tpl_2", kind=REMINDER, stage="gentle"))
        for slot in (
            TemplateSlot(BILL, CLIENT),
            TemplateSlot(REMINDER),
            TemplateSlot(REMINDER, CLIENT, "firm"),
        ):
            assert store.templates.default_for(FIRM, slot) is None

    def test_is_its_own_firms(self, store: Store) -> None:
        store.templates.put(default())
        assert store.templates.default_for("firm_2", TemplateSlot(BILL, CLIENT)) is None
        assert store.templates.defaults_for("firm_2", BILL, [CLIENT]) == {}

    def test_that_is_deleted_frees_its_slot(self, store: Store) -> None:
        of_firm, of_client = made(store, default("tpl_f")), made(store, default("tpl_c", client_id=CLIENT))
        store.templates.delete(of_client)
        assert store.templates.default_for(FIRM, TemplateSlot(BILL, CLIENT)) == of_firm
        store.templates.delete(of_firm)
        assert store.templates.default_for(FIRM, TemplateSlot(BILL, CLIENT)) is None
        again = made(store, default("tpl_f"))
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) == again

    def test_that_is_one_no_more_frees_its_slot(self, store: Store) -> None:
        after = stored(store, made(store, default()), is_default=False)
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) is None
        assert not store.templates.get(FIRM, "tpl_1").is_default
        stored(store, after, is_default=True)
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) is not None

    @pytest.mark.parametrize(
        "slot", [TemplateSlot(REMINDER), TemplateSlot(BILL, CLIENT), TemplateSlot(BILL, "", "gentle")]
    )
    def test_that_becomes_anothers_moves_with_it(self, store: Store, slot: TemplateSlot) -> None:
        there = made(store, default("tpl_2", kind=slot.kind, client_id=slot.client_id, stage=slot.stage))
        moved = stored(
            store, made(store, default()), kind=slot.kind, client_id=slot.client_id, stage=slot.stage
        )
        assert store.templates.default_for(FIRM, slot) == moved
        assert store.templates.default_for(FIRM, TemplateSlot(BILL)) is None
        assert store.templates.get(FIRM, there.id) == replace(there, is_default=False, version=2)


class TestTheDefaultsOfManyClients:
    def test_are_each_clients_own_else_the_firms(self, store: Store) -> None:
        of_firm, of_client = made(store, default("tpl_f")), made(store, default("tpl_c", client_id=CLIENT))
        many = [f"cli_{number}" for number in range(1, 251)]
        found = store.templates.defaults_for(FIRM, BILL, [*many, CLIENT])
        assert found == {client: of_client if client == CLIENT else of_firm for client in many}

    def test_leave_out_who_has_none(self, store: Store) -> None:
        made(store, default("tpl_s", stage="gentle"))
        of_client = made(store, default("tpl_c", client_id=CLIENT))
        assert store.templates.defaults_for(FIRM, BILL, ["cli_2", CLIENT]) == {CLIENT: of_client}
        assert store.templates.defaults_for(FIRM, BILL, []) == {}

    def test_are_those_of_a_stage_where_it_is_named(self, store: Store) -> None:
        of_firm = made(store, default("tpl_f", kind=REMINDER))
        of_stage = made(store, default("tpl_s", kind=REMINDER, stage="due+7"))
        of_client = made(store, default("tpl_c", kind=REMINDER, client_id=CLIENT))
        for stage, firms in (("due+7", of_stage), ("due+15", of_firm), ("", of_firm)):
            found = store.templates.defaults_for(FIRM, REMINDER, ["cli_2", CLIENT], stage=stage)
            assert found == {"cli_2": firms, CLIENT: of_client}


class TestTheList:
    def test_is_by_name_without_case_and_accents(self, store: Store) -> None:
        names = ["Élan", "einfach", "Brief 10", "brief 9", "Zahlung"]
        for number, name in enumerate(names):
            store.templates.put(template(f"tpl_{number}", name=name))
        store.templates.put(template("tpl_x", firm_id="firm_2"))
        assert [each.name for each in every_page(store)] == [
            "brief 9",
            "Brief 10",
            "einfach",
            "Élan",
            "Zahlung",
        ]

    def test_keeps_a_kind_the_firms_or_a_clients(self, store: Store) -> None:
        for kind in (BILL, REMINDER):
            for client_id in ("", CLIENT, "cli_2"):
                store.templates.put(template(f"tpl_{kind}_{client_id}", kind=kind, client_id=client_id))
        assert len(every_page(store)) == 6
        assert {each.client_id for each in every_page(store, client_id="")} == {""}
        assert {each.client_id for each in every_page(store, client_id=CLIENT)} == {CLIENT}
        assert [each.client_id for each in every_page(store, kind=REMINDER)] == ["", CLIENT, "cli_2"]
        (own,) = every_page(store, kind=REMINDER, client_id=CLIENT)
        assert own.id == f"tpl_reminder_{CLIENT}"
        assert every_page(store, client_id="cli_3") == []

    def test_goes_on_where_it_ended_while_templates_come_and_go(self, store: Store) -> None:
        made = {name: template(f"tpl_{name}", name=name) for name in "abcdefgh"}
        for each in made.values():
            store.templates.put(each)
        first = page_of(store, 3, None)
        store.templates.delete(made["c"])
        store.templates.delete(made["e"])
        stored(store, made["a"], name="z")
        store.templates.put(template("tpl_dd", name="dd"))
        second = page_of(store, 3, first.next_cursor)
        third = page_of(store, 9, second.next_cursor)
        assert [[each.name for each in page.items] for page in (first, second, third)] == [
            ["a", "b", "c"],
            ["d", "dd", "f"],
            ["g", "h", "z"],
        ]
        assert third.next_cursor is None

    def test_refuses_the_cursor_of_another(self, store: Store) -> None:
        for number in range(3):
            store.templates.put(template(f"tpl_{number}"))
        cursor = page_of(store, 1, None).next_cursor
        for firm_id, kind, client_id in (("firm_2", None, None), (FIRM, BILL, None), (FIRM, None, "")):
            with pytest.raises(BadCursorError):
                store.templates.list(firm_id, kind=kind, client_id=client_id, limit=1, cursor=cursor)


def page_of(store: Store, limit: int, cursor: str | None) -> Page[Template]:
    return store.templates.list(FIRM, kind=None, client_id=None, limit=limit, cursor=cursor)


def at_once(acts: Sequence[Callable[[], None]]) -> list[Exception | None]:
    """Do things at the same time; return how each ended."""
    gate = threading.Barrier(len(acts))
    outcomes: list[Exception | None] = [RuntimeError("It did not end.")] * len(acts)

    def run(number: int) -> None:
        gate.wait()
        try:
            acts[number]()
        except StaleError as error:
            outcomes[number] = error
        else:
            outcomes[number] = None

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
