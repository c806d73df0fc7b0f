"""Reminders: the firm's policy, switches and holds, what is foreseen, and what was decided and why."""

from __future__ import annotations

from feenote.api.callers import Role
from feenote.api.calls import Call
from feenote.api.reminder_decisions import DecisionList, DecisionQuery, decisions_answer
from feenote.api.reminder_forecasts import ForecastList, ForecastQuery, forecast_answer
from feenote.api.reminder_policies import ReminderPolicyAnswer, ReminderPolicyField, policy_answer
from feenote.api.reminder_switches import (
    BillSwitchAnswer,
    ContactRemindersAnswer,
    StoppedField,
    SwitchAnswer,
    SwitchField,
    bill_switch_answer,
    contact_reminders_answer,
    switch_answer,
)
from feenote.api.resolver import Api
from feenote.service.reminders.foresee import foresee_client, foresee_firm
from feenote.service.reminders.keep_addresses import read_reminded, set_stopped
from feenote.service.reminders.keep_policy import change_policy, read_policy
from feenote.service.reminders.keep_switches import (
    Place,
    Switch,
    place_of_bill,
    place_of_client,
    place_of_matter,
    read_switch,
    set_switch,
)
from feenote.service.reminders.list_decisions import list_decisions

api = Api()
handler = api.resolve


@api.call("GET", "/v1/reminder-policy", roles=[Role.VIEWER])
def get_reminder_policy(call: Call) -> ReminderPolicyAnswer:
    """Read the firm's reminder policy: its own, or the default."""
    return policy_answer(read_policy(call.ports, firm_id=call.firm_id, now=call.now))


@api.call("PUT", "/v1/reminder-policy", roles=[Role.ADMIN], conditional=True)
def put_reminder_policy(call: Call, body: ReminderPolicyField) -> ReminderPolicyAnswer:
    """Put a reminder policy, whole, in the place of the one before."""
    changed = change_policy(
        call.ports,
        firm_id=call.firm_id,
        expected_version=call.expected_version,
        make=body.to_domain,
        minimum=body.minimum.to_domain() if body.minimum is not None else None,
        now=call.now,
    )
    return policy_answer(changed)


@api.call("GET", "/v1/clients/<client_id>/reminders", roles=[Role.VIEWER])
def get_client_reminders(call: Call, client_id: str) -> SwitchAnswer:
    """Read a client's switch for reminders, and what holds."""
    return switch_answer(_read(call, place_of_client(client_id)))


@api.call("PUT", "/v1/clients/<client_id>/reminders", roles=[Role.BILLER], conditional=True)
def put_client_reminders(call: Call, client_id: str, body: SwitchField) -> SwitchAnswer:
    """Switch a client's reminders on or off, or hold them until a day."""
    return switch_answer(_set(call, place_of_client(client_id), body))


@api.call("GET", "/v1/matters/<matter_id>/reminders", roles=[Role.VIEWER])
def get_matter_reminders(call: Call, matter_id: str) -> SwitchAnswer:
    """Read a matter's switch for reminders, and what holds."""
    place = place_of_matter(call.ports, firm_id=call.firm_id, matter_id=matter_id)
    return switch_answer(_read(call, place))


@api.call("PUT", "/v1/matters/<matter_id>/reminders", roles=[Role.BILLER], conditional=True)
def put_matter_reminders(call: Call, matter_id: str, body: SwitchField) -> SwitchAnswer:
    """Switch a matter's reminders on or off, or hold them until a day."""
    place = place_of_matter(call.ports, firm_id=call.firm_id, matter_id=matter_id)
    return switch_answer(_set(call, place, body))


@api.call("GET", "/v1/bills/<bill_id>/reminders", roles=[Role.VIEWER])
def get_bill_reminders(call: Call, bill_id: str) -> BillSwitchAnswer:
    """Read a bill's switch for reminders, what holds, and how far its reminders have got."""
    place = place_of_bill(call.ports, firm_id=call.firm_id, bill_id=bill_id)
    return bill_switch_answer(_read(call, place))


@api.call("PUT", "/v1/bills/<bill_id>/reminders", roles=[Role.BILLER], conditional=True)
def put_bill_reminders(call: Call, bill_id: str, body: SwitchField) -> BillSwitchAnswer:
    """Switch a bill's reminders on or off, or hold them until a day."""
    place = place_of_bill(call.ports, firm_id=call.firm_id, bill_id=bill_id)
    return bill_switch_answer(_set(call, place, body))


@api.call("GET", "/v1/contacts/<contact_id>/reminders", roles=[Role.VIEWER])
def get_contact_reminders(call: Call, contact_id: str) -> ContactRemindersAnswer:
    """Read whether reminders go to a contact's address."""
    return contact_reminders_answer(read_reminded(call.ports, firm_id=call.firm_id, contact_id=contact_id))


@api.call("PUT", "/v1/contacts/<contact_id>/reminders", roles=[Role.BILLER])
def put_contact_reminders(call: Call, contact_id: str, body: StoppedField) -> ContactRemindersAnswer:
    """Stop reminders to a contact's address, or let them go again."""
    reminded = set_stopped(
        call.ports,
        firm_id=call.firm_id,
        contact_id=contact_id,
        stopped=body.stopped,
        actor=call.actor,
        now=call.now,
    )
    return contact_reminders_answer(reminded)


@api.call("GET", "/v1/reminders/forecast", roles=[Role.VIEWER])
def get_forecast(call: Call, query: ForecastQuery) -> ForecastList:
    """Say what will go out in the days to come, to whom, and what stands in the way now."""
    if query.client_id is not None:
        found = foresee_client(
            call.ports, firm_id=call.firm_id, client_id=query.client_id, now=call.now, days=query.days
        )
    else:
        found = foresee_firm(
            call.ports,
            firm_id=call.firm_id,
            now=call.now,
            days=query.days,
            limit=query.limit,
            cursor=query.cursor,
        )
    return forecast_answer(found, now=call.now)


@api.call("GET", "/v1/reminders/decisions", roles=[Role.VIEWER])
def get_decisions(call: Call, query: DecisionQuery) -> DecisionList:
    """List what was decided about reminders, latest first: what went out, and why the rest did not."""
    found = list_decisions(
        call.ports, firm_id=call.firm_id, wanted=query.to_domain(), limit=query.limit, cursor=query.cursor
    )
    return decisions_answer(found)


def _read(call: Call, place: Place) -> Switch:
    return read_switch(call.ports, firm_id=call.firm_id, place=place, now=call.now)


def _set(call: Call, place: Place, body: SwitchField) -> Switch:
    return set_switch(
        call.ports,
        firm_id=call.firm_id,
        place=place,
        setting=body.to_domain(),
        expected_version=call.expected_version,
        actor=call.actor,
        now=call.now,
    )
