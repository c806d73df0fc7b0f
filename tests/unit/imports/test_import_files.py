"""Imports of bills: whole or refused, and the same file twice changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from feenote.domain.accounts import MAX_OPEN_BILLS
from feenote.domain.bills import BillState
from feenote.domain.events import EventKind
from feenote.domain.file_text import decode
from feenote.domain.money import Money
from feenote.domain.records import Client, Matter
from feenote.service import import_files
from feenote.service.approve_bill import delete_bill, void_bill
from feenote.service.errors import NotFoundError, RefusedError
from feenote.service.import_files import FileFormat, ImportOutcome, ImportResult, import_bills
from feenote.service.ports import NEW_BILLS_IN_ONE_CHANGE, ClientChange, StoreUnavailableError
from tests.simulation.faults import Plan, Watched
from tests.unit.imports.firm_ports import FIRM, NOW, FirmPorts
from tests.unit.imports.ledes import file, line

SAMPLE = decode((Path(__file__).parents[3] / "examples" / "ledes1998b_sample.txt").read_bytes())


@pytest.fixture
def firm() -> FirmPorts:
    return FirmPorts()


def outcomes(results: Any) -> list[str]:
    return [result.outcome.value for result in results]


class TestAnImport:
    def test_makes_drafts_that_add_up(self, firm: FirmPorts) -> None:
        results = firm.import_ledes(SAMPLE)

        made = [firm.bills.get(FIRM, result.bill_id) for result in results]
        assert outcomes(results) == ["created", "created"]
        assert [(bill.number, bill.total, bill.state) for bill in made] == [
            ("96542", Money(168445, "USD"), BillState.DRAFT),
            ("96543", Money(125000, "USD"), BillState.DRAFT),
        ]

    def test_makes_the_client_and_the_matters_once(self, firm: FirmPorts) -> None:
        results = firm.import_ledes(SAMPLE)

        first, second = (firm.bills.get(FIRM, result.bill_id) for result in results)
        client = firm.records.get_client(FIRM, first.client_id)
        matters = firm.records.get_matters(FIRM, [*first.content.matter_ids, *second.content.matter_ids])
        assert (client.number, client.name) == ("00711", "00711")
        assert first.client_id == second.client_id
        assert [(matter.number, matter.client_matter_number) for matter in matters] == [
            ("0528", "423-987"),
            ("1326", "425-936"),
        ]
        assert {charge.matter_id for charge in first.content.lines} == {matters[0].id}

    def test_takes_the_client_and_the_matter_that_are_there(self, firm: FirmPorts) -> None:
        firm.records.put_client(Client("cli_vale", FIRM, "00711", "Vale", version=1))
        firm.records.put_matter(Matter("mat_lease", FIRM, "cli_vale", "0528", version=1))

        [result] = firm.import_ledes(file(line()))

        content = firm.bills.get(FIRM, result.bill_id).content
        assert (content.client_id, content.matter_ids) == ("cli_vale", ("mat_lease",))

    def test_is_due_by_the_firms_terms(self, firm: FirmPorts) -> None:
        [result] = firm.import_ledes(file(line()))

        assert firm.bills.get(FIRM, result.bill_id).due_on == date(2026, 10, 15)

    def test_approves_what_it_makes_where_that_is_wanted(self, firm: FirmPorts) -> None:
        results = firm.import_ledes(SAMPLE, approve=True)

        bill = firm.bills.get(FIRM, results[0].bill_id)
        assert (bill.state, bill.revision, bill.number) == (BillState.AWAITING_PAYMENT, 1, "96542")
        assert firm.books.account(FIRM, bill.client_id).owed("USD") == Money(293445, "USD")

    def test_of_csv_takes_names_and_due_date_from_the_file(self, firm: FirmPorts) -> None:
        text = (
            "bill_number,client_number,client_name,matter_number,matter_description,issued_on,due_on,kind,amount\n"
            "7,C1,Vale,M1,Lease,2026-10-01,2026-12-24,fee,10.50\n"
        )

        [result] = import_bills(
            firm.ports, firm_id=FIRM, text=text, file_format=FileFormat.CSV, approve=False, actor="u", now=NOW
        )

        bill = firm.bills.get(FIRM, result.bill_id)
        assert (bill.due_on, bill.total) == (date(2026, 12, 24), Money(1050, "USD"))
        assert firm.records.get_client(FIRM, bill.client_id).name == "Vale"
        assert firm.records.get_matter(FIRM, bill.content.matter_ids[0]).description == "Lease"


class TestTheSameFileTwice:
    @pytest.mark.parametrize("approve", [False, True])
    def test_changes_nothing(self, firm: FirmPorts, approve: bool) -> None:
        first = firm.import_ledes(SAMPLE, approve=approve)
        before = [firm.bills.get(FIRM, result.bill_id) for result in first]

        again = firm.import_ledes(SAMPLE, approve=approve)

        assert outcomes(again) == ["unchanged", "unchanged"]
        assert [result.bill_id for result in again] == [result.bill_id for result in first]
        assert [firm.bills.get(FIRM, result.bill_id) for result in again] == before

    def test_approves_what_a_first_import_left_as_a_draft(self, firm: FirmPorts) -> None:
        firm.import_ledes(SAMPLE)

        results = firm.import_ledes(SAMPLE, approve=True)

        assert outcomes(results) == ["unchanged", "unchanged"]
        assert firm.bills.get(FIRM, results[0].bill_id).state is BillState.AWAITING_PAYMENT

    def test_leaves_a_bill_alone_that_was_voided_since(self, firm: FirmPorts) -> None:
        [first] = firm.import_ledes(file(line()), approve=True)
        void_bill(firm.ports, firm_id=FIRM, bill_id=first.bill_id, expected_version=None, actor="u", now=NOW)

        [again] = firm.import_ledes(file(line()), approve=True)

        assert again.outcome is ImportOutcome.UNCHANGED
        assert firm.bills.get(FIRM, first.bill_id).state is BillState.VOID

    def test_makes_a_bill_again_that_was_deleted_since(self, firm: FirmPorts) -> None:
        [first] = firm.import_ledes(file(line()))
        delete_bill(
            firm.ports, firm_id=FIRM, bill_id=first.bill_id, expected_version=None, actor="u", now=NOW
        )

        [again] = firm.import_ledes(file(line()))

        assert again.outcome is ImportOutcome.CREATED
        assert again.bill_id != first.bill_id

    def test_goes_on_where_it_was_cut_short(self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch) -> None:
        commit, commits = firm.books.commit, Counter[str]()

        def die_at_the_second(change: Any) -> None:
            commits["all"] += 1
            if commits["all"] == 2:
                raise StoreUnavailableError("The function died.")
            commit(change)

        text = file(line(), line(invoice_number="1002", client_id="00712"))
        monkeypatch.setattr(firm.books, "commit", die_at_the_second)
        with pytest.raises(StoreUnavailableError):
            firm.import_ledes(text, approve=True)

        results = firm.import_ledes(text, approve=True)

        states = {firm.bills.get(FIRM, result.bill_id).state for result in results}
        assert outcomes(results) == ["unchanged", "created"]
        assert states == {BillState.AWAITING_PAYMENT}


class TestARefusal:
    def test_of_other_lines_under_a_number_that_is_there(self, firm: FirmPorts) -> None:
        [first] = firm.import_ledes(file(line()))

        [second] = firm.import_ledes(file(line(line_item_description="Other work")))

        assert (second.outcome, second.bill_id) == (ImportOutcome.REFUSED, first.bill_id)
        assert "other lines" in second.errors[0].message

    def test_of_one_bill_leaves_nothing_of_it(self, firm: FirmPorts) -> None:
        bad = line(invoice_number="1002", client_id="00999", invoice_total="1")

        results = firm.import_ledes(file(line(), bad))

        assert outcomes(results) == ["created", "refused"]
        assert results[1].errors[0].line == 4
        assert firm.records.find_client(FIRM, "00999") is None
        assert firm.bills.number_owner(FIRM, "1002") is None

    def test_of_a_bill_below_zero_comes_before_its_client_is_made(self, firm: FirmPorts) -> None:
        below = line(
            line_item_unit_cost="",
            line_item_adjustment_amount="-5",
            line_item_total="-5",
            invoice_total="-5",
        )

        [result] = firm.import_ledes(file(below))

        assert (result.outcome, result.errors[0].line) == (ImportOutcome.REFUSED, 3)
        assert "below zero" in result.errors[0].message
        assert firm.records.find_client(FIRM, "00711") is None

    def test_of_a_whole_file_names_its_line(self, firm: FirmPorts) -> None:
        with pytest.raises(RefusedError) as refusal:
            firm.import_ledes("bill_number,amount\n")

        assert refusal.value.errors[0].field == "line 1"

    def test_of_a_firm_that_is_not_there(self, firm: FirmPorts) -> None:
        with pytest.raises(NotFoundError):
            import_bills(
                firm.ports,
                firm_id="firm_2",
                text=SAMPLE,
                file_format=FileFormat.LEDES_1998B,
                approve=False,
                actor="u",
                now=NOW,
            )


def many(count: int, first: int = 1000, **cells: str) -> str:
    """Return a file of bills of one line each for one client."""
    return file(*(line(invoice_number=str(first + number), **cells) for number in range(count)))


class TestBillsIssuedTogether:
    def test_take_no_number_of_the_firms_sequence(self, firm: FirmPorts) -> None:
        firm.import_ledes(many(3), approve=True)

        assert firm.bills.next_number(FIRM) == 1

    def test_have_the_same_life_as_bills_approved_one_by_one(self, firm: FirmPorts) -> None:
        [together] = firm.import_ledes(many(1), approve=True)
        firm.import_ledes(many(1, first=2000))

        [alone] = firm.import_ledes(many(1, first=2000), approve=True)

        first, second = (firm.bills.get(FIRM, result.bill_id) for result in (together, alone))
        same = replace(second, id=first.id, number=first.number, revision_hash=first.revision_hash)
        assert same == first
        lives = [
            [(event.kind, event.actor, event.at, set(event.details)) for event in timeline.items]
            for bill in (first, second)
            for timeline in (firm.bills.timeline(FIRM, bill.id, limit=9, cursor=None),)
        ]
        assert lives[0] == lives[1]
        assert [kind for kind, *_ in lives[0]] == [EventKind.CREATED, EventKind.APPROVED]

    def test_do_without_one_whose_number_is_taken_at_that_moment(
        self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit = firm.books.commit

        def be_slower(change: ClientChange) -> None:
            monkeypatch.setattr(firm.books, "commit", commit)
            other = replace(change.new_bills[1].bill, id="bill_other", state=BillState.DRAFT, version=1)
            firm.bills.add(other, [])
            commit(change)

        monkeypatch.setattr(firm.books, "commit", be_slower)
        results = firm.import_ledes(many(3), approve=True)

        assert outcomes(results) == ["created", "refused", "created"]
        assert results[1].bill_id == "bill_other"
        assert "was not imported" in results[1].errors[0].message
        for result in (results[0], results[2]):
            assert firm.bills.get(FIRM, result.bill_id).state is BillState.AWAITING_PAYMENT

    def test_are_taken_from_the_same_file_on_its_way_twice(
        self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit = firm.books.commit
        others: list[ImportResult] = []

        def be_slower(change: ClientChange) -> None:
            monkeypatch.setattr(firm.books, "commit", commit)
            others.extend(firm.import_ledes(many(3), approve=True))
            commit(change)

        monkeypatch.setattr(firm.books, "commit", be_slower)
        results = firm.import_ledes(many(3), approve=True)

        assert outcomes(others) == ["created"] * 3
        assert outcomes(results) == ["unchanged"] * 3
        assert [result.bill_id for result in results] == [other.bill_id for other in others]
        client = firm.records.find_client(FIRM, "00711")
        assert client is not None
        assert firm.books.account(FIRM, client.id).owed("USD") == Money(3 * 70000, "USD")

    def test_go_on_when_the_account_moves_meanwhile(
        self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit = firm.books.commit
        commits: list[int] = []

        def be_slower(change: ClientChange) -> None:
            commits.append(len(change.new_bills))
            if len(commits) == 2:
                account = firm.books.account(FIRM, change.account.client_id)
                commit(ClientChange(replace(account, version=account.version + 1)))
            commit(change)

        monkeypatch.setattr(firm.books, "commit", be_slower)
        results = firm.import_ledes(many(3 * NEW_BILLS_IN_ONE_CHANGE), approve=True)

        whole = NEW_BILLS_IN_ONE_CHANGE
        assert set(outcomes(results)) == {"created"}
        assert not any(result.errors for result in results)
        assert commits == [whole, whole, *[1] * whole, whole]

    def test_leave_as_drafts_what_the_account_has_no_room_for(self, firm: FirmPorts) -> None:
        [first] = firm.import_ledes(many(1, first=1), approve=True)
        client_id = firm.bills.get(FIRM, first.bill_id).client_id
        account = firm.books.account(FIRM, client_id)
        [owed] = account.open_bills.values()
        others = {
            f"bill_{number}": replace(owed, bill_id=f"bill_{number}") for number in range(MAX_OPEN_BILLS - 3)
        }
        full = replace(account, version=account.version + 1, open_bills={**account.open_bills, **others})
        firm.books.commit(ClientChange(full))

        results = firm.import_ledes(many(4), approve=True)

        states = [firm.bills.get(FIRM, result.bill_id).state for result in results]
        assert outcomes(results) == ["created"] * 4
        assert states == [*[BillState.AWAITING_PAYMENT] * 2, *[BillState.DRAFT] * 2]
        assert [len(result.errors) for result in results] == [0, 0, 1, 1]
        assert "is not approved: A client has at most" in results[2].errors[0].message

    def test_are_as_many_as_a_transaction_holds(self, firm: FirmPorts) -> None:
        results = firm.import_ledes(many(30), approve=True)

        client_id = firm.bills.get(FIRM, results[0].bill_id).client_id
        account = firm.books.account(FIRM, client_id)
        assert (account.version, account.entries, len(account.open_bills)) == (3, 30, 30)

    def test_are_fewer_where_they_are_large(self, firm: FirmPorts) -> None:
        charge = {"line_item_description": "é" * 15_000, "invoice_total": "4200"}
        large = file(*(line(invoice_number=str(number // 6), **charge) for number in range(4 * 6)))

        results = firm.import_ledes(large, approve=True)

        client_id = firm.bills.get(FIRM, results[0].bill_id).client_id
        assert outcomes(results) == ["created"] * 4
        assert firm.books.account(FIRM, client_id).version == 2

    def test_over_nothing_are_paid_at_once(self, firm: FirmPorts) -> None:
        nothing = many(2, line_item_total="0", line_item_number_of_units="0", invoice_total="0")

        results = firm.import_ledes(nothing, approve=True)

        states = {firm.bills.get(FIRM, result.bill_id).state for result in results}
        assert states == {BillState.PAID}


class TestTenThousandLines:
    def test_ask_the_store_less_than_once_for_each_bill(
        self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan = Plan()
        for port in ("records", "bills", "books"):
            monkeypatch.setattr(firm, port, Watched(port, getattr(firm, port), plan))
        text = file(
            *(
                line(
                    invoice_number=str(number // 100),
                    client_id=str(number // 1000),
                    invoice_total="70000.00",
                )
                for number in range(10_000)
            )
        )

        results = firm.import_ledes(text, approve=True)

        assert Counter(outcomes(results)) == {"created": 100}
        once = ("records.get_firm", "bills.number_owners", "records.find_clients", "records.find_matters")
        assert Counter(plan.trace) == {
            **dict.fromkeys((*once, "books.accounts"), 1),
            **dict.fromkeys(("records.put_client", "records.put_matter", "books.commit"), 10),
        }


class TestAFileWithTooManyBills:
    def test_is_refused_whole_before_anything_is_made(
        self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(import_files, "MOST_BILLS", 1)

        with pytest.raises(RefusedError, match="divide it"):
            firm.import_ledes(SAMPLE)

        assert firm.records.find_client(FIRM, "00711") is None
