"""What each address of the API does, once its parameters are read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stripe import _api_version

from local.stripe_api import balance, objects_after, refunds, sessions
from local.stripe_api.errors import ApiError, invalid
from local.stripe_api.mailbox import Endpoint
from local.stripe_api.store import copied, page, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn

PINNED_VERSION = _api_version._ApiVersion.CURRENT  # noqa: SLF001 - the package has no public name for it


def create_session(turn: Turn, params: Json) -> Json:
    """`POST /v1/checkout/sessions`."""
    return sessions.create(turn, params)


def retrieve_session(turn: Turn, params: Json, session_id: str) -> Json:
    """`GET /v1/checkout/sessions/{id}`."""
    del params
    return sessions.find(turn, session_id)


def list_sessions(turn: Turn, params: Json) -> Json:
    """`GET /v1/checkout/sessions`, filtered by creation, intent, status or the payer's email."""
    email = params.get("customer_details", {}).get("email")
    found = [
        one
        for one in turn.account.newest_first("checkout.session")
        if _fits(one, params, "payment_intent", "status")
        and (email is None or (one["customer_details"] or {}).get("email") == email)
    ]
    return page(found, params, "/v1/checkout/sessions")


def list_line_items(turn: Turn, params: Json, session_id: str) -> Json:
    """`GET /v1/checkout/sessions/{id}/line_items`, in the order given."""
    sessions.find(turn, session_id)
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return page(turn.account.line_items[session_id], params, url)


def expire_session(turn: Turn, params: Json, session_id: str) -> Json:
    """`POST /v1/checkout/sessions/{id}/expire`."""
    del params
    return sessions.expire(turn, sessions.find(turn, session_id))


def retrieve(kind: str) -> Callable[[Turn, Json, str], Json]:
    """Return the handler of `GET /v1/{kind}s/{id}`."""

    def handler(turn: Turn, params: Json, object_id: str) -> Json:
        del params
        return turn.account.get(kind, object_id)

    return handler


def listed(kind: str, url: str, *fields: str) -> Callable[[Turn, Json], Json]:
    """Return the handler of a list that can be filtered by `created` and by these fields."""

    def handler(turn: Turn, params: Json) -> Json:
        found = [one for one in turn.account.newest_first(kind) if _fits(one, params, *fields)]
        return page(found, params, url)

    return handler


def _fits(one: Json, params: Json, *fields: str) -> bool:
    return within(one["created"], params.get("created")) and all(
        one.get(name) == params[name] for name in fields if name in params
    )


def create_refund(turn: Turn, params: Json) -> Json:
    """`POST /v1/refunds`."""
    return refunds.create(turn, params)


def list_charge_refunds(turn: Turn, params: Json, charge_id: str) -> Json:
    """`GET /v1/charges/{id}/refunds`."""
    turn.account.get("charge", charge_id)
    found = [one for one in turn.account.newest_first("refund") if one["charge"] == charge_id]
    return page(found, params, f"/v1/charges/{charge_id}/refunds")


def retrieve_movement(turn: Turn, params: Json, movement_id: str) -> Json:
    """`GET /v1/balance_transactions/{id}`."""
    del params
    balance.mature(turn.account, turn.now)
    return turn.account.get("balance_transaction", movement_id)


def list_movements(turn: Turn, params: Json) -> Json:
    """`GET /v1/balance_transactions`."""
    balance.mature(turn.account, turn.now)
    return listed("balance_transaction", "/v1/balance_transactions", "currency", "source", "type")(
        turn, params
    )


def list_events(turn: Turn, params: Json) -> Json:
    """`GET /v1/events`, of the last 30 days as at Stripe, by `type` (`charge.*` too), `types` or delivery."""
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.", "type")
    if len(params.get("types", [])) > 20:
        raise invalid("You may only specify up to 20 types.", "types")
    found = [
        one
        for one in turn.account.newest_first("event")
        if one["created"] > turn.now - 30 * 86400 and _fits(one, params) and _of_type(one["type"], params)
    ]
    if "delivery_success" in params:
        good = turn.mailbox.delivered_to_all(one["id"] for one in found)
        found = [one for one in found if (one["id"] in good) == params["delivery_success"]]
    return page(found, params, "/v1/events")


def _of_type(kind: str, params: Json) -> bool:
    if "types" in params:
        return kind in params["types"]
    wanted: str = params.get("type", "*")
    if wanted.endswith("*"):
        return kind.startswith(wanted[:-1])
    return kind == wanted


def retrieve_own_account(turn: Turn, params: Json) -> Json:
    """`GET /v1/account`: the one of the key, or the connected one."""
    del params
    return objects_after.account(account_id=turn.account.id, created=turn.account.created)


def retrieve_account(turn: Turn, params: Json, account_id: str) -> Json:
    """`GET /v1/accounts/{id}`."""
    if account_id != turn.account.id:
        raise ApiError(
            f"The provided key does not have access to account '{account_id}' "
            "(or that account does not exist).",
            status=403,
            code="account_invalid",
        )
    return retrieve_own_account(turn, params)


def create_webhook_endpoint(turn: Turn, params: Json) -> Json:
    """`POST /v1/webhook_endpoints`: the answer alone shows the secret."""
    url = params["url"]
    if urlsplit(url).scheme not in {"http", "https"}:
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid"
        )
    if not params["enabled_events"]:
        raise invalid("Invalid array: enabled_events cannot be empty.", "enabled_events")
    made = objects_after.webhook_endpoint(
        endpoint_id=turn.ids.new("we_"), created=turn.now, url=url, livemode=turn.livemode, asked=params
    )
    secret = turn.ids.new("whsec_")
    turn.account.put(made)
    turn.mailbox.endpoints.append(
        Endpoint(made, [(secret, None)], account_id=turn.account.id, connect=params.get("connect", False))
    )
    return {**copied(made), "secret": secret}


def delete_webhook_endpoint(turn: Turn, params: Json, endpoint_id: str) -> Json:
    """`DELETE /v1/webhook_endpoints/{id}`."""
    del params
    turn.account.get("webhook_endpoint", endpoint_id)["status"] = "disabled"
    del turn.account.objects["webhook_endpoint"][endpoint_id]
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}
