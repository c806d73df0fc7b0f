"""The shapes of refunds, disputes and movements of the balance, and of accounts and endpoints."""

from __future__ import annotations

from local.stripe_api.store import Json

_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation duplicate_charge_explanation "
    "duplicate_charge_id product_description receipt refund_policy "
    "refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation "
    "shipping_tracking_number uncategorized_file uncategorized_text"
)


def refund(*, refund_id: str, created: int, amount: int, charge: Json, status: str, asked: Json) -> Json:
    """Return a refund of `amount` minor units of a charge."""
    kind = charge["payment_method_details"]["type"]
    destination: Json = {"type": kind}
    if kind == "card":
        destination["card"] = {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    elif kind == "us_bank_account":
        destination = {
            "type": "us_bank_transfer",
            "us_bank_transfer": {"reference": None, "reference_status": None},
        }
    made: Json = {
        "id": refund_id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": destination,
        "metadata": asked.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": None,
        "reason": asked.get("reason") or None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    if status == "pending":
        made["pending_reason"] = "processing"
    return made


def dispute(
    *, dispute_id: str, created: int, amount: int, charge: Json, reason: str, due_by: int, inquiry: bool
) -> Json:
    """Return an open dispute, or an inquiry, over `amount` minor units; the answer is due at `due_by`."""
    evidence: Json = dict.fromkeys(_EVIDENCE.split())
    evidence["enhanced_evidence"] = {}
    card = charge["payment_method_details"].get("card")
    # Stripe details disputes of cards and of a few wallets, not those of bank debits.
    details: Json | None = None
    if card is not None:
        details = {
            "type": "card",
            "card": {
                "brand": card["brand"],
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": card["network"],
                "network_reason_code": "83",
            },
        }
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": charge["livemode"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": details,
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }


def balance_transaction(
    *,
    transaction_id: str,
    created: int,
    available_on: int,
    amount: int,
    fee: int,
    currency: str,
    kind: str,
    category: str,
    source: str,
    description: str | None,
) -> Json:
    """Return one movement of the balance: `net` is `amount` less `fee`, all in minor units, signed."""
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Dispute fee" if category.startswith("dispute") else "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return {
        "id": transaction_id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "pending",
        "type": kind,
    }


def webhook_endpoint(*, endpoint_id: str, created: int, url: str, livemode: bool, asked: Json) -> Json:
    """Return an enabled webhook endpoint, without its secret."""
    return {
        "id": endpoint_id,
        "object": "webhook_endpoint",
        "api_version": asked.get("api_version"),
        "application": None,
        "created": created,
        "description": asked.get("description"),
        "enabled_events": asked.get("enabled_events", ["*"]),
        "livemode": livemode,
        "metadata": asked.get("metadata") or {},
        "status": "enabled",
        "url": url,
    }


def account(*, account_id: str, created: int) -> Json:
    """Return an account that can take payments and be paid out to."""
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "8111",
            "minority_owned_business_designation": None,
            "name": "Local law firm",
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": "company",
        "capabilities": {
            "card_payments": "active",
            "transfers": "active",
            "us_bank_account_ach_payments": "active",
        },
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "payments@firm.example",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{account_id}/external_accounts",
        },
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
