"""What a person wants sent, as it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feenote.domain.deliveries import Channel, MessageKind
from feenote.domain.sends import MAX_BILLS, SendChoice
from feenote.domain.templates import Wording
from feenote.service.choose_wordings import chosen_template
from feenote.service.errors import FieldError, RefusedError
from feenote.service.keep_templates import wording_errors
from feenote.service.ports import Ports

MOST_RECIPIENTS = 50
"""As many as one mail of Amazon SES may have."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a person wants sent. `confirm` names the warnings that were read.

    `seen` holds, by bill, what a preview showed (`seen_of`): a bill that changed since asks for a second yes.
    """

    bill_ids: tuple[str, ...]
    recipients: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] = (Channel.LINK,)
    accept_all_unpaid: bool | None = None
    one_email: bool = False
    template_id: str = ""
    message: Wording | None = None
    confirm: frozenset[str] = frozenset()
    seen: Mapping[str, str] = field(default_factory=dict)

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
        )


def check_request(ports: Ports, firm_id: str, request: SendRequest) -> None:
    """Refuse what no bill can be sent with, before anything is looked at or stored.

    Raises:
        RefusedError: naming each field at fault.
    """
    if not request.bill_ids:
        raise _refused("bill_ids", "Name at least one bill.")
    if len(request.bill_ids) > MAX_BILLS:
        raise _refused("bill_ids", f"Name at most {MAX_BILLS:,} bills.")
    if len(set(request.bill_ids)) < len(request.bill_ids):
        raise _refused("bill_ids", "A bill is named twice.")
    strange = sorted(set(request.seen) - set(request.bill_ids))
    if strange:
        raise _refused("seen", f"These are none of the bills to send: {', '.join(strange[:5])}.")
    if Channel.PORTAL in request.channels:
        raise _refused("channels", "This deployment has no client portal: send by link or attachment.")
    if request.message is not None and request.template_id:
        raise _refused("message", "Choose a template or write a message, not both.")
    if request.message is not None:
        errors = wording_errors(MessageKind.BILL, request.message, path="message")
        if errors:
            raise RefusedError("The message cannot be sent as it is written.", errors)
    if request.template_id:
        chosen_template(ports, firm_id, request.template_id)


def _refused(field_name: str, message: str) -> RefusedError:
    return RefusedError(message, [FieldError(field_name, message)])
