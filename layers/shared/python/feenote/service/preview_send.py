"""Show what a send would do: the same preparing and the same composing, without the sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feenote.domain.bills import BillError
from feenote.domain.deliveries import Channel, MessageKind
from feenote.domain.templates import LANGUAGES, languages_of
from feenote.service.choose_wordings import pinned
from feenote.service.compose_message import ComposedMessage, compose_message
from feenote.service.errors import FieldError, NotFoundError, RefusedError
from feenote.service.ports import MailContext, Ports, RenderError
from feenote.service.prepare_balance import prepare_balance, refuse_unknown
from feenote.service.prepare_sends import PreparedBill, SendIdentity, prepare_bills
from feenote.service.recipients import Excluded
from feenote.service.send_findings import LINK_IN_PREVIEW, Finding, link_in_preview
from feenote.service.send_request import SendRequest, check_request

MOST_BILLS = 100
MOST_BILLS_WITH_PDF = 20
"""A PDF that is not stored yet takes up to a second to make, and an answer must come within 28."""
MOST_MESSAGES = 200
MOST_BYTES = 5_000_000
"""Of all bodies together: even random letters, which hardly shrink, then fit into an answer of a function."""


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """One message as it would go out; its link is a stand-in."""

    context: MailContext
    composed: ComposedMessage
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a send would do. `notices` are for information; `seen` is to be named when it is sent."""

    messages: tuple[PreviewedMessage, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[Finding, ...]
    errors: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    seen: dict[str, str]


def preview_send(ports: Ports, *, firm_id: str, request: SendRequest, sender: str, now: datetime) -> Preview:
    """Return, for each recipient of each bill, the message, and every warning and error.

    Raises:
        RefusedError: a request that no bill can be sent with, or too many or too large messages for one
            preview.
        NotFoundError: none of the bills is there.
    """
    check_request(ports, firm_id, request)
    if request.client_id:
        return _preview_balance(ports, SendIdentity(firm_id, LINK_IN_PREVIEW, sender), request, now)
    with_pdf = Channel.ATTACHMENT in request.channels
    most = MOST_BILLS_WITH_PDF if with_pdf else MOST_BILLS
    if len(request.bill_ids) > most:
        text = f"Preview at most {most} bills at once{' with their PDFs' if with_pdf else ''}."
        raise RefusedError(text, [FieldError("bill_ids", text)])
    identity = SendIdentity(firm_id, LINK_IN_PREVIEW, sender)
    prepared = prepare_bills(
        ports,
        identity,
        bill_ids=request.bill_ids,
        choice=pinned(ports, firm_id, request.choice, kind=MessageKind.BILL),
        seen=request.seen,
        now=now,
    )
    if all(one.bill is None for one in prepared):
        raise NotFoundError("There is no such bill.")
    wanted = [context for one in prepared if not one.errors for context in one.contexts]
    _refuse_too_many(wanted, "bill_ids")
    messages, broken = _composed(ports, wanted, now)
    return Preview(
        tuple(messages),
        tuple(item for one in prepared for item in one.excluded),
        tuple(item for one in prepared for item in one.warnings),
        (*(item for one in prepared for item in one.errors), *broken),
        tuple(_notices(messages)),
        _seen(prepared),
    )


def _preview_balance(ports: Ports, identity: SendIdentity, request: SendRequest, now: datetime) -> Preview:
    """Return a client's balance as it would go out.

    Raises:
        RefusedError, NotFoundError: as `preview_send`.
    """
    prepared = prepare_balance(
        ports,
        identity,
        client_id=request.client_id,
        choice=pinned(ports, identity.firm_id, request.choice, kind=request.kind),
        seen=request.seen,
        now=now,
    )
    refuse_unknown(prepared)
    _refuse_too_many(list(prepared.contexts), "client_id")
    messages, broken = _composed(ports, list(prepared.contexts), now)
    return Preview(
        tuple(messages),
        prepared.excluded,
        prepared.warnings,
        (*prepared.errors, *broken),
        tuple(_notices(messages)),
        dict(prepared.seen or {}),
    )


def _refuse_too_many(wanted: list[MailContext], field_name: str) -> None:
    if len(wanted) > MOST_MESSAGES:
        text = f"These are {len(wanted)} messages: preview at most {MOST_MESSAGES} at once."
        raise RefusedError(text, [FieldError(field_name, text)])


def _composed(
    ports: Ports, contexts: list[MailContext], now: datetime
) -> tuple[list[PreviewedMessage], list[Finding]]:
    messages: list[PreviewedMessage] = []
    broken: list[Finding] = []
    size = 0
    link = link_in_preview(ports)
    for context in contexts:
        try:
            composed = compose_message(ports, context, link_url=link, now=now, stores_file=False)
        except (RenderError, BillError, KeyError):
            delivery = context.delivery
            text = "The message or its PDF cannot be made."
            broken.append(Finding("not_rendered", text, delivery.bill_id, delivery.contact_id))
        else:
            messages.append(PreviewedMessage(context, composed, (link,)))
            size += sum(
                len(body.encode(errors="replace")) for body in (composed.mail.html, composed.mail.text)
            )
            # Looked at on the way: what is too large to be shown takes too long to be made, too.
            if size > MOST_BYTES:
                text = "Together these messages are too large to show: preview fewer, or shorten the words."
                raise RefusedError(text, [FieldError("bill_ids", text)])
    return messages, broken


def _notices(messages: list[PreviewedMessage]) -> list[Finding]:
    found: list[Finding] = []
    for one in messages:
        delivery = one.context.delivery
        for code, text in (
            ("attachment_left_out", one.composed.attachment_left_out),
            ("other_language", _other_language(one.context)),
        ):
            if text:
                found.append(Finding(code, text, delivery.bill_id, delivery.contact_id))
    return found


def _other_language(context: MailContext) -> str:
    """Say that a template has no words in the recipient's language; empty where it has."""
    if context.wording is None or not context.delivery.template_id:
        return ""
    languages = languages_of(context.firm, context.client, context.contact)
    wanted = next((language for language in languages if language in LANGUAGES), context.wording.language)
    if wanted == context.wording.language:
        return ""
    goes_out = context.wording.language
    return f"The template has no words in the recipient's language ({wanted}): {goes_out} goes out."


def _seen(prepared: list[PreparedBill]) -> dict[str, str]:
    return {one.bill_id: one.seen for one in prepared if one.bill is not None}
