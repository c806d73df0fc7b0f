"""What can be made to happen at the stand-in, as JSON for `POST /control`.

Each command is an object with `do` and the fields below; `account` (an id) may be added to name a connected
account. `type` limits a command on webhooks to one event type. Amounts are minor units. Instead of
`payment_intent`, a `charge` or a `session` may be named.

Money:

| do | fields |
| --- | --- |
| `pay` | `session`, `method` (`card`, `bank_debit` or its type), `card_number`, `email`, `name` |
| `debit_succeeds`, `debit_fails` | `payment_intent`; `code` (`insufficient_funds`) |
| `expire` | `session` |
| `refund` | `payment_intent`, `amount` (the rest), `reason`: as if made in Stripe's Dashboard |
| `refund_succeeds`, `refund_fails` | `refund`; `reason` |
| `dispute_opened` | `payment_intent`, `amount` (the rest), `reason`, `inquiry` (a question only) |
| `dispute_escalated`, `dispute_answered` | `dispute` or `payment_intent` |
| `dispute_won`, `dispute_lost` | `dispute` or `payment_intent`; an inquiry that is won is closed |
| `debit_comes_back` | `payment_intent`, `reason`: after it succeeded |

Webhooks:

| do | fields |
| --- | --- |
| `hold_webhooks`, `release_webhooks` | `type` (hold only) |
| `late` | `seconds`, `type`: events to come are that much later, until `release_webhooks` |
| `double` | `times` (1), `copies` (2), `type` |
| `drop` | `times` (1), `type`: lost for good |
| `shuffle` | `on` (true) |
| `forge` | `times` (1), `type`, any of `livemode`, `api_version`, `bad_signature`, `seconds` (added to `t`) |
| `resend` | `event` |
| `roll_secret` | `secret`, `seconds` (86400): how long the old one signs too |
| `honest_webhooks` | ends all of these |
| `pump` | delivers what is due |

The API itself:

| do | fields |
| --- | --- |
| `outage` | `kind` (`error_500`; see `faults`), `seconds` of the clock or `times` (1), `method`, `path` |
| `recover` | ends all outages |

`GET /control` lists all objects and the state of each delivery.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from local.stripe_api import disputes, faults, payments, refunds, sessions
from local.stripe_api.errors import ApiError, invalid, missing, missing_parameter
from local.stripe_api.methods import BANK_DEBITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stripe_api.engine import StripeStandIn
    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn

WRONG_SECRET = "whsec_not_the_secret"  # noqa: S105 - it is meant to be wrong


def do(engine: StripeStandIn, command: Any) -> Json:
    """Carry out one command and return what came of it: the object it changed, or what was done.

    Raises:
        ApiError: an unknown command, a field that is missing, unknown or wrong, or what Stripe would refuse.
    """
    if not isinstance(command, dict):
        raise invalid("A command is a JSON object.", "do")
    fields = _Fields(command)
    name = fields.text("do")
    if name in _MONEY:
        account = fields.optional("account", str)
        action = _MONEY[name](fields)
        fields.check_all_used()
        return engine.act(action, account)
    if name in _WEBHOOKS:
        return _WEBHOOKS[name](engine, fields)
    known = ", ".join(sorted([*_MONEY, *_WEBHOOKS]))
    raise invalid(f"Unknown command {name!r}. Known: {known}", "do")


class _Fields:
    """The fields of a command; what was not asked for is an error."""

    def __init__(self, command: Json) -> None:
        self._command = command
        self._used: set[str] = set()

    def optional(self, name: str, kind: type[Any], default: Any = None) -> Any:
        self._used.add(name)
        value = self._command.get(name)
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise invalid(f"{name} must be of type {kind.__name__}", name)
        return value

    def text(self, name: str) -> str:
        value = self.optional(name, str)
        if value is None:
            raise missing_parameter(name)
        return str(value)

    def times(self) -> int:
        return int(self.optional("times", int, 1))

    def check_all_used(self) -> None:
        unknown = set(self._command) - self._used
        if unknown:
            raise invalid(f"Unknown fields: {', '.join(sorted(unknown))}", min(unknown))


def _pay(fields: _Fields) -> Callable[[Turn], Json]:
    session_id, method = fields.text("session"), fields.optional("method", str, "card")
    given = {name: fields.optional(name, str) for name in ("card_number", "email", "name")}
    given = {name: value for name, value in given.items() if value is not None}

    def act(turn: Turn) -> Json:
        session = sessions.find(turn, session_id)
        chosen = method
        if method == "bank_debit":
            chosen = next((one for one in session["payment_method_types"] if one in BANK_DEBITS), method)
        return payments.pay(turn, session, method=chosen, **given)

    return act


def _expire(fields: _Fields) -> Callable[[Turn], Json]:
    session_id = fields.text("session")
    return lambda turn: sessions.expire(turn, sessions.find(turn, session_id))


def _debit_succeeds(fields: _Fields) -> Callable[[Turn], Json]:
    find = _intent(fields)
    return lambda turn: payments.debit_succeeds(turn, find(turn))


def _debit_fails(fields: _Fields) -> Callable[[Turn], Json]:
    find, code = _intent(fields), fields.optional("code", str, "insufficient_funds")
    return lambda turn: payments.debit_fails(turn, find(turn), code=code)


def _refund(fields: _Fields) -> Callable[[Turn], Json]:
    find = _charge(fields)
    asked = {"amount": fields.optional("amount", int), "reason": fields.optional("reason", str)}
    asked = {name: value for name, value in asked.items() if value is not None}
    return lambda turn: refunds.create(turn, {"charge": find(turn)["id"], **asked})


def _refund_succeeds(fields: _Fields) -> Callable[[Turn], Json]:
    refund_id = fields.text("refund")
    return lambda turn: refunds.succeed(turn, turn.account.get("refund", refund_id))


def _refund_fails(fields: _Fields) -> Callable[[Turn], Json]:
    refund_id, reason = fields.text("refund"), fields.optional("reason", str, "expired_or_canceled_card")
    return lambda turn: refunds.fail(turn, turn.account.get("refund", refund_id), reason=reason)


def _dispute_opened(fields: _Fields) -> Callable[[Turn], Json]:
    find, amount = _charge(fields), fields.optional("amount", int)
    reason = fields.optional("reason", str, "fraudulent")
    inquiry = fields.optional("inquiry", bool, default=False)
    return lambda turn: disputes.open_dispute(turn, find(turn), amount=amount, reason=reason, inquiry=inquiry)


def _dispute_escalated(fields: _Fields) -> Callable[[Turn], Json]:
    find = _dispute(fields)
    return lambda turn: disputes.escalate(turn, find(turn))


def _dispute_answered(fields: _Fields) -> Callable[[Turn], Json]:
    find = _dispute(fields)
    return lambda turn: disputes.answer(turn, find(turn))


def _debit_comes_back(fields: _Fields) -> Callable[[Turn], Json]:
    find, reason = _charge(fields), fields.optional("reason", str, "insufficient_funds")
    return lambda turn: disputes.come_back(turn, find(turn), reason=reason)


def _dispute_won(fields: _Fields) -> Callable[[Turn], Json]:
    find = _dispute(fields)
    return lambda turn: disputes.win(turn, find(turn))


def _dispute_lost(fields: _Fields) -> Callable[[Turn], Json]:
    find = _dispute(fields)
    return lambda turn: disputes.lose(turn, find(turn))


def _intent(fields: _Fields) -> Callable[[Turn], Json]:
    intent_id, charge_id, session_id = (
        fields.optional(name, str) for name in ("payment_intent", "charge", "session")
    )

    def find(turn: Turn) -> Json:
        wanted = intent_id
        if charge_id is not None:
            wanted = turn.account.get("charge", charge_id)["payment_intent"]
        elif session_id is not None:
            wanted = sessions.find(turn, session_id)["payment_intent"]
        if wanted is None:
            raise missing_parameter("payment_intent")
        return turn.account.get("payment_intent", wanted)

    return find


def _charge(fields: _Fields) -> Callable[[Turn], Json]:
    find = _intent(fields)

    def find_charge(turn: Turn) -> Json:
        intent = find(turn)
        if intent["latest_charge"] is None:
            raise ApiError(f"Payment intent {intent['id']} has no charge.")
        return turn.account.get("charge", intent["latest_charge"])

    return find_charge


def _dispute(fields: _Fields) -> Callable[[Turn], Json]:
    dispute_id, find = fields.optional("dispute", str), _charge(fields)

    def find_dispute(turn: Turn) -> Json:
        if dispute_id is not None:
            return turn.account.get("dispute", dispute_id)
        charge = find(turn)
        found = [one for one in turn.account.newest_first("dispute") if one["charge"] == charge["id"]]
        if not found:
            raise missing("dispute", f"of {charge['id']}")
        return found[0]

    return find_dispute


_MONEY: dict[str, Callable[[_Fields], Callable[[Turn], Json]]] = {
    "pay": _pay,
    "expire": _expire,
    "debit_succeeds": _debit_succeeds,
    "debit_fails": _debit_fails,
    "refund": _refund,
    "refund_succeeds": _refund_succeeds,
    "refund_fails": _refund_fails,
    "dispute_opened": _dispute_opened,
    "dispute_escalated": _dispute_escalated,
    "dispute_answered": _dispute_answered,
    "debit_comes_back": _debit_comes_back,
    "dispute_won": _dispute_won,
    "dispute_lost": _dispute_lost,
}


def _tamper(engine: StripeStandIn, fields: _Fields) -> Json:
    name, kind = fields.text("do"), fields.optional("type", str)
    rules = engine.tampering
    if name == "hold_webhooks":
        rules.hold(kind)
    elif name == "late":
        rules.late(timedelta(seconds=fields.optional("seconds", int, 60)), kind)
    elif name == "double":
        rules.double(fields.times(), copies=fields.optional("copies", int, 2), kind=kind)
    elif name == "drop":
        rules.drop(fields.times(), kind=kind)
    elif name == "forge":
        changes = {
            field: fields.optional(field, expected)
            for field, expected in (("livemode", bool), ("api_version", str))
        }
        rules.forge(
            fields.times(),
            secret=WRONG_SECRET if fields.optional("bad_signature", bool, default=False) else None,
            changes={field: value for field, value in changes.items() if value is not None},
            skew=timedelta(seconds=fields.optional("seconds", int, 0)),
            kind=kind,
        )
    fields.check_all_used()
    return {"done": name}


def _steer(engine: StripeStandIn, fields: _Fields) -> Json:
    name = fields.text("do")
    if name == "release_webhooks":
        engine.tampering.release()
    elif name == "shuffle":
        engine.tampering.shuffled = fields.optional("on", bool, default=True)
    elif name == "honest_webhooks":
        engine.tampering.clear()
    elif name == "recover":
        engine.faults.clear()
    fields.check_all_used()
    return {"done": name, "attempts": engine.pump()} if name == "pump" else {"done": name}


def _resend(engine: StripeStandIn, fields: _Fields) -> Json:
    event_id, account_id = fields.text("event"), fields.optional("account", str)
    fields.text("do")
    fields.check_all_used()
    account = engine.account(account_id)
    count = engine.mailbox.again(account.get("event", event_id), account, engine.clock())
    return {"done": "resend", "endpoints": count}


def _roll_secret(engine: StripeStandIn, fields: _Fields) -> Json:
    secret = fields.text("secret")
    old_ends_after = timedelta(seconds=fields.optional("seconds", int, 86400))
    fields.text("do")
    fields.check_all_used()
    engine.roll_secret(secret, old_ends_after=old_ends_after)
    return {"done": "roll_secret"}


def _outage(engine: StripeStandIn, fields: _Fields) -> Json:
    kind = fields.optional("kind", str, "error_500")
    if kind not in faults.KINDS:
        raise invalid(f"kind must be one of {', '.join(faults.KINDS)}", "kind")
    chosen = cast("faults.Kind", kind)
    method, template = fields.optional("method", str), fields.optional("path", str)
    length, times = fields.optional("seconds", int), fields.times()
    fields.text("do")
    fields.check_all_used()
    if length is None:
        engine.faults.next(chosen, times, method=method, template=template)
    else:
        engine.faults.until(
            chosen, engine.clock() + timedelta(seconds=length), method=method, template=template
        )
    return {"done": "outage"}


_WEBHOOKS: dict[str, Callable[[StripeStandIn, _Fields], Json]] = {
    **dict.fromkeys(("hold_webhooks", "late", "double", "drop", "forge"), _tamper),
    **dict.fromkeys(("release_webhooks", "shuffle", "honest_webhooks", "recover", "pump"), _steer),
    "resend": _resend,
    "roll_secret": _roll_secret,
    "outage": _outage,
}
