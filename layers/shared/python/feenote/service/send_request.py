"""What a person wants sent, as it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feenote.domain.deliveries import Channel, MessageKind
from feenote.domain.sends import MAX_BILLS, SendChoice, kind_of
from feenote.domain.templates import Wording
from feenote.service.choose_wordings import chosen_template
from feenote.service.errors import FieldError, RefusedError
from feenote.service.keep_templates import wording_errors
from feenote.service.ports import Ports

MOST_RECIPIENTS = 50
"""As many as one mail of Amazon SES may have."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a person wants sent: bills, or a client's balance. `confirm` names the warnings that were read.

    `seen` holds, by bill, what a preview showed (`seen_of`): a bill that changed since asks for a second yes.
    """

    bill_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] = (Channel.LINK,)
    accept_all_unpaid: bool | None = None
    one_email: bool = False
    template_id: str = ""
    message: Wording | None = None
    confirm: frozenset[str] = frozenset()
    seen: Mapping[str, str] = field(default_factory=dict)
    client_id: str = ""
    """Whose balance goes out, in place of bills."""
    left_out: tuple[str, ...] = ()
    """Bills that are left out of a balance."""
    currency: str = ""
    """The only currency of a balance; empty for all."""
    balance_as: MessageKind | None = None
    """How a balance goes out: as a balance or as a reminder. None where nothing was said: as a balance."""

    @property
    def kind(self) -> MessageKind:
        """Return what kind of message goes out."""
        return kind_of(self.client_id, self.choice)

    @property
    def choice(self) -> SendChoice:
        """Return what is the same for every bill."""
        return SendChoice(
            self.recipients,
            self.channels,
            self.accept_all_unpaid,
            self.one_email,
            self.template_id,
            self.message,
            self.confirm,
            left_out=self.left_out,
            currency=self.currency,
            is_reminder=self.balance_as is MessageKind.REMINDER,
        )


def check_request(ports: Ports, firm_id: str, request: SendRequest) -> None:
    """Refuse what no bill can be sent with, before anything is looked at or stored.

    Raises:
        RefusedError: naming each field at fault.
    """
    if request.client_id:
        _check_balance(request)
    else:
        _check_bills(request)
    if Channel.PORTAL in request.channels:
        raise _refused("channels", "This deployment has no client portal: send by link or attachment.")
    if request.message is not None and request.template_id:
        raise _refused("message", "Choose a template or write a message, not both.")
    if request.message is not None:
        errors = wording_errors(request.kind, request.message, path="message")
        if errors:
            raise RefusedError("The message cannot be sent as it is written.", errors)
    if request.template_id:
        chosen_template(ports, firm_id, request.template_id, kind=request.kind)


def _check_balance(request: SendRequest) -> None:
    if request.bill_ids:
        raise _refused("client_id", "Name bills or a client whose balance goes out, not both.")
    if request.balance_as not in {None, MessageKind.BALANCE, MessageKind.REMINDER}:
        raise _refused("kind", "What a client owes goes out as a balance or as a reminder.")
    if Channel.ATTACHMENT in request.channels:
        raise _refused("channels", f"A {request.kind.value} goes by link: every bill's PDF is behind it.")
    if request.accept_all_unpaid is False:
        raise _refused(
            "accept_all_unpaid", f"A {request.kind.value} asks for all of its bills: leave out some."
        )


def _check_bills(request: SendRequest) -> None:
    for_balances = {"kind": request.balance_as, "leave_out": request.left_out, "currency": request.currency}
    for name, given in for_balances.items():
        if given:
            raise _refused(name, "This is for a client's balance: name the client instead of bills.")
    if not request.bill_ids:
        raise _refused("bill_ids", "Name at least one bill, or a client whose balance goes out.")
    if len(request.bill_ids) > MAX_BILLS:
        raise _refused("bill_ids", f"Name at most {MAX_BILLS:,} bills.")
    if len(set(request.bill_ids)) < len(request.bill_ids):
        raise _refused("bill_ids", "A bill is named twice.")
    strange = sorted(set(request.seen) - set(request.bill_ids))
    if strange:
        raise _refused("seen", f"These are none of the bills to send: {', '.join(strange[:5])}.")


def _refused(field_name: str, message: str) -> RefusedError:
    return RefusedError(message, [FieldError(field_name, message)])
