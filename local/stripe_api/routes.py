"""Which addresses the API has, and which parameters each takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe import params as declared
from stripe.params import checkout

from local.stripe_api import endpoints
from local.stripe_api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stripe_api.store import Json


@dataclass(frozen=True)
class Route:
    """One method and path. `template` names it for people: `/v1/checkout/sessions/{id}`."""

    method: str
    template: str
    handler: Callable[..., Json]
    params: type[Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the expression that the whole path must match."""
        return re.compile(self.template.replace("{id}", "([A-Za-z0-9_]+)"))


def _routes() -> list[Route]:
    retrieve, listed = endpoints.retrieve, endpoints.listed
    rows: list[tuple[str, str, Callable[..., Json], type[Any]]] = [
        ("POST", "/v1/checkout/sessions", endpoints.create_session, checkout.SessionCreateParams),
        ("GET", "/v1/checkout/sessions", endpoints.list_sessions, checkout.SessionListParams),
        ("GET", "/v1/checkout/sessions/{id}", endpoints.retrieve_session, checkout.SessionRetrieveParams),
        ("POST", "/v1/checkout/sessions/{id}/expire", endpoints.expire_session, checkout.SessionExpireParams),
        (
            "GET",
            "/v1/checkout/sessions/{id}/line_items",
            endpoints.list_line_items,
            checkout.SessionListLineItemsParams,
        ),
        (
            "GET",
            "/v1/payment_intents",
            listed("payment_intent", "/v1/payment_intents", "customer"),
            declared.PaymentIntentListParams,
        ),
        ("GET", "/v1/payment_intents/{id}", retrieve("payment_intent"), declared.PaymentIntentRetrieveParams),
        (
            "GET",
            "/v1/charges",
            listed("charge", "/v1/charges", "customer", "payment_intent", "transfer_group"),
            declared.ChargeListParams,
        ),
        ("GET", "/v1/charges/{id}", retrieve("charge"), declared.ChargeRetrieveParams),
        ("GET", "/v1/charges/{id}/refunds", endpoints.list_charge_refunds, declared.ChargeListRefundsParams),
        ("POST", "/v1/refunds", endpoints.create_refund, declared.RefundCreateParams),
        (
            "GET",
            "/v1/refunds",
            listed("refund", "/v1/refunds", "charge", "payment_intent"),
            declared.RefundListParams,
        ),
        ("GET", "/v1/refunds/{id}", retrieve("refund"), declared.RefundRetrieveParams),
        (
            "GET",
            "/v1/disputes",
            listed("dispute", "/v1/disputes", "charge", "payment_intent"),
            declared.DisputeListParams,
        ),
        ("GET", "/v1/disputes/{id}", retrieve("dispute"), declared.DisputeRetrieveParams),
        ("GET", "/v1/balance_transactions", endpoints.list_movements, declared.BalanceTransactionListParams),
        (
            "GET",
            "/v1/balance_transactions/{id}",
            endpoints.retrieve_movement,
            declared.BalanceTransactionRetrieveParams,
        ),
        ("GET", "/v1/events", endpoints.list_events, declared.EventListParams),
        ("GET", "/v1/events/{id}", retrieve("event"), declared.EventRetrieveParams),
        ("GET", "/v1/account", endpoints.retrieve_own_account, declared.AccountRetrieveCurrentParams),
        ("GET", "/v1/accounts/{id}", endpoints.retrieve_account, declared.AccountRetrieveParams),
        (
            "POST",
            "/v1/webhook_endpoints",
            endpoints.create_webhook_endpoint,
            declared.WebhookEndpointCreateParams,
        ),
        (
            "GET",
            "/v1/webhook_endpoints",
            listed("webhook_endpoint", "/v1/webhook_endpoints"),
            declared.WebhookEndpointListParams,
        ),
        (
            "GET",
            "/v1/webhook_endpoints/{id}",
            retrieve("webhook_endpoint"),
            declared.WebhookEndpointRetrieveParams,
        ),
        (
            "DELETE",
            "/v1/webhook_endpoints/{id}",
            endpoints.delete_webhook_endpoint,
            declared.WebhookEndpointDeleteParams,
        ),
    ]
    return [Route(*row) for row in rows]


ROUTES = _routes()
_COMPILED = [(route, route.pattern) for route in ROUTES]


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Return the route of a request and the ids in its path.

    Raises:
        ApiError: 404, there is no such address.
    """
    for route, pattern in _COMPILED:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groups()
    raise ApiError(
        f"Unrecognized request URL ({method}: {path}). The local stand-in does not have it.",
        status=404,
        executed=False,
    )
