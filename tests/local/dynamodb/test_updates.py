from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.dynamodb.support import error_of, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

ITEM: dict[str, Any] = {
    **key("a"),
    "n": {"N": "10"},
    "t": {"S": "text"},
    "tags": {"SS": ["blue", "red"]},
    "list": {"L": [{"S": "0"}, {"S": "1"}, {"S": "2"}, {"S": "3"}]},
    "map": {"M": {"a": {"N": "1"}, "b": {"M": {}}}},
}
NAMES = {"#l": "list", "#m": "map"}


def update(client: DynamoDBClient, expression: str, values: dict[str, Any], **more: Any) -> Any:
    given: dict[str, Any] = {"UpdateExpression": expression, **more}
    names = {name: target for name, target in NAMES.items() if name in expression}
    if names:
        given["ExpressionAttributeNames"] = names
    if values:
        given["ExpressionAttributeValues"] = values
    return client.update_item(TableName="ledger", Key=more.pop("Key", key("a")), **given)


@pytest.mark.usefixtures("table")
class TestUpdating:
    @pytest.mark.parametrize(
        ("expression", "values", "changed"),
        [
            ("SET n = :v", {":v": {"S": "x"}}, {"n": {"S": "x"}}),
            ("SET n = n - :v", {":v": {"N": "10.5"}}, {"n": {"N": "-0.5"}}),
            ("SET n = :v + n", {":v": {"N": "1"}}, {"n": {"N": "11"}}),
            ("SET u = if_not_exists(u, :v) + :w", {":v": {"N": "1"}, ":w": {"N": "2"}}, {"u": {"N": "3"}}),
            ("SET n = if_not_exists(n, :v)", {":v": {"N": "1"}}, {"n": {"N": "10"}}),
            ("SET n = t, t = n", {}, {"n": {"S": "text"}, "t": {"N": "10"}}),
            (
                "SET #l = list_append(:v, #l)",
                {":v": {"L": [{"S": "-"}]}},
                {"list": {"L": [{"S": c} for c in "-0123"]}},
            ),
            (
                "SET #l[1] = :v, #l[99] = :v",
                {":v": {"S": "x"}},
                {"list": {"L": [{"S": c} for c in "0x23x"]}},
            ),
            (
                "SET #m.b.c = :v",
                {":v": {"S": "x"}},
                {"map": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"S": "x"}}}}}},
            ),
            ("REMOVE #l[0], #l[2]", {}, {"list": {"L": [{"S": "1"}, {"S": "3"}]}}),
            ("REMOVE #l[9], nothing", {}, {}),
            ("REMOVE #m.a", {}, {"map": {"M": {"b": {"M": {}}}}}),
            ("ADD n :v", {":v": {"N": "-0.1"}}, {"n": {"N": "9.9"}}),
            ("ADD fresh :v", {":v": {"N": "3"}}, {"fresh": {"N": "3"}}),
            ("ADD tags :v", {":v": {"SS": ["green", "red"]}}, {"tags": {"SS": ["blue", "green", "red"]}}),
            ("ADD #m.a :v", {":v": {"N": "1"}}, {"map": {"M": {"a": {"N": "2"}, "b": {"M": {}}}}}),
            ("DELETE tags :v", {":v": {"SS": ["red", "none"]}}, {"tags": {"SS": ["blue"]}}),
            ("DELETE tags :v", {":v": {"SS": ["red", "blue"]}}, {"tags": None}),
            ("DELETE nothing :v", {":v": {"SS": ["red"]}}, {}),
            (
                "SET n = :v REMOVE t ADD tags :s",
                {":v": {"N": "1"}, ":s": {"SS": ["x"]}},
                {"n": {"N": "1"}, "t": None, "tags": {"SS": ["blue", "red", "x"]}},
            ),
            ("set n = (n + :v)", {":v": {"N": "1"}}, {"n": {"N": "11"}}),
        ],
    )
    def test_changes_what_it_names_and_nothing_else(
        self,
        client: DynamoDBClient,
        expression: str,
        values: dict[str, Any],
        changed: dict[str, Any],
    ) -> None:
        client.put_item(TableName="ledger", Item=ITEM)
        expected = {name: value for name, value in {**ITEM, **changed}.items() if value is not None}

        answer = update(client, expression, values, ReturnValues="ALL_NEW")

        assert answer["Attributes"] == expected
        assert client.get_item(TableName="ledger", Key=key("a"))["Item"] == expected

    @pytest.mark.parametrize(
        ("expression", "values", "sentence"),
        [
            ("SET n = nothing", {}, "refers to an attribute that does not exist in the item"),
            ("SET n = t + :v", {":v": {"N": "1"}}, "incorrect data type"),
            ("SET n = n + :v", {":v": {"S": "1"}}, "operator or function: +, operand type: S"),
            ("SET n = n + :v", {":v": {"N": "9" * 38}}, "more than 38 significant digits"),
            ("SET #m.x.y = :v", {":v": {"S": "1"}}, "document path provided in the update expression is inv"),
            (
                "SET t[0] = :v",
                {":v": {"S": "1"}},
                "document path provided in the update expression is invalid",
            ),
            ("REMOVE #m.x.y", {}, "document path provided in the update expression is invalid"),
            (
                "SET pk = :v",
                {":v": {"S": "1"}},
                "Cannot update attribute pk. This attribute is part of the key",
            ),
            ("SET #m = :v, #m.a = :v", {":v": {"S": "1"}}, "overlap with each other"),
            ("SET #m.a = :v REMOVE #m[0]", {":v": {"S": "1"}}, "conflict with each other"),
            ("SET n = :v SET t = :v", {":v": {"S": "1"}}, 'The "SET" section can only be used once'),
            ("ADD t :v", {":v": {"S": "1"}}, "operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"),
            ("ADD t :v", {":v": {"N": "1"}}, "incorrect data type"),
            ("DELETE tags :v", {":v": {"N": "1"}}, "operator: DELETE, operand type: NUMBER"),
            ("DELETE tags :v", {":v": {"NS": ["1"]}}, "incorrect data type"),
            ("SET #l = list_append(#l, t)", {}, "incorrect data type"),
            ("SET n = size(t)", {}, "not allowed in an update expression; function: size"),
            ("CHANGE n = :v", {":v": {"S": "1"}}, 'Syntax error; token: "CHANGE"'),
            ("SET n", {}, 'token: "<EOF>"'),
            ("SET holder = :v", {":v": {"N": "1"}}, "Type mismatch for Index Key holder"),
            ("SET t = :v", {":v": {"S": "x" * 409_600}}, "Item size to update has exceeded"),
        ],
    )
    def test_refuses_what_does_not_fit_and_changes_nothing(
        self, client: DynamoDBClient, expression: str, values: dict[str, Any], sentence: str
    ) -> None:
        client.put_item(TableName="ledger", Item=ITEM)

        with pytest.raises(ClientError) as refused:
            update(client, expression, values)

        code, message = error_of(refused)
        assert code == "ValidationException"
        assert sentence in message
        assert client.get_item(TableName="ledger", Key=key("a"))["Item"] == ITEM

    @pytest.mark.parametrize(
        ("wanted", "shown"),
        [
            ("NONE", None),
            ("ALL_OLD", ITEM),
            ("UPDATED_OLD", {"n": {"N": "10"}, "map": {"M": {"a": {"N": "1"}}}}),
            ("UPDATED_NEW", {"n": {"N": "11"}, "map": {"M": {"a": {"S": "x"}}}}),
        ],
    )
    def test_shows_what_was_asked_for(
        self, client: DynamoDBClient, wanted: str, shown: dict[str, Any] | None
    ) -> None:
        client.put_item(TableName="ledger", Item=ITEM)

        answer = update(
            client, "SET n = n + :o, #m.a = :x", {":o": {"N": "1"}, ":x": {"S": "x"}}, ReturnValues=wanted
        )

        assert answer.get("Attributes") == shown


@pytest.mark.usefixtures("table")
class TestUpdatingWhatIsNotThere:
    def test_makes_an_item_of_key_and_values(self, client: DynamoDBClient) -> None:
        update(client, "SET t = :v ADD n :o", {":v": {"S": "x"}, ":o": {"N": "1"}})

        found = client.get_item(TableName="ledger", Key=key("a"))["Item"]

        assert found == {**key("a"), "t": {"S": "x"}, "n": {"N": "1"}}

    def test_makes_an_item_of_the_key_alone_without_an_expression(self, client: DynamoDBClient) -> None:
        client.update_item(TableName="ledger", Key=key("a"))

        assert client.get_item(TableName="ledger", Key=key("a"))["Item"] == key("a")

    def test_makes_nothing_when_it_only_takes_away(self, client: DynamoDBClient) -> None:
        update(client, "REMOVE t", {})

        assert "Item" not in client.get_item(TableName="ledger", Key=key("a"))

    def test_obeys_its_condition(self, client: DynamoDBClient) -> None:
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            update(client, "SET t = :v", {":v": {"S": "x"}}, ConditionExpression="attribute_exists(pk)")

        assert "Item" not in client.get_item(TableName="ledger", Key=key("a"))
