"""Bills: made, approved, previewed, sent to one or many, followed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from feenote.api.bill_answers import (
    BillAnswer,
    BillList,
    Timeline,
    TimelineQuery,
    bill_answer,
    event_answer,
    summary_answer,
    today_of,
)
from feenote.api.bill_requests import BillChange, BillListQuery, NewBill
from feenote.api.callers import Role
from feenote.api.calls import Call
from feenote.api.endpoints import CsvFile, Redirect
from feenote.api.fields import ListQuery
from feenote.api.links import LinkList, LinkQuery, link_answer
from feenote.api.resolver import Api
from feenote.api.sends import (
    DeliveryAnswer,
    DeliveryList,
    DeliveryQuery,
    PreviewAnswer,
    ResolutionField,
    ResultList,
    SendAnswer,
    SendField,
    SendStarted,
    delivery_answer,
    preview_answer,
    result_answer,
    send_answer,
    send_started,
)
from feenote.api.templates import (
    FieldList,
    KindQuery,
    ShippedList,
    TemplateAnswer,
    TemplateField,
    TemplateList,
    TemplateQuery,
    field_answer,
    shipped_answer,
    template_answer,
)
from feenote.api.timeline_csv import timeline_csv
from feenote.domain.bills import ISSUED, Bill
from feenote.service.approve_bill import approve_bill, delete_bill, submit_bill, void_bill
from feenote.service.change_bill import change_bill
from feenote.service.change_firm import read_firm
from feenote.service.draft_bill import draft_bill
from feenote.service.export_timeline import export_timeline
from feenote.service.fetch_bill_pdf import fetch_bill_pdf
from feenote.service.follow_send import send_progress, send_results
from feenote.service.keep_templates import (
    add_template,
    change_template,
    delete_template,
    list_fields,
    list_shipped,
    list_templates,
    read_template,
)
from feenote.service.list_bills import bill_timeline, list_bills
from feenote.service.preview_send import preview_send
from feenote.service.read_bill import read_bill
from feenote.service.resolve_delivery import list_deliveries, resolve_delivery
from feenote.service.send_bills import send_bills
from feenote.service.stop_send import resume_send, stop_send
from feenote.service.withdraw_link import list_links, withdraw_link

api = Api()
handler = api.resolve


def _today(call: Call) -> date:
    return today_of(read_firm(call.ports, firm_id=call.firm_id), call.now)


def _changer_of(bill: Bill) -> Role:
    """Return who may change a bill: a change of an issued one freezes a revision, as an approval does."""
    return Role.APPROVER if bill.state in ISSUED else Role.BILLER


def _moved(call: Call, bill_id: str, act: Callable[..., Bill]) -> BillAnswer:
    bill = act(
        call.ports,
        firm_id=call.firm_id,
        bill_id=bill_id,
        expected_version=call.expected_version,
        actor=call.actor,
        now=call.now,
    )
    return bill_answer(bill, today=_today(call))


@api.call("GET", "/v1/bills", roles=[Role.VIEWER])
def get_bills(call: Call, query: BillListQuery) -> BillList:
    """List bills, without their lines."""
    today = _today(call)
    page = list_bills(call.ports, firm_id=call.firm_id, query=query.to_domain(today=today))
    return BillList(items=[summary_answer(bill, today=today) for bill in page.items], next=page.next_cursor)


@api.call("POST", "/v1/bills", roles=[Role.BILLER], status=201, large=True, keyed=True)
def post_bill(call: Call, body: NewBill) -> BillAnswer:
    """Draft a bill."""
    firm = read_firm(call.ports, firm_id=call.firm_id)
    today = today_of(firm, call.now)
    bill = draft_bill(
        call.ports,
        firm_id=call.firm_id,
        bill_id=call.new_id("bill"),
        content=body.content(firm, today=today),
        number=body.number or "",
        actor=call.actor,
        now=call.now,
    )
    return bill_answer(bill, today=today)


@api.call("GET", "/v1/bills/<bill_id>", roles=[Role.VIEWER])
def get_bill(call: Call, bill_id: str) -> BillAnswer:
    """Read a bill with its lines."""
    return bill_answer(read_bill(call.ports, firm_id=call.firm_id, bill_id=bill_id), today=_today(call))


@api.call("PATCH", "/v1/bills/<bill_id>", roles=[Role.BILLER, Role.APPROVER], large=True, conditional=True)
def patch_bill(call: Call, bill_id: str, body: BillChange) -> BillAnswer:
    """Change a bill: a biller a draft, an approver an issued one, which takes its next revision."""
    bill = change_bill(
        call.ports,
        firm_id=call.firm_id,
        bill_id=bill_id,
        expected_version=call.expected_version,
        change=body.applied_to,
        guard=lambda before: call.caller.require(_changer_of(before)),
        actor=call.actor,
        now=call.now,
    )
    return bill_answer(bill, today=_today(call))


@api.call("DELETE", "/v1/bills/<bill_id>", roles=[Role.BILLER], status=204, conditional=True)
def remove_bill(call: Call, bill_id: str) -> None:
    """Delete a bill that was never issued."""
    delete_bill(
        call.ports,
        firm_id=call.firm_id,
        bill_id=bill_id,
        expected_version=call.expected_version,
        actor=call.actor,
        now=call.now,
    )


@api.call("POST", "/v1/bills/<bill_id>/submit", roles=[Role.BILLER], keyed=True, conditional=True)
def post_submit(call: Call, bill_id: str) -> BillAnswer:
    """Hand a draft to the approver."""
    return _moved(call, bill_id, submit_bill)


@api.call("POST", "/v1/bills/<bill_id>/approve", roles=[Role.APPROVER], keyed=True, conditional=True)
def post_approve(call: Call, bill_id: str) -> BillAnswer:
    """Approve a bill: it gets its number, its revision is frozen, the client owes it."""
    return _moved(call, bill_id, approve_bill)


@api.call("POST", "/v1/bills/<bill_id>/void", roles=[Role.APPROVER], keyed=True, conditional=True)
def post_void(call: Call, bill_id: str) -> BillAnswer:
    """Make an issued bill void, for good."""
    return _moved(call, bill_id, void_bill)


@api.call("GET", "/v1/bills/<bill_id>/pdf", roles=[Role.VIEWER], status=302)
def get_pdf(call: Call, bill_id: str) -> Redirect:
    """Lead to the bill's PDF, at an address that lives five minutes."""
    return Redirect(fetch_bill_pdf(call.ports, firm_id=call.firm_id, bill_id=bill_id, now=call.now))


@api.call("GET", "/v1/bills/<bill_id>/timeline", roles=[Role.VIEWER])
def get_timeline(call: Call, bill_id: str, query: TimelineQuery) -> Timeline:
    """List what happened to a bill."""
    page = bill_timeline(
        call.ports, firm_id=call.firm_id, bill_id=bill_id, limit=query.limit, cursor=query.cursor
    )
    return Timeline(items=[event_answer(event) for event in page.items], next=page.next_cursor)


@api.call("GET", "/v1/bills/<bill_id>/timeline.csv", roles=[Role.VIEWER])
def get_timeline_csv(call: Call, bill_id: str) -> CsvFile:
    """Save what happened to a bill as a table."""
    return timeline_csv(export_timeline(call.ports, firm_id=call.firm_id, bill_id=bill_id))


@api.call("POST", "/v1/sends/preview", roles=[Role.BILLER], large=True)
def post_preview(call: Call, body: SendField) -> PreviewAnswer:
    """Show what a send would do, without doing it."""
    preview = preview_send(
        call.ports, firm_id=call.firm_id, request=body.to_domain(), sender=call.actor, now=call.now
    )
    return preview_answer(preview)


@api.call("POST", "/v1/sends", roles=[Role.BILLER], status=202, large=True, keyed=True)
def post_send(call: Call, body: SendField) -> SendStarted:
    """Send bills, one or ten thousand, each in its own email; or a client's balance."""
    send = send_bills(
        call.ports,
        firm_id=call.firm_id,
        send_id=call.new_id("snd"),
        request=body.to_domain(),
        sender=call.actor,
        now=call.now,
    )
    return send_started(send)


@api.call("GET", "/v1/sends/<send_id>", roles=[Role.VIEWER])
def get_send(call: Call, send_id: str) -> SendAnswer:
    """Read how far a send is."""
    return send_answer(send_progress(call.ports, firm_id=call.firm_id, send_id=send_id))


@api.call("GET", "/v1/sends/<send_id>/results", roles=[Role.VIEWER])
def get_results(call: Call, send_id: str, query: ListQuery) -> ResultList:
    """List what became of each bill of a send."""
    page = send_results(
        call.ports, firm_id=call.firm_id, send_id=send_id, limit=query.limit, cursor=query.cursor
    )
    return ResultList(items=[result_answer(item) for item in page.items], next=page.next_cursor)


@api.call("POST", "/v1/sends/<send_id>/stop", roles=[Role.BILLER], keyed=True)
def post_stop(call: Call, send_id: str) -> SendAnswer:
    """Stop a send: what is in hand still goes out, nothing after it."""
    return send_answer(
        stop_send(call.ports, firm_id=call.firm_id, send_id=send_id, actor=call.actor, now=call.now)
    )


@api.call("POST", "/v1/sends/<send_id>/resume", roles=[Role.BILLER], keyed=True)
def post_resume(call: Call, send_id: str) -> SendAnswer:
    """Take a stopped send up again."""
    return send_answer(
        resume_send(call.ports, firm_id=call.firm_id, send_id=send_id, actor=call.actor, now=call.now)
    )


@api.call("GET", "/v1/deliveries", roles=[Role.VIEWER])
def get_deliveries(call: Call, query: DeliveryQuery) -> DeliveryList:
    """List messages in a state, at first those whose outcome is unknown."""
    page = list_deliveries(
        call.ports, firm_id=call.firm_id, state=query.state, limit=query.limit, cursor=query.cursor
    )
    return DeliveryList(items=[delivery_answer(item) for item in page.items], next=page.next_cursor)


@api.call("POST", "/v1/deliveries/<delivery_id>/resolve", roles=[Role.BILLER], keyed=True)
def post_resolution(call: Call, delivery_id: str, body: ResolutionField) -> DeliveryAnswer:
    """Decide about a message whose outcome is unknown: mark it as sent, or send it again."""
    delivery = resolve_delivery(
        call.ports,
        firm_id=call.firm_id,
        delivery_id=delivery_id,
        resolution=body.action,
        actor=call.actor,
        now=call.now,
    )
    return delivery_answer(delivery)


@api.call("GET", "/v1/links", roles=[Role.VIEWER])
def get_links(call: Call, query: LinkQuery) -> LinkList:
    """List a bill's links."""
    found = list_links(call.ports, firm_id=call.firm_id, bill_id=query.bill_id)
    return LinkList(items=[link_answer(link) for link in found], next=None)


@api.call("DELETE", "/v1/links/<link_id>", roles=[Role.BILLER], status=204)
def remove_link(call: Call, link_id: str) -> None:
    """Take a link back."""
    withdraw_link(call.ports, firm_id=call.firm_id, link_id=link_id, actor=call.actor, now=call.now)


@api.call("GET", "/v1/templates", roles=[Role.VIEWER])
def get_templates(call: Call, query: TemplateQuery) -> TemplateList:
    """List templates by name: the firm's own, and those of its clients."""
    page = list_templates(
        call.ports,
        firm_id=call.firm_id,
        kind=query.kind,
        client_id=query.wanted_client_id,
        limit=query.limit,
        cursor=query.cursor,
    )
    return TemplateList(items=[template_answer(item) for item in page.items], next=page.next_cursor)


@api.call("POST", "/v1/templates", roles=[Role.BILLER], status=201, keyed=True)
def post_template(call: Call, body: TemplateField) -> TemplateAnswer:
    """Add a template; a wrong autofill field is told with its place and the field that is nearest."""
    template = body.to_domain(firm_id=call.firm_id, template_id=call.new_id("tpl"))
    return template_answer(add_template(call.ports, template=template, now=call.now))


# Before the address with an id, so that it is not taken for one.
@api.call("GET", "/v1/templates/shipped", roles=[Role.VIEWER])
def get_shipped_templates(call: Call, query: KindQuery) -> ShippedList:
    """Read the words that Feenote ships, in every language: what a new template may begin from."""
    found = list_shipped(call.ports, kind=query.kind)
    return ShippedList(items=[shipped_answer(item) for item in found], next=None)


@api.call("GET", "/v1/templates/<template_id>", roles=[Role.VIEWER])
def get_template(call: Call, template_id: str) -> TemplateAnswer:
    """Read a template."""
    return template_answer(read_template(call.ports, firm_id=call.firm_id, template_id=template_id))


@api.call("PUT", "/v1/templates/<template_id>", roles=[Role.BILLER], conditional=True)
def put_template(call: Call, template_id: str, body: TemplateField) -> TemplateAnswer:
    """Change a template, whole; messages that were asked for before keep their words."""
    template = change_template(
        call.ports,
        template=body.to_domain(firm_id=call.firm_id, template_id=template_id),
        expected_version=call.expected_version,
        now=call.now,
    )
    return template_answer(template)


@api.call("DELETE", "/v1/templates/<template_id>", roles=[Role.BILLER], status=204, conditional=True)
def remove_template(call: Call, template_id: str) -> None:
    """Delete a template; where it was a default, what comes after it goes out from then on."""
    delete_template(
        call.ports, firm_id=call.firm_id, template_id=template_id, expected_version=call.expected_version
    )


@api.call("GET", "/v1/autofill-fields", roles=[Role.VIEWER])
def get_autofill_fields(call: Call, query: KindQuery) -> FieldList:  # noqa: ARG001 - each handler gets a call
    """List the autofill fields: what may stand in double braces in a subject or a body."""
    return FieldList(items=[field_answer(field) for field in list_fields(query.kind)], next=None)
