"""The proof over the ledger finds every record that says otherwise than the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.writes import Delete, Put
from feenote.domain import accounts, money_moves, waiting_figures
from feenote.domain.ledger import JournalEntry, Posting, Side
from feenote.domain.payments import Checkout, CheckoutState, Payment
from feenote.service.errors import ConflictError
from feenote.service.ports import ClientChange, Ports
from feenote.service.project_figures import project_figures
from feenote.service.prove_ledger import READS, prove_ledger
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, usd
from tests.integration.dynamodb.stores import NOW, DynamoStore, dynamo_store

Change = Callable[[Item], Item]


@pytest.fixture
def made() -> Iterator[DynamoStore]:
    """Return a table where a client has an open bill, a paid one, a void one, a part payment and credit."""
    made = dynamo_store()
    store = made.store
    samples.records(store)
    for bill_id in ("bill_1", "bill_2", "bill_3", "bill_4"):
        samples.issued(store, bill_id)
    store.books.commit(samples.payment_of(store.books.account(FIRM, CLIENT), 30_500, "bill_1", name="1"))
    store.books.commit(samples.payment_of(store.books.account(FIRM, CLIENT), 10_000, "bill_2", name="2"))
    void(made, "bill_3")
    assert prove(made) == []
    yield made
    made.client.delete_table(TableName=made.table_name)


def void(made: DynamoStore, bill_id: str) -> None:
    change = accounts.void(made.store.books.account(FIRM, CLIENT), bill_id, entry_id="ent_void", at=NOW)
    assert change.entry is not None
    bill = made.store.bills.get(FIRM, bill_id)
    voided = replace(bill, state=type(bill.state).VOID, version=bill.version + 1)
    made.store.books.commit(ClientChange(change.account, entries=(change.entry,), bills=(voided,)))


def prove(made: DynamoStore) -> list[str]:
    """Return what the proof says, record by record."""
    ports = cast("Ports", made.store)
    return [f"{flaw.subject_id}: {flaw.what}" for flaw in prove_ledger(ports, firm_id=FIRM, client_id=CLIENT)]


def tamper(made: DynamoStore, key: Key, change: Change) -> None:
    found = made.table.get(key)
    assert found is not None
    made.table.write(Put(key, change(found)))


def entry(made: DynamoStore, number: int) -> JournalEntry:
    return list(made.store.books.entries(FIRM, CLIENT))[number - 1]


def rewrite(made: DynamoStore, number: int, change: Callable[[Posting], Posting | None]) -> None:
    """Write an entry anew with changed postings, whether it balances or not."""
    written = entry(made, number)
    postings = [after for after in map(change, written.postings) if after is not None]
    object.__setattr__(written, "postings", tuple(postings))  # the class itself refuses such an entry
    made.table.write(Put(keys.entry(FIRM, CLIENT, number), items.to_item(written)))


class TestAnEntry:
    @pytest.mark.parametrize("number", range(1, 8))
    def test_that_was_removed_is_missed(self, made: DynamoStore, number: int) -> None:
        made.table.write(Delete(keys.entry(FIRM, CLIENT, number)))

        assert prove(made)

    @pytest.mark.parametrize("number", range(1, 8))
    def test_whose_amounts_were_changed_is_found(self, made: DynamoStore, number: int) -> None:
        rewrite(made, number, lambda each: replace(each, amount=usd(each.amount.minor + 1)))

        assert prove(made)

    @pytest.mark.parametrize("number", range(1, 8))
    def test_that_does_not_balance_is_found(self, made: DynamoStore, number: int) -> None:
        rewrite(
            made,
            number,
            lambda each: (
                replace(each, amount=usd(each.amount.minor + 1)) if each.side is Side.DEBIT else each
            ),
        )

        assert "cannot be read" in prove(made)[0]

    def test_of_another_bill_is_found(self, made: DynamoStore) -> None:
        rewrite(made, 1, lambda each: replace(each, bill_id="bill_2") if each.bill_id else each)

        assert prove(made)

    def test_that_stands_at_another_number_is_found(self, made: DynamoStore) -> None:
        tamper(made, keys.entry(FIRM, CLIENT, 3), lambda item: {**item, "sequence": 9})

        assert any("number 9" in flaw for flaw in prove(made))

    def test_that_was_added_is_found(self, made: DynamoStore) -> None:
        more = replace(entry(made, 1), id="ent_more", sequence=8)
        made.table.write(Put(keys.entry(FIRM, CLIENT, 8), items.to_item(more)))

        assert prove(made)


class TestAnAccount:
    @pytest.mark.parametrize(
        "change",
        [
            {"entries": 9},
            {"credit_minor": {"USD": 501}},
            {"credit_minor": {}},
            {"credit_minor": {"USD": 500, "JPY": 1}},
            {"open_bills": {}},
        ],
    )
    def test_that_was_changed_is_found(self, made: DynamoStore, change: Item) -> None:
        tamper(made, keys.account(FIRM, CLIENT), lambda item: {**item, **change})

        assert prove(made)

    @pytest.mark.parametrize(
        "change", [{"paid_minor": 10_001}, {"paid_minor": 0}, {"total": usd(30_001)}, {"bill_id": "bill_9"}]
    )
    def test_whose_bill_was_changed_is_found(self, made: DynamoStore, change: dict[str, Any]) -> None:
        account = made.store.books.account(FIRM, CLIENT)
        changed = replace(account.open_bills["bill_2"], **change)
        bills = {**account.open_bills, "bill_2": changed}
        made.table.write(
            Put(keys.account(FIRM, CLIENT), items.account_item(replace(account, open_bills=bills)))
        )

        assert prove(made)

    def test_that_was_removed_is_found(self, made: DynamoStore) -> None:
        made.table.write(Delete(keys.account(FIRM, CLIENT)))

        assert prove(made)


class TestABillsRow:
    @pytest.mark.parametrize(
        ("bill_id", "change"),
        [
            ("bill_1", {"paid_minor": 29_999}),
            ("bill_1", {"state": "awaiting_payment"}),
            ("bill_1", {"total": [30_001, "USD"]}),
            ("bill_2", {"total": [30_001, "USD"]}),
            ("bill_2", {"state": "void"}),
            ("bill_4", {"state": "draft"}),
        ],
    )
    def test_that_was_changed_is_found(self, made: DynamoStore, bill_id: str, change: Item) -> None:
        tamper(made, keys.bill(FIRM, bill_id), lambda item: {**item, **change})

        assert any(flaw.startswith(bill_id) for flaw in prove(made))

    def test_that_was_removed_is_found(self, made: DynamoStore) -> None:
        made.table.write(Delete(keys.bill(FIRM, "bill_1")))

        assert "bill_1: The bill is not there." in prove(made)


class TestAPayment:
    @pytest.mark.parametrize(
        ("amount", "on_bill", "credit"),
        [(30_501, 30_000, 501), (30_500, 30_001, 499), (30_500, 29_999, 501), (30_000, 30_000, 0)],
    )
    def test_that_was_changed_is_found(
        self, made: DynamoStore, amount: int, on_bill: int, credit: int
    ) -> None:
        payment = made.store.books.payment(FIRM, "pay_1")
        (part,) = payment.allocations
        changed = replace(
            payment,
            amount=usd(amount),
            allocations=(replace(part, amount=usd(on_bill)),),
            client_credit=usd(credit),
        )
        made.table.write(Put(keys.payment(FIRM, "pay_1"), items.payment_item(changed)))

        assert prove(made)

    def test_whose_parts_do_not_add_up_is_found(self, made: DynamoStore) -> None:
        tamper(made, keys.payment(FIRM, "pay_1"), lambda item: {**item, "client_credit": [499, "USD"]})

        assert "cannot be read" in prove(made)[0]

    def test_that_was_refunded_without_an_entry_is_found(self, made: DynamoStore) -> None:
        payment = made.store.books.payment(FIRM, "pay_1")
        changed = replace(payment, refunded_minor=500, client_credit=usd(0))
        made.table.write(Put(keys.payment(FIRM, "pay_1"), items.payment_item(changed)))

        assert prove(made)

    def test_whose_refund_became_a_dispute_is_found(self, made: DynamoStore) -> None:
        books = made.store.books
        context = books.money_context(FIRM, "pay_1")
        booking = money_moves.Booking("rfd_1", "ent_rfd_1", NOW)
        moved = money_moves.refund(
            context.account, context.payment, amount=usd(500), facts=context.facts, booking=booking
        )
        entries = (moved.change.entry,) if moved.change.entry else ()
        payment = replace(moved.payment, version=context.payment.version + 1)
        books.commit(ClientChange(moved.change.account, entries=entries, moved_payments=(payment,)))
        assert prove(made) == []

        changed = replace(payment, refunded_minor=0, withdrawn_minor=500)
        made.table.write(Put(keys.payment(FIRM, "pay_1"), items.payment_item(changed)))

        assert prove(made)

    def test_that_was_removed_is_found(self, made: DynamoStore) -> None:
        made.table.write(Delete(keys.payment(FIRM, "pay_2")))

        assert any(flaw.startswith("pay_2") for flaw in prove(made))


class TestABalancesRow:
    @pytest.mark.parametrize(
        "change",
        [{"owed_minor": 1}, {"pending_minor": 1}, {"bill_count": 3}, {"credit_minor": 0}, {"due": []}],
    )
    def test_that_was_changed_is_found(self, made: DynamoStore, change: Item) -> None:
        tamper(made, keys.balance(FIRM, CLIENT, "USD"), lambda item: {**item, **change})

        assert prove(made)

    def test_that_was_removed_is_found(self, made: DynamoStore) -> None:
        made.table.write(Delete(keys.balance(FIRM, CLIENT, "USD")))

        assert prove(made)

    def test_of_a_currency_in_which_nothing_is_owed_is_found(self, made: DynamoStore) -> None:
        row = made.table.get(keys.balance(FIRM, CLIENT, "USD"))
        assert row is not None
        made.table.write(Put(keys.balance(FIRM, CLIENT, "EUR"), {**row, "currency": "EUR"}))

        assert prove(made)


class TestWhatIsRight:
    def test_is_right_while_rows_wait_for_their_figures(self, made: DynamoStore) -> None:
        account = made.store.books.account(FIRM, CLIENT)
        change = samples.payment_of(account, 50_000, "bill_2", "bill_4", name="3", room=0)
        made.store.books.commit(change)
        assert made.store.books.account(FIRM, CLIENT).unprojected
        assert prove(made) == []

        project_figures(cast("Ports", made.store), firm_id=FIRM, client_id=CLIENT, now=NOW)

        assert prove(made) == []

    def test_is_right_while_money_is_on_its_way(self, made: DynamoStore) -> None:
        books = made.store.books
        checkout: Checkout = samples.checkout("chk_1", ("bill_2", 20_000))
        books.commit(
            ClientChange(accounts.open_checkout(books.account(FIRM, CLIENT), checkout), checkouts=(checkout,))
        )
        moved = accounts.move_checkout(
            books.account(FIRM, CLIENT), replace(checkout, state=CheckoutState.PROCESSING)
        )
        account, figures = waiting_figures.place_figures(moved.account, moved.figures, room=40)
        books.commit(ClientChange(account, figures=figures))

        assert books.balance_rows(FIRM, CLIENT)[0].pending_minor == 20_000
        assert prove(made) == []

    def test_is_right_of_a_client_without_any_money(self, made: DynamoStore) -> None:
        assert prove_ledger(cast("Ports", made.store), firm_id=FIRM, client_id="cli_new") == ()


class TestAnAccountThatChangesWhileItIsRead:
    def test_is_read_again(self, made: DynamoStore, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = self._changing(made, monkeypatch, times=1)

        assert prove(made) == []
        assert len(seen) == 2

    def test_is_put_off_when_it_never_stands_still(
        self, made: DynamoStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._changing(made, monkeypatch, times=READS)

        with pytest.raises(ConflictError):
            prove(made)

    @staticmethod
    def _changing(made: DynamoStore, monkeypatch: pytest.MonkeyPatch, *, times: int) -> list[str]:
        """Let somebody pay in the middle of a read, so many times."""
        books, seen = made.store.books, list[str]()
        read = books.payments_by_id

        def meanwhile(firm_id: str, payment_ids: Any) -> Any:
            found: dict[str, Payment] = dict(read(firm_id, payment_ids))
            seen.append("read")
            if len(seen) <= times:
                books.commit(samples.payment_of(books.account(FIRM, CLIENT), 10, name=f"m{len(seen)}"))
            return found

        monkeypatch.setattr(books, "payments_by_id", meanwhile)
        return seen
