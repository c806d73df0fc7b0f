"""Answer with whole objects where `expand[]` asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stripe_api.errors import ApiError
from local.stripe_api.store import copied

if TYPE_CHECKING:
    from local.stripe_api.store import Account, Json

MAX_DEPTH = 4

# (object, field) -> the kind of object the field's id names.
_REFERENCES = {
    ("checkout.session", "payment_intent"): "payment_intent",
    ("payment_intent", "latest_charge"): "charge",
    ("charge", "payment_intent"): "payment_intent",
    ("charge", "balance_transaction"): "balance_transaction",
    ("charge", "failure_balance_transaction"): "balance_transaction",
    ("refund", "charge"): "charge",
    ("refund", "payment_intent"): "payment_intent",
    ("refund", "balance_transaction"): "balance_transaction",
    ("refund", "failure_balance_transaction"): "balance_transaction",
    ("dispute", "charge"): "charge",
    ("dispute", "payment_intent"): "payment_intent",
}
_SOURCES = {"ch": "charge", "py": "charge", "re": "refund", "du": "dispute"}
# Fields that are always null here, but that Stripe would expand.
_NEVER_SET = frozenset(
    {
        ("checkout.session", "customer"),
        ("checkout.session", "invoice"),
        ("checkout.session", "setup_intent"),
        ("checkout.session", "subscription"),
        ("checkout.session", "payment_link"),
        ("payment_intent", "customer"),
        ("payment_intent", "review"),
        ("charge", "customer"),
        ("charge", "review"),
        ("charge", "application_fee"),
    }
)


def expand(account: Account, answer: Json, paths: list[str]) -> Json:
    """Put whole objects into a copied answer, in place, and return it.

    Raises:
        ApiError: a path that cannot be expanded, or deeper than four levels.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH + (answer.get("object") == "list"):
            raise ApiError(
                f"You cannot expand more than {MAX_DEPTH} levels of a property ({path}).", param="expand"
            )
        _walk(account, answer, steps, path)
    return answer


def _walk(account: Account, here: Any, steps: list[str], path: str) -> None:
    if isinstance(here, list):
        for one in here:
            _walk(account, one, steps, path)
        return
    if here is None or not steps:
        return
    if not isinstance(here, dict):
        raise _refused(path)
    step, rest = steps[0], steps[1:]
    if here.get("object") == "list" and step == "data":
        _walk(account, here["data"], rest, path)
        return
    _fill(account, here, step, path)
    _walk(account, here[step], rest, path)


def _fill(account: Account, here: Json, step: str, path: str) -> None:
    kind = here.get("object", "")
    if (kind, step) == ("checkout.session", "line_items"):
        here[step] = _listed(
            account.line_items[here["id"]][:10], f"/v1/checkout/sessions/{here['id']}/line_items"
        )
        here[step]["has_more"] = len(account.line_items[here["id"]]) > 10
    elif (kind, step) == ("charge", "refunds"):
        found = [one for one in account.newest_first("refund") if one["charge"] == here["id"]]
        here[step] = _listed(found, f"/v1/charges/{here['id']}/refunds")
    elif (kind, step) == ("balance_transaction", "source"):
        wanted = _SOURCES[here[step].partition("_")[0]]
        here[step] = copied(account.get(wanted, here[step]))
    elif (kind, step) in _REFERENCES:
        if isinstance(here[step], str):
            here[step] = copied(account.get(_REFERENCES[kind, step], here[step]))
    elif (kind, step) not in _NEVER_SET and not (isinstance(here.get(step), dict | list) and step in here):
        raise _refused(path)


def _listed(found: list[Json], url: str) -> Json:
    return {"object": "list", "data": [copied(one) for one in found], "has_more": False, "url": url}


def _refused(path: str) -> ApiError:
    return ApiError(f"This property cannot be expanded ({path}).", param="expand", executed=False)
