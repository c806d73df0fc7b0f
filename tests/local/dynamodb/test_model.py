"""Random sequences of operations, side by side with a plain dictionary that does the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from local.dynamodb.engine import Engine
from local.dynamodb.errors import ConditionFailedError, TransactionCanceledError
from local.dynamodb.values import canonical, key_bytes, ordered
from tests.local.dynamodb.support import TABLE

Place = tuple[str, str]
Item = dict[str, Any]

PLACES = st.tuples(st.sampled_from("ab"), st.sampled_from(["0", "00", "1", "é"]))
NUMBERS = st.integers(-3, 3)
CONDITIONS = st.sampled_from(["", "attribute_exists(pk)", "attribute_not_exists(pk)", "n > :zero"])


@dataclass(frozen=True)
class Action:
    """One write, in the model's own words."""

    kind: str
    place: Place
    condition: str
    attributes: dict[str, Any] = field(default_factory=dict)
    amount: int = 0
    gone: str = ""


ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "holder": st.sampled_from(["h", "i"]).map(lambda text: {"S": text}),
        "due": NUMBERS.map(lambda number: {"N": str(number)}),
        "n": NUMBERS.map(lambda number: {"N": str(number)}),
    },
)
ACTIONS = st.one_of(
    st.builds(Action, st.just("put"), PLACES, CONDITIONS, ATTRIBUTES),
    st.builds(Action, st.just("set"), PLACES, CONDITIONS, ATTRIBUTES.filter(bool)),
    st.builds(Action, st.just("add"), PLACES, CONDITIONS, amount=NUMBERS),
    st.builds(Action, st.just("remove"), PLACES, CONDITIONS, gone=st.sampled_from(["n", "due", "holder"])),
    st.builds(Action, st.just("delete"), PLACES, CONDITIONS),
)
TRANSACTIONS = st.lists(ACTIONS, min_size=1, max_size=4, unique_by=lambda action: action.place)


def key_of(place: Place) -> Item:
    return {"pk": {"S": place[0]}, "sk": {"S": place[1]}}


def request_of(action: Action) -> tuple[str, dict[str, Any]]:
    """Say an action in the API's words: the kind within a transaction, and its body."""
    body: dict[str, Any] = {"TableName": "ledger"}
    values: dict[str, Any] = {}
    if action.condition:
        body["ConditionExpression"] = action.condition
        if ":zero" in action.condition:
            values[":zero"] = {"N": "0"}
    kind = {"put": "Put", "delete": "Delete"}.get(action.kind, "Update")
    if action.kind == "put":
        body["Item"] = {**key_of(action.place), **action.attributes}
    else:
        body["Key"] = key_of(action.place)
    if action.kind == "set":
        body["UpdateExpression"] = "SET " + ", ".join(f"{name} = :{name}" for name in action.attributes)
        values |= {f":{name}": value for name, value in action.attributes.items()}
    elif action.kind == "add":
        body["UpdateExpression"] = "ADD n :amount"
        values[":amount"] = {"N": str(action.amount)}
    elif action.kind == "remove":
        body["UpdateExpression"] = f"REMOVE {action.gone}"
    if values:
        body["ExpressionAttributeValues"] = values
    return kind, body


def holds(state: dict[Place, Item], action: Action) -> bool:
    item = state.get(action.place)
    match action.condition:
        case "attribute_exists(pk)":
            return item is not None
        case "attribute_not_exists(pk)":
            return item is None
        case "n > :zero":
            return item is not None and "n" in item and int(item["n"]["N"]) > 0
        case _:
            return True


def apply(state: dict[Place, Item], action: Action) -> None:
    item = dict(state.get(action.place, key_of(action.place)))
    match action.kind:
        case "put":
            state[action.place] = {**key_of(action.place), **action.attributes}
        case "set":
            state[action.place] = {**item, **action.attributes}
        case "add":
            total = int(item.get("n", {"N": "0"})["N"]) + action.amount
            state[action.place] = {**item, "n": {"N": str(total)}}
        case "remove" if action.place in state:
            item.pop(action.gone, None)
            state[action.place] = item
        case "delete":
            state.pop(action.place, None)


def read_pages(engine: Engine, operation: str, request: dict[str, Any]) -> list[Item]:
    found: list[Item] = []
    while True:
        answer = engine.call(operation, dict(request))
        found += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return found
        request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def assert_agrees(engine: Engine, state: dict[Place, Item], limit: int, *, forward: bool) -> None:
    scanned = read_pages(engine, "Scan", {"TableName": "ledger", "Limit": limit})
    assert scanned == [state[place] for place in sorted(state)]
    for partition in "ab":
        found = read_pages(
            engine,
            "Query",
            {
                "TableName": "ledger",
                "Limit": limit,
                "ScanIndexForward": forward,
                "KeyConditionExpression": "pk = :p AND sk >= :s",
                "ExpressionAttributeValues": {":p": {"S": partition}, ":s": {"S": "00"}},
            },
        )
        wanted = sorted(place for place in state if place[0] == partition and place[1] >= "00")
        assert found == [state[place] for place in (wanted if forward else wanted[::-1])]
    indexed = read_pages(
        engine,
        "Query",
        {
            "TableName": "ledger",
            "IndexName": "by-holder-all",
            "Limit": limit,
            "ScanIndexForward": forward,
            "KeyConditionExpression": "holder = :h AND due <= :d",
            "ExpressionAttributeValues": {":h": {"S": "h"}, ":d": {"N": "2"}},
        },
    )
    entries = sorted(
        (int(item["due"]["N"]), place)
        for place, item in state.items()
        if item.get("holder") == {"S": "h"} and "due" in item and int(item["due"]["N"]) <= 2
    )
    assert indexed == [state[place] for _, place in (entries if forward else entries[::-1])]


def make_engine() -> Engine:
    engine = Engine(":memory:", lambda: datetime(2026, 3, 2, tzinfo=UTC))
    engine.call("CreateTable", TABLE)
    return engine


class TestAgainstAModel:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        steps=st.lists(st.one_of(ACTIONS, TRANSACTIONS), max_size=12),
        limit=st.integers(1, 4),
        forward=st.booleans(),
    )
    def test_any_sequence_of_writes_leaves_the_same_items(
        self, steps: list[Action | list[Action]], limit: int, forward: bool
    ) -> None:
        state: dict[Place, Item] = {}
        with make_engine() as engine:
            for step in steps:
                if isinstance(step, list):
                    self._transact(engine, state, step)
                else:
                    self._write(engine, state, step)
                assert_agrees(engine, state, limit, forward=forward)
            count, _ = engine.sizes()["ledger"]
        assert count == len(state)

    def _write(self, engine: Engine, state: dict[Place, Item], action: Action) -> None:
        kind, body = request_of(action)
        if holds(state, action):
            engine.call(f"{kind}Item", body)
            apply(state, action)
            return
        with pytest.raises(ConditionFailedError):
            engine.call(f"{kind}Item", body)

    def _transact(self, engine: Engine, state: dict[Place, Item], actions: list[Action]) -> None:
        expected = ["None" if holds(state, action) else "ConditionalCheckFailed" for action in actions]
        request = {"TransactItems": [dict([request_of(action)]) for action in actions]}
        if set(expected) == {"None"}:
            engine.call("TransactWriteItems", request)
            for action in actions:
                apply(state, action)
            return
        with pytest.raises(TransactionCanceledError) as cancelled:
            engine.call("TransactWriteItems", request)
        assert [reason["Code"] for reason in cancelled.value.reasons] == expected


SCALED = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**12), 10**12),
    st.integers(-100, 100),
)


class TestKeysAsBytes:
    @given(SCALED, SCALED)
    @example(Decimal("-1.2"), Decimal("-1.23"))
    @example(Decimal("1.23"), Decimal("1.2"))
    @example(Decimal("-0.05"), Decimal(-5))
    def test_order_numbers_by_their_value(self, one: Decimal, two: Decimal) -> None:
        left, right = canonical({"N": str(one)}), canonical({"N": str(two)})

        assert (key_bytes(left) < key_bytes(right)) == (one < two)
        assert (key_bytes(left) == key_bytes(right)) == (one == two)
        assert Decimal(left["N"]) == one

    @given(st.text(max_size=5), st.text(max_size=5))
    def test_order_texts_by_their_bytes(self, one: str, two: str) -> None:
        left, right = {"S": one}, {"S": two}

        assert (key_bytes(left) < key_bytes(right)) == (ordered(left) < ordered(right))
