from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.dynamodb.support import error_of, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

EVERY_TYPE: dict[str, Any] = {
    "text": {"S": "Größe 日本 🧾"},
    "empty_text": {"S": ""},
    "number": {"N": "12.50"},
    "binary": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
    "map": {"M": {"core": {"M": {"deep": {"S": "x"}}}}},
    "texts": {"SS": ["b", "a"]},
    "numbers": {"NS": ["10", "9", "1.0"]},
    "binaries": {"BS": [b"b", b"a"]},
}


@pytest.mark.usefixtures("table")
class TestPuttingAndGetting:
    def test_gives_back_every_type_with_numbers_and_sets_in_one_spelling(
        self, client: DynamoDBClient
    ) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), **EVERY_TYPE})

        found = client.get_item(TableName="ledger", Key=key("a"))["Item"]

        assert found == {
            **key("a"),
            **EVERY_TYPE,
            "number": {"N": "12.5"},
            "texts": {"SS": ["a", "b"]},
            "numbers": {"NS": ["1", "9", "10"]},
            "binaries": {"BS": [b"a", b"b"]},
        }

    def test_answers_without_item_when_there_is_none(self, client: DynamoDBClient) -> None:
        assert "Item" not in client.get_item(TableName="ledger", Key=key("nobody"))

    def test_replaces_the_whole_item_and_shows_the_old_one(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), "old": {"S": "1"}})

        answer = client.put_item(
            TableName="ledger", Item={**key("a"), "new": {"S": "2"}}, ReturnValues="ALL_OLD"
        )

        assert answer["Attributes"] == {**key("a"), "old": {"S": "1"}}
        assert client.get_item(TableName="ledger", Key=key("a"))["Item"] == {**key("a"), "new": {"S": "2"}}

    def test_projects_nested_parts_and_closes_up_lists(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), **EVERY_TYPE})

        found = client.get_item(
            TableName="ledger",
            Key=key("a"),
            ProjectionExpression="#m.core, #l[2], #l[0], absent.part",
            ExpressionAttributeNames={"#m": "map", "#l": "list"},
        )["Item"]

        assert found == {
            "map": {"M": {"core": {"M": {"deep": {"S": "x"}}}}},
            "list": {"L": [{"S": "a"}, {"L": []}]},
        }

    @pytest.mark.parametrize(
        ("given", "stored"),
        [
            ("007", "7"),
            ("-0", "0"),
            ("1e3", "1000"),
            ("1.10", "1.1"),
            ("-5E-3", "-0.005"),
            ("9" * 38, "9" * 38),
            ("1E125", "1" + "0" * 125),
            ("+4.", "4"),
        ],
    )
    def test_spells_numbers_one_way(self, client: DynamoDBClient, given: str, stored: str) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), "n": {"N": given}})

        assert client.get_item(TableName="ledger", Key=key("a"))["Item"]["n"] == {"N": stored}


@pytest.mark.usefixtures("table")
class TestRefusingItems:
    @pytest.mark.parametrize(
        ("attributes", "sentence"),
        [
            ({"s": {"SS": []}}, "An string set  may not be empty"),
            ({"s": {"NS": []}}, "An number set  may not be empty"),
            ({"s": {"BS": []}}, "Binary sets should not be empty"),
            ({"s": {"SS": ["a", "a"]}}, "Input collection [a, a] contains duplicates"),
            ({"s": {"NS": ["1", "1.0"]}}, "contains duplicates"),
            ({"n": {"N": "1" * 39}}, "more than 38 significant digits"),
            ({"n": {"N": "1E126"}}, "Number overflow"),
            ({"n": {"N": "1E-131"}}, "Number underflow"),
            ({"n": {"N": "abc"}}, "cannot be converted to a numeric value: abc"),
            ({"n": {"N": "NaN"}}, "cannot be converted to a numeric value: NaN"),
            ({"n": {"NULL": False}}, "must have the value of true"),
            ({"s": {"S": "x" * 409_600}}, "Item size has exceeded the maximum allowed size"),
            ({"holder": {"N": "1"}}, "Type mismatch for Index Key holder Expected: S Actual: N"),
            ({"holder": {"S": ""}}, "IndexName: by-holder-all, IndexKey: holder"),
        ],
    )
    def test_of_a_wrong_form(self, client: DynamoDBClient, attributes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(ClientError) as refused:
            client.put_item(TableName="ledger", Item={**key("a"), **attributes})

        code, message = error_of(refused)
        assert code == "ValidationException"
        assert sentence in message

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"pk": {"S": "a"}}, "Missing the key sk in the item"),
            ({"pk": {"S": "a"}, "sk": {"N": "1"}}, "Type mismatch for key sk expected: S actual: N"),
            ({"pk": {"S": ""}, "sk": {"S": "1"}}, "cannot contain an empty string value. Key: pk"),
            ({"pk": {"S": "a"}, "sk": {"S": ""}}, "cannot contain an empty string value. Key: sk"),
            ({"pk": {"S": "a" * 2049}, "sk": {"S": "1"}}, "Size of hashkey has exceeded"),
            ({"pk": {"S": "a"}, "sk": {"S": "é" * 513}}, "size limit of 1024 bytes"),
        ],
    )
    def test_with_keys_that_do_not_fit(
        self, client: DynamoDBClient, given: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(ClientError) as refused:
            client.put_item(TableName="ledger", Item=given)

        assert sentence in error_of(refused)[1]

    @pytest.mark.parametrize(
        "given", [{"pk": {"S": "a"}}, {**key("a"), "x": {"S": "1"}}, {"pk": {"S": "a"}, "sk": {"N": "1"}}]
    )
    def test_read_by_a_key_of_another_form(self, client: DynamoDBClient, given: dict[str, Any]) -> None:
        with pytest.raises(ClientError) as refused:
            client.get_item(TableName="ledger", Key=given)

        assert error_of(refused)[1] == "The provided key element does not match the schema"

    def test_nested_deeper_than_32_levels(self, client: DynamoDBClient) -> None:
        nested: dict[str, Any] = {"S": "core"}
        for _ in range(33):
            nested = {"L": [nested]}

        with pytest.raises(ClientError) as refused:
            client.put_item(TableName="ledger", Item={**key("a"), "x": nested})

        assert "Nesting Levels" in error_of(refused)[1]

    def test_in_a_table_that_does_not_exist(self, client: DynamoDBClient) -> None:
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.put_item(TableName="nowhere", Item=key("a"))

    def test_takes_items_and_keys_of_exactly_the_largest_size(self, client: DynamoDBClient) -> None:
        longest = {"pk": {"S": "a" * 2048}, "sk": {"S": "b" * 1024}}
        filling = 400 * 1024 - (2 + 2048) - (2 + 1024) - 1

        client.put_item(TableName="ledger", Item={**longest, "x": {"S": "y" * filling}})

        assert len(client.get_item(TableName="ledger", Key=longest)["Item"]["x"]["S"]) == filling


@pytest.mark.usefixtures("table")
class TestConditions:
    def test_keep_the_first_of_two_puts(self, client: DynamoDBClient) -> None:
        first = {**key("a"), "by": {"S": "first"}}
        client.put_item(TableName="ledger", Item=first, ConditionExpression="attribute_not_exists(pk)")

        with pytest.raises(client.exceptions.ConditionalCheckFailedException) as failed:
            client.put_item(
                TableName="ledger",
                Item={**key("a"), "by": {"S": "second"}},
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

        assert dict(failed.value.response)["Item"] == first
        assert error_of(failed)[1] == "The conditional request failed"
        assert client.get_item(TableName="ledger", Key=key("a"))["Item"] == first

    def test_do_not_show_the_item_unasked(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item=key("a"))

        with pytest.raises(client.exceptions.ConditionalCheckFailedException) as failed:
            client.delete_item(
                TableName="ledger", Key=key("a"), ConditionExpression="attribute_not_exists(pk)"
            )

        assert "Item" not in failed.value.response

    @pytest.mark.parametrize(
        ("condition", "values", "holds"),
        [
            ("n = :v", {":v": {"N": "5.0"}}, True),
            ("n <> :v", {":v": {"S": "5"}}, True),
            ("absent <> :v", {":v": {"S": "5"}}, True),
            ("absent = :v", {":v": {"S": "5"}}, False),
            ("n < :v", {":v": {"N": "10"}}, True),
            ("n < :v", {":v": {"S": "9"}}, False),
            ("absent < :v", {":v": {"N": "9"}}, False),
            ("n BETWEEN :a AND :b", {":a": {"N": "5"}, ":b": {"N": "6"}}, True),
            ("n IN (:a, :b)", {":a": {"N": "4"}, ":b": {"N": "5"}}, True),
            ("NOT n IN (:a)", {":a": {"N": "4"}}, True),
            ("begins_with(t, :v)", {":v": {"S": "he"}}, True),
            ("begins_with(n, :v)", {":v": {"S": "5"}}, False),
            ("contains(t, :v)", {":v": {"S": "ell"}}, True),
            ("contains(tags, :v)", {":v": {"S": "red"}}, True),
            ("contains(tags, :v)", {":v": {"S": "re"}}, False),
            ("contains(entries, :v)", {":v": {"M": {"amount": {"N": "7"}}}}, True),
            ("attribute_type(n, :v)", {":v": {"S": "N"}}, True),
            ("attribute_type(n, :v)", {":v": {"S": "S"}}, False),
            ("size(t) = :v", {":v": {"N": "5"}}, True),
            ("size(tags) > :v AND size(entries) = :v", {":v": {"N": "1"}}, True),
            ("size(n) >= :v", {":v": {"N": "0"}}, False),
            ("entries[0].amount = :v", {":v": {"N": "7"}}, True),
            ("entries[3].amount = :v", {":v": {"N": "7"}}, False),
            ("attribute_exists(entries[0].amount) AND n = :v", {":v": {"N": "5"}}, True),
            ("n = :v OR n = :w AND t = :w", {":v": {"N": "5"}, ":w": {"N": "0"}}, True),
            ("(n = :v OR n = :w) AND t = :w", {":v": {"N": "5"}, ":w": {"N": "0"}}, False),
            ("NOT (n = :v)", {":v": {"N": "5"}}, False),
            ("not n = :v and t = :t", {":v": {"N": "6"}, ":t": {"S": "hello"}}, True),
            (":v = n", {":v": {"N": "5"}}, True),
            ("tags = :v", {":v": {"SS": ["blue", "red"]}}, True),
            ("t > :v", {":v": {"S": "Hello"}}, True),
        ],
    )
    def test_hold_or_not(
        self, client: DynamoDBClient, condition: str, values: dict[str, Any], holds: bool
    ) -> None:
        item: dict[str, Any] = {
            **key("a"),
            "n": {"N": "5"},
            "t": {"S": "hello"},
            "tags": {"SS": ["red", "blue"]},
            "entries": {"L": [{"M": {"amount": {"N": "7"}}}]},
        }
        client.put_item(TableName="ledger", Item=item)

        try:
            client.delete_item(
                TableName="ledger",
                Key=key("a"),
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
            held = True
        except client.exceptions.ConditionalCheckFailedException:
            held = False

        assert held is holds
        assert ("Item" in client.get_item(TableName="ledger", Key=key("a"))) is not holds

    @pytest.mark.parametrize(
        ("condition", "names", "values", "sentence"),
        [
            ("n = :v", {}, {}, "attribute value used in expression is not defined; attribute value: :v"),
            ("#n = :v", {}, {":v": {"N": "1"}}, "is not defined; attribute name: #n"),
            ("n = :v", {}, {":v": {"N": "1"}, ":w": {"N": "1"}}, "unused in expressions: keys: {:w}"),
            ("n = :v", {"#x": "y"}, {":v": {"N": "1"}}, "unused in expressions: keys: {#x}"),
            ("name = :v", {}, {":v": {"N": "1"}}, "reserved keyword; reserved keyword: name"),
            ("n == :v", {}, {":v": {"N": "1"}}, 'Syntax error; token: "=", near: "== :v"'),
            ("n = :v AND", {}, {":v": {"N": "1"}}, 'Syntax error; token: "<EOF>", near: "AND"'),
            ("n ~ :v", {}, {":v": {"N": "1"}}, 'Syntax error; token: "~"'),
            ("begins_with(n)", {}, {}, "number of operands: 1"),
            ("begins_with(n, :v)", {}, {":v": {"N": "1"}}, "begins_with, operand type: N"),
            ("unknown(n)", {}, {}, "Invalid function name; function: unknown"),
            ("n < :v", {}, {":v": {"BOOL": True}}, "operator or function: <, operand type: BOOL"),
            ("attribute_type(n, :v)", {}, {":v": {"S": "X"}}, "Invalid attribute type name found"),
            ("size(:v) = :v", {}, {":v": {"N": "1"}}, "operator or function: size, operand type: N"),
            (
                "n BETWEEN :a AND :b",
                {},
                {":a": {"N": "2"}, ":b": {"N": "1"}},
                "upper bound to be greater than or equal to lower bound",
            ),
            ("n = :v", {}, {":v": {"SS": []}}, "ExpressionAttributeValues contains invalid value"),
            ("n = n", {}, {}, "The first operand must be distinct"),
            (" ", {}, {}, "The expression can not be empty"),
            ("n = :v" + " " * 4096, {}, {":v": {"N": "1"}}, "exceeded the maximum allowed size"),
        ],
    )
    def test_that_are_wrong_are_refused_whatever_is_stored(
        self,
        client: DynamoDBClient,
        condition: str,
        names: dict[str, str],
        values: dict[str, Any],
        sentence: str,
    ) -> None:
        given: dict[str, Any] = {"ConditionExpression": condition}
        if names:
            given["ExpressionAttributeNames"] = names
        if values:
            given["ExpressionAttributeValues"] = values

        with pytest.raises(ClientError) as refused:
            client.delete_item(TableName="ledger", Key=key("nobody"), **given)

        code, message = error_of(refused)
        assert code == "ValidationException"
        assert sentence in message


@pytest.mark.usefixtures("table")
class TestDeleting:
    def test_shows_what_was_there(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), "x": {"S": "1"}})

        answer = client.delete_item(TableName="ledger", Key=key("a"), ReturnValues="ALL_OLD")

        assert answer["Attributes"] == {**key("a"), "x": {"S": "1"}}
        assert "Item" not in client.get_item(TableName="ledger", Key=key("a"))

    def test_of_nothing_succeeds(self, client: DynamoDBClient) -> None:
        answer = client.delete_item(TableName="ledger", Key=key("nobody"), ReturnValues="ALL_OLD")

        assert "Attributes" not in answer

    def test_offers_no_new_values(self, client: DynamoDBClient) -> None:
        with pytest.raises(ClientError) as refused:
            client.delete_item(TableName="ledger", Key=key("a"), ReturnValues="ALL_NEW")

        assert "ReturnValues" in error_of(refused)[1]
