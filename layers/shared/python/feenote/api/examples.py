"""Requests as they may be sent: shown in the OpenAPI document, tried by its test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from feenote.api.bill_requests import BillChange, NewBill
from feenote.api.firms import FirmChange
from feenote.api.payments import AllocationsField, NewPayment, ReversalField
from feenote.api.records import (
    ClientChange,
    ContactChange,
    MatterChange,
    NewClient,
    NewContact,
    NewMatter,
)
from feenote.api.refunds import NewRefund
from feenote.api.reminder_policies import ReminderPolicyField
from feenote.api.reminder_switches import StoppedField, SwitchField
from feenote.api.sends import ResolutionField, SendField
from feenote.api.templates import TemplateField
from feenote.service.resolve_delivery import Resolution

_RATE = {"minor": 45000, "currency": "USD"}

EXAMPLES: Mapping[type[BaseModel], dict[str, Any]] = {
    FirmChange: {"time_zone": "America/New_York", "payment_terms_days": 30, "settings": {"link_days": 90}},
    NewClient: {"number": "00117", "name": "Northwind Trading Ltd", "kind": "organisation", "language": "en"},
    ClientChange: {"primary_contact_id": "con_01K2M9ZQ4T7RG5H2V8X3YB6CND"},
    NewContact: {
        "client_ids": ["cli_01K2M9ZQ4T7RG5H2V8X3YB6CND"],
        "first_name": "Maria",
        "last_name": "Oduya",
        "email": "maria.oduya@example.com",
        "language": "en-GB",
        "time_zone": "Europe/London",
    },
    ContactChange: {"email": "m.oduya@example.com"},
    NewMatter: {
        "number": "00117-003",
        "description": "Lease of the Harbour Street warehouse",
        "client_id": "cli_01K2M9ZQ4T7RG5H2V8X3YB6CND",
        "responsible_attorney": {"name": "Ines Falk", "email": "ines.falk@example.com"},
        "recipients": [{"contact_id": "con_01K2M9ZQ4T7RG5H2V8X3YB6CND", "every_future_bill": True}],
    },
    MatterChange: {"description": "Lease and fit-out of the Harbour Street warehouse"},
    NewBill: {
        "client_id": "cli_01K2M9ZQ4T7RG5H2V8X3YB6CND",
        "matter_ids": ["mat_01K2M9ZQ4T7RG5H2V8X3YB6CND"],
        "issued_on": "2026-11-22",
        "due_on": "2026-12-22",
        "period": {"from": "2026-10-01", "to": "2026-10-31"},
        "lines": [
            {
                "kind": "fee",
                "on": "2026-10-14",
                "timekeeper": "Ines Falk",
                "units": "1.40",
                "rate": _RATE,
                "amount": {"minor": 63000, "currency": "USD"},
                "description": "Review of the landlord's draft lease",
                "task_code": "L120",
            },
            {"kind": "expense", "amount": {"minor": 1850, "currency": "USD"}, "description": "Courier"},
        ],
        "taxes": [{"name": "Sales tax", "percent": "8.875"}],
        "total": {"minor": 70605, "currency": "USD"},
    },
    BillChange: {"due_on": "2027-01-15", "memo": "With thanks for your instructions."},
    SendField: {"bill_ids": ["bill_01K2M9ZQ4T7RG5H2V8X3YB6CND"], "channels": ["link", "attachment"]},
    TemplateField: {
        "kind": "bill",
        "name": "Monthly bill",
        "wordings": [
            {
                "language": "en",
                "subject": "Bill {{ bill.number }} from {{ firm.name }}",
                "body": "{{ recipient.greeting }}\n\n{{ bill.news }}\n\n{{ bill.summary }}\n\n"
                "{{ link.button }}\n\nKind regards\n{{ attorney.name }}",
            }
        ],
        "is_default": True,
    },
    NewPayment: {
        "client_id": "cli_01K2M9ZQ4T7RG5H2V8X3YB6CND",
        "amount": {"minor": 70605, "currency": "USD"},
        "method": "cheque",
        "received_on": "2026-11-20",
        "reference": "Cheque 1042",
    },
    AllocationsField: {
        "allocations": [
            {"bill_id": "bill_01K2M9ZQ4T7RG5H2V8X3YB6CND", "amount": {"minor": 70605, "currency": "USD"}}
        ]
    },
    NewRefund: {
        "amount": {"minor": 20000, "currency": "USD"},
        "from": [
            {"bill_id": "bill_01K2M9ZQ4T7RG5H2V8X3YB6CND", "amount": {"minor": 20000, "currency": "USD"}}
        ],
        "reason": "Two hours were billed twice.",
    },
    ReversalField: {"reason": "It was another client's cheque."},
    ReminderPolicyField: {
        "stages": [{"days": -3}, {"days": 1}, {"days": 7}, {"days": 30}, {"days": 45, "anchor": "issue"}],
        "repeat_days": 15,
        "most": 10,
        "minimum": {"minor": 500, "currency": "USD"},
        "country": "US",
        "subdivision": "NY",
        "days_off": ["2026-12-24", "2026-12-31"],
    },
    SwitchField: {"mode": "inherit", "hold_until": "2027-01-15", "note": "Instalments agreed by phone."},
    StoppedField: {"stopped": True},
    ResolutionField: {"action": Resolution.SEND_AGAIN.value},
}
