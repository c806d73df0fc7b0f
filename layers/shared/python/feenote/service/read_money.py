"""Read payments, and a client's account as it stands."""

from __future__ import annotations

from dataclasses import dataclass

from feenote.domain import money
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import oldest_first
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import Payment
from feenote.domain.refunds import Dispute, Refund
from feenote.service.errors import NotFoundError
from feenote.service.ports import Page, Ports


@dataclass(frozen=True, slots=True)
class Balance:
    """What a client owes in one currency; `pending` is on its way and still part of `owed`."""

    owed: Money
    pending: Money
    client_credit: Money
    open_bills: tuple[OpenBill, ...]
    """Oldest first."""


def list_payments(
    ports: Ports, *, firm_id: str, client_id: str | None, limit: int, cursor: str | None
) -> Page[Payment]:
    """Return one page of payments, latest first.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.books.payments(firm_id, client_id=client_id, limit=limit, cursor=cursor)


def read_payment(ports: Ports, *, firm_id: str, payment_id: str) -> Payment:
    """Return a payment.

    Raises:
        NotFoundError: when the firm has no such payment.
    """
    try:
        return ports.books.payment(firm_id, payment_id)
    except KeyError:
        raise NotFoundError("There is no such payment.") from None


def list_refunds(ports: Ports, *, firm_id: str, payment_id: str) -> tuple[Refund, ...]:
    """Return a payment's refunds, oldest first.

    Raises:
        NotFoundError: when the firm has no such payment.
    """
    read_payment(ports, firm_id=firm_id, payment_id=payment_id)
    return ports.books.refunds_of(firm_id, payment_id)


def list_disputes(ports: Ports, *, firm_id: str, payment_id: str) -> tuple[Dispute, ...]:
    """Return what banks asked about a payment, oldest first; of a payment that is not there, nothing."""
    return ports.books.disputes_of(firm_id, payment_id)


def read_account(ports: Ports, *, firm_id: str, client_id: str) -> ClientAccount:
    """Return a client's account, read strongly.

    Raises:
        NotFoundError: when the firm has no such client.
    """
    try:
        ports.records.get_client(firm_id, client_id)
    except KeyError:
        raise NotFoundError("There is no such client.") from None
    return ports.books.account(firm_id, client_id)


def balances_of(account: ClientAccount) -> tuple[Balance, ...]:
    """Return what is owed and held by currency, in the order of the codes; none are ever added together."""
    currencies = {bill.total.currency for bill in account.open_bills.values()}
    currencies |= {currency for currency, minor in account.credit_minor.items() if minor}
    return tuple(_balance(account, currency) for currency in sorted(currencies))


def _balance(account: ClientAccount, currency: str) -> Balance:
    bills = [bill for bill in account.open_bills.values() if bill.total.currency == currency]
    pending = money.total((Money(account.pending_minor(bill.bill_id), currency) for bill in bills), currency)
    return Balance(
        account.owed(currency),
        pending,
        Money(account.credit_minor.get(currency, 0), currency),
        tuple(sorted(bills, key=oldest_first)),
    )
