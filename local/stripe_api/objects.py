"""The shapes of Stripe's objects, in the API version that the installed `stripe` package pins.

Each function returns a new JSON object with every field that Stripe's answer has when it is not expanded.
The tests compare them with the annotations of the package and with Stripe's own published fixtures.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

NO_ADDRESS: Json = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def session(
    *,
    session_id: str,
    created: int,
    expires_at: int,
    currency: str,
    amount: int,
    methods: list[str],
    livemode: bool,
    url: str,
    asked: Json,
) -> Json:
    """Return an open Checkout Session for one payment; `asked` are the parameters of its creation."""
    email = asked.get("customer_email")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": asked.get("billing_address_collection"),
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": created,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": asked.get("custom_text", {}).get("submit"),
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_account": None,
        "customer_creation": asked.get("customer_creation", "if_required"),
        "customer_details": customer_details(email) if email else None,
        "customer_email": email,
        "discounts": [],
        "excluded_payment_method_types": asked.get("excluded_payment_method_types"),
        "expires_at": expires_at,
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": livemode,
        "locale": asked.get("locale"),
        "managed_payments": {"enabled": False},
        "metadata": asked.get("metadata") or {},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": _session_method_options(methods, asked.get("payment_method_options", {})),
        "payment_method_types": methods,
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": asked.get("submit_type"),
        "subscription": None,
        "success_url": asked.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": url,
        "wallet_options": None,
    }


def _session_method_options(methods: list[str], asked: Json) -> Json:
    options: Json = {kind: dict(terms) for kind, terms in asked.items() if kind in methods}
    if "card" in methods:
        options["card"] = {"request_three_d_secure": "automatic"}
    return options


def customer_details(email: str | None, name: str | None = None) -> Json:
    """Return what a session knows of who pays."""
    return {
        "address": dict(NO_ADDRESS) if name else None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [] if name else None,
    }


def line_item(
    *, item_id: str, price_id: str, product_id: str, created: int, livemode: bool, asked: Json
) -> Json:
    """Return one line of a session, with the price made for it; `asked` has `price_data` and `quantity`."""
    data = asked["price_data"]
    quantity = asked.get("quantity", 1)
    unit = data["unit_amount"]
    return {
        "id": item_id,
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": unit * quantity,
        "amount_tax": 0,
        "amount_total": unit * quantity,
        "currency": data["currency"],
        "description": data["product_data"]["name"],
        "metadata": {},
        "price": {
            "id": price_id,
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": created,
            "currency": data["currency"],
            "custom_unit_amount": None,
            "livemode": livemode,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": product_id,
            "recurring": None,
            "tax_behavior": data.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": unit,
            "unit_amount_decimal": str(unit),
        },
        "quantity": quantity,
    }


def payment_intent(
    *,
    intent_id: str,
    secret: str,
    created: int,
    amount: int,
    currency: str,
    methods: list[str],
    livemode: bool,
    asked: Json,
) -> Json:
    """Return a payment intent that has not been paid; `asked` is the session's `payment_intent_data`."""
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": secret,
        "confirmation_method": "automatic",
        "created": created,
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": asked.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": livemode,
        "managed_payments": {"enabled": False},
        "metadata": asked.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": _intent_method_options(methods),
        "payment_method_types": methods,
        "processing": None,
        "receipt_email": asked.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": asked.get("statement_descriptor"),
        "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": asked.get("transfer_group"),
    }


def _intent_method_options(methods: list[str]) -> Json:
    options: Json = {}
    if "card" in methods:
        options["card"] = {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        }
    if "us_bank_account" in methods:
        options["us_bank_account"] = {"mandate_options": None, "verification_method": "automatic"}
    return options


def charge(
    *,
    charge_id: str,
    created: int,
    intent: Json,
    status: str,
    method_id: str,
    details: Json,
    email: str | None,
    name: str | None,
) -> Json:
    """Return an attempt to take an intent's money; `status` is `succeeded`, `pending` or `failed`."""
    taken = status == "succeeded"
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status != "failed" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": dict(NO_ADDRESS),
            "email": email,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": intent["statement_descriptor"] or "FEENOTE",
        "captured": status != "failed",
        "created": created,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": intent["livemode"],
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": taken,
        "payment_intent": intent["id"],
        "payment_method": method_id,
        "payment_method_details": details,
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
