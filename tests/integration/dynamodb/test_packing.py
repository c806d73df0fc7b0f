"""Values survive the table: whatever they hold, they come back the same."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feenote.adapters.dynamodb import contents, items, packing
from feenote.adapters.dynamodb.attributes import from_attributes, to_attribute, to_attributes
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.balances import BalanceRow
from feenote.domain.bills import Bill, BillContent, BillReceipt, BillSummary, with_receipts
from feenote.domain.currencies import DIGITS
from feenote.domain.deliveries import Delivery
from feenote.domain.events import BillEvent, Task
from feenote.domain.ledger import JournalEntry, LedgerAccount, Posting, Side
from feenote.domain.links import SecureLink
from feenote.domain.money import MAX_MINOR, Money
from feenote.domain.payments import Checkout, Payment
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.refunds import Dispute, Refund
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import ProcessorEvent, StoredAnswer
from tests.integration.dynamodb import samples

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MINOR = st.integers(-MAX_MINOR, MAX_MINOR)
MONEY = st.builds(Money, MINOR, st.sampled_from(sorted(DIGITS)))
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: MINOR,
    bool: st.booleans(),
    Money: MONEY,
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=4),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for any value of a type hint as the domain writes them."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if origin is types.UnionType:
        return st.none() | values_of(next(item for item in arguments if item is not types.NoneType))
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(arguments[0]), max_size=3)
    if origin in {Mapping, dict}:
        return st.dictionaries(TEXT, values_of(arguments[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        return made(hint, {})
    raise AssertionError(f"No strategy for {hint}.")


def made(kind: Any, given_fields: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(
        kind,
        **{
            item.name: given_fields[item.name] if item.name in given_fields else values_of(hints[item.name])
            for item in fields(kind)
        },
    )


def payments() -> st.SearchStrategy[Payment]:
    """Return payments whose parts add up, which is the only kind there is."""
    sizes = st.integers(0, 10**9)

    def build(minors: list[int], rest: int, refunded: int, withdrawn: int, other: Payment) -> Payment:
        parts = tuple(Allocation(f"bill_{number}", samples.usd(minor)) for number, minor in enumerate(minors))
        return replace(
            other,
            amount=samples.usd(sum(minors) + rest + refunded + withdrawn),
            allocations=parts,
            client_credit=samples.usd(rest),
            refunded_minor=refunded,
            withdrawn_minor=withdrawn,
            is_reversed=False,
        )

    def reversed_one(payment: Payment) -> Payment:
        return replace(payment, allocations=(), client_credit=samples.usd(0), is_reversed=True)

    nothing = {
        "amount": st.just(samples.usd(0)),
        "allocations": st.just(()),
        "client_credit": st.just(samples.usd(0)),
        "refunded_minor": st.just(0),
        "withdrawn_minor": st.just(0),
    }
    minors = st.lists(st.integers(1, 10**9), max_size=3)
    kept = st.builds(build, minors, sizes, sizes, sizes, made(Payment, nothing))
    return kept | kept.map(reversed_one)


def entries() -> st.SearchStrategy[JournalEntry]:
    """Return entries that balance, which is the only kind there is."""
    postings = st.builds(
        lambda amount, bill_id: (
            Posting(LedgerAccount.RECEIVABLE, Side.DEBIT, amount, bill_id or "bill_1"),
            Posting(LedgerAccount.BILLED, Side.CREDIT, amount),
        ),
        st.builds(Money, st.integers(1, MAX_MINOR), st.sampled_from(sorted(DIGITS))),
        TEXT,
    )
    return made(JournalEntry, {"postings": postings})


_KINDS: dict[type, st.SearchStrategy[Any]] = {
    kind: values_of(kind)
    for kind in (
        Firm,
        Client,
        Contact,
        Matter,
        BillContent,
        BillSummary,
        BillEvent,
        Task,
        ClientAccount,
        BalanceRow,
        Checkout,
        Refund,
        Dispute,
        Delivery,
        SecureLink,
        Send,
        SendResult,
        ProcessorEvent,
        StoredAnswer,
    )
} | {Payment: payments(), JournalEntry: entries()}


class TestAnItem:
    @pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
    def test_gives_back_the_value_that_was_put_in(self, kind: type) -> None:
        @settings(max_examples=25, deadline=None, database=None)
        @given(_KINDS[kind])
        def round_trip(value: Any) -> None:
            attributes = to_attributes(items.to_item(value))
            assert items.from_item(kind, from_attributes(attributes)) == value

        round_trip()

    @settings(max_examples=25, deadline=None, database=None)
    @given(made(Bill, {"pdf_key": st.just("")}), TEXT, st.lists(made(BillReceipt, {}), max_size=3))
    def test_of_a_bill_gives_back_row_and_content(
        self, bill: Bill, pdf_key: str, receipts: list[BillReceipt]
    ) -> None:
        bill = replace(
            bill,
            id="bill_1",
            firm_id="firm_1",
            pdf_key=pdf_key,
            content=replace(bill.content, client_id="cli_1"),
            receipts=(),
        )
        bill = with_receipts(bill, receipts)
        row = {
            **items.bill_row(bill),
            **items.stamps_item(bill.stamps),
            **items.file_item(bill),
            **items.receipt_items(bill.receipts),
        }
        stored = contents.stored(bill.content)
        content = contents.read_content(
            from_attributes(to_attributes(stored.item)), [{"data": piece} for piece in stored.pieces]
        )
        assert items.bill_of(from_attributes(to_attributes(row)), content) == bill

    @settings(max_examples=50, deadline=None, database=None)
    @given(st.text(max_size=3_000, alphabet="abcdef").map(lambda text: (text, "x")))
    def test_keeps_a_long_field_small_and_whole(self, address: tuple[str, ...]) -> None:
        firm = samples.firm(address=address)
        assert items.from_item(Firm, items.to_item(firm)) == firm

    def test_passes_over_what_a_later_version_wrote(self) -> None:
        item = {**items.to_item(samples.client()), "shoe_size": 44, "pk": "…"}
        assert items.from_item(Client, item) == samples.client()

    def test_gives_a_field_that_an_earlier_version_did_not_know_its_default(self) -> None:
        item = items.to_item(samples.client(language="fr"))
        del item["language"], item["kind"]
        assert items.from_item(Client, item) == samples.client()

    def test_takes_no_float(self) -> None:
        with pytest.raises(TypeError, match="float"):
            to_attribute(1.5)


class TestAnInstant:
    @given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
    @settings(max_examples=100, deadline=None, database=None)
    def test_sorts_as_text_as_it_does_in_time(self, one: datetime, other: datetime) -> None:
        assert (packing.instant(one) < packing.instant(other)) == (one < other)

    def test_is_stored_in_utc(self) -> None:
        noon = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=5)))
        assert packing.instant(noon) == "2026-11-23T07:00:00.000000Z"

    def test_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="without a time zone"):
            packing.instant(datetime(2026, 11, 23))  # noqa: DTZ001  # the very thing that is refused
