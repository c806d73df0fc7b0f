"""Entries balance; tokens are hashed; notices come in any order."""

import hashlib
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain import ledger, links
from feenote.domain.deliveries import DeliveryState, Notice, less_sure_than, state_after
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount, LedgerError
from feenote.domain.money import Money
from tests.unit.domain.strategies import AT

TEN = Money(10, "USD")


class TestAnEntry:
    @pytest.mark.parametrize(
        "postings",
        [
            (),
            (ledger.debit(LedgerAccount.STRIPE_CLEARING, TEN),),
            (
                ledger.debit(LedgerAccount.STRIPE_CLEARING, TEN),
                ledger.credit(LedgerAccount.CLIENT_CREDIT, Money(9, "USD")),
            ),
            (
                ledger.debit(LedgerAccount.STRIPE_CLEARING, TEN),
                ledger.credit(LedgerAccount.CLIENT_CREDIT, Money(10, "EUR")),
            ),
        ],
    )
    def test_that_does_not_balance_is_none(self, postings: tuple[ledger.Posting, ...]) -> None:
        with pytest.raises(LedgerError):
            JournalEntry("ent_1", "clt_1", 1, EntryKind.PAYMENT_RECEIVED, "pay_1", AT, postings)

    @pytest.mark.parametrize("minor", [0, -1])
    def test_moves_only_amounts_above_zero(self, minor: int) -> None:
        with pytest.raises(LedgerError):
            ledger.debit(LedgerAccount.STRIPE_CLEARING, Money(minor, "USD"))

    def test_names_a_bill_exactly_on_receivable(self) -> None:
        with pytest.raises(LedgerError):
            ledger.debit(LedgerAccount.RECEIVABLE, TEN)
        with pytest.raises(LedgerError):
            ledger.debit(LedgerAccount.BILLED, TEN, "bill_1")


class TestATokensHash:
    @given(st.binary(min_size=32, max_size=32))
    def test_is_of_its_bytes(self, raw: bytes) -> None:
        token = links.encode_token(raw)
        assert len(token) == 43
        assert links.hash_token(token) == hashlib.sha256(raw).hexdigest()

    @given(st.text(max_size=60))
    def test_of_anything_else_is_none(self, text: str) -> None:
        token_hash = links.hash_token(text)
        assert token_hash is None or len(text) == 43

    def test_knows_one_spelling_only(self) -> None:
        token = links.encode_token(bytes(32))
        assert links.hash_token(token) is not None
        assert links.hash_token(token[:-1] + "B") is None


class TestNotices:
    @given(st.lists(st.sampled_from(list(Notice)), max_size=6))
    def test_lead_to_the_same_state_in_every_order(self, notices: list[Notice]) -> None:
        ends = set()
        for order in list(permutations(notices))[:120]:
            state = DeliveryState.SENDING
            for notice in order:
                state = state_after(state, notice)
            ends.add(state)
        assert len(ends) == 1

    @given(st.sampled_from(list(DeliveryState)), st.sampled_from(list(Notice)))
    def test_change_nothing_the_second_time(self, state: DeliveryState, notice: Notice) -> None:
        once = state_after(state, notice)
        assert state_after(once, notice) == once

    def test_move_a_claim_on_that_never_heard_an_answer(self) -> None:
        for state in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
            assert state_after(state, Notice.DELIVERY) is DeliveryState.DELIVERED
            assert state in less_sure_than(DeliveryState.DELIVERED)
