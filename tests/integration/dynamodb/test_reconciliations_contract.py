"""What keeps reports of reconciliations, and what a reconciliation finds its work by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feenote.domain import accounts
from feenote.domain.payments import CheckoutState
from feenote.domain.reconciliation import ClearingSum, Mismatch, MismatchKind, Reconciliation, Step
from feenote.service.ports import BadCursorError, Booked, ClientChange, StaleError
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, Store


def run(run_id: str = "rec_1", firm_id: str = FIRM, *, at: float = 0, version: int = 1) -> Reconciliation:
    return Reconciliation(run_id, firm_id, minutes(at), NOW - timedelta(days=3), version=version)


def full(version: int = 1) -> Reconciliation:
    mismatch = Mismatch(
        MismatchKind.AMOUNT_DIFFERS,
        "pi_1",
        "The books have 5.00 USD for pi_1, Stripe has 6.00 USD.",
        "Compare them.",
        minutes(-5),
        our_id="pay_1",
        client_id=CLIENT,
        ours=usd(500),
        theirs=usd(600),
    )
    return replace(
        run(version=version),
        last_at=minutes(-60),
        step=Step.PROOF,
        stripe_was_read=True,
        looked_at={"events": 7},
        healed=("pi_2",),
        healed_count=1,
        put_off=2,
        mismatches=(mismatch, replace(mismatch, kind=MismatchKind.LEDGER, ours=None, theirs=None)),
        mismatch_count=2,
        clearing=(ClearingSum(usd(500), usd(600), 1),),
        hours=(8, 9),
        proof_clients=(CLIENT,),
        proof_cursor="next",
        proved=3,
        proofs_failed=1,
        requested_by="ines@firm.example",
        ended_at=minutes(3),
    )


class TestAReport:
    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        store.reconciliations.put(full())

        assert store.reconciliations.get(FIRM, "rec_1") == full()

    def test_is_stored_over_what_was_read_only(self, store: Store) -> None:
        store.reconciliations.put(run())
        store.reconciliations.put(full(version=2))

        for version in (1, 2, 4):
            with pytest.raises(StaleError):
                store.reconciliations.put(run(version=version))
        assert store.reconciliations.get(FIRM, "rec_1") == full(version=2)

    def test_of_a_thousand_mismatches_is_stored(self, store: Store) -> None:
        (one, _) = full().mismatches
        many = tuple(replace(one, object_id=f"pi_3PqR{number:020d}") for number in range(1_000))
        large = replace(full(), mismatches=many, healed=tuple(item.object_id for item in many))

        store.reconciliations.put(large)

        assert store.reconciliations.get(FIRM, "rec_1") == large

    def test_that_is_not_there_is_a_key_error(self, store: Store) -> None:
        store.reconciliations.put(run(firm_id="firm_2"))

        with pytest.raises(KeyError):
            store.reconciliations.get(FIRM, "rec_1")

    def test_is_listed_by_its_firm_latest_first(self, store: Store) -> None:
        for number in range(5):
            store.reconciliations.put(run(f"rec_{number}", at=number))
        store.reconciliations.put(run("rec_9", "firm_2", at=9))

        first = store.reconciliations.latest(FIRM, limit=3, cursor=None)
        rest = store.reconciliations.latest(FIRM, limit=3, cursor=first.next_cursor)

        assert [item.id for item in (*first.items, *rest.items)] == [f"rec_{n}" for n in (4, 3, 2, 1, 0)]
        assert rest.next_cursor is None
        with pytest.raises(BadCursorError):
            store.reconciliations.latest("firm_2", limit=3, cursor=first.next_cursor)


class TestFirms:
    def test_are_listed_in_the_order_of_their_ids(self, store: Store) -> None:
        for number in (3, 1, 2):
            store.records.put_firm(samples.firm(id=f"firm_{number}"))
        store.records.put_firm(samples.firm(id="firm_2", name="New name", version=2))

        first = store.records.firms(limit=2, cursor=None)
        rest = store.records.firms(limit=2, cursor=first.next_cursor)

        assert [firm.id for firm in (*first.items, *rest.items)] == ["firm_1", "firm_2", "firm_3"]
        assert first.items[1].name == "New name"
        assert rest.next_cursor is None


class TestMarkers:
    def test_are_read_together(self, store: Store) -> None:
        samples.issued(store)
        change = samples.payment_of(store.books.account(FIRM, CLIENT), 30_000, "bill_1")
        store.books.commit(change)

        found = store.books.markers(FIRM, ["pi_1", "pi_2", "", "re_#"])

        assert found == {"pi_1": Booked(CLIENT, "pay_1")}
        assert store.books.markers("firm_2", ["pi_1"]) == {}


class TestSessions:
    def test_are_read_together(self, store: Store) -> None:
        live(store, "chk_1")

        assert set(store.books.checkouts(FIRM, ["chk_1", "chk_2", ""])) == {"chk_1"}
        assert store.books.checkouts("firm_2", ["chk_1"]) == {}

    def test_are_found_when_they_should_have_ended(self, store: Store) -> None:
        for number in (2, 1, 3):
            live(store, f"chk_{number}", ends_in=number * 10)

        found = store.books.checkouts_due(FIRM, before=minutes(25), limit=10, cursor=None)

        assert [checkout.id for checkout in found.items] == ["chk_1", "chk_2"]
        assert store.books.checkouts_due("firm_2", before=minutes(25), limit=10, cursor=None).items == ()

    def test_are_found_page_by_page(self, store: Store) -> None:
        for number in range(1, 6):
            live(store, f"chk_{number}", ends_in=number)
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = store.books.checkouts_due(FIRM, before=minutes(60), limit=2, cursor=cursor)
            found += [checkout.id for checkout in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break

        assert found == [f"chk_{number}" for number in range(1, 6)]

    @pytest.mark.parametrize("state", list(CheckoutState))
    def test_are_found_while_they_are_live(self, store: Store, state: CheckoutState) -> None:
        live(store, "chk_1", ends_in=1)
        checkout = store.books.checkouts(FIRM, ["chk_1"])["chk_1"]
        store.books.note_checkout(replace(checkout, processor_id="cs_1"))
        moved = replace(checkout, state=state)
        account = accounts.move_checkout(store.books.account(FIRM, CLIENT), moved).account

        store.books.commit(ClientChange(account, checkouts=(moved,)))

        found = store.books.checkouts_due(FIRM, before=minutes(60), limit=10, cursor=None).items
        is_live = state in {CheckoutState.CREATING, CheckoutState.OPEN, CheckoutState.PROCESSING}
        assert [each.processor_id for each in found] == (["cs_1"] if is_live else [])


class TestBalanceRows:
    def test_of_a_client_are_those_of_its_account(self, store: Store) -> None:
        assert store.books.balance_rows(FIRM, CLIENT) == ()
        samples.issued(store)

        (row,) = store.books.balance_rows(FIRM, CLIENT)

        assert (row.currency, row.owed_minor, row.bill_count) == ("USD", 30_000, 1)
        assert store.books.balance_rows("firm_2", CLIENT) == ()


def live(store: Store, checkout_id: str, *, ends_in: float = 60) -> None:
    checkout = samples.checkout(checkout_id, (f"bill_{checkout_id}", 100), expires_at=minutes(ends_in))
    account = accounts.open_checkout(store.books.account(FIRM, CLIENT), checkout)
    store.books.commit(ClientChange(account, checkouts=(checkout,)))
