from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError

from local.dynamodb.faults import Fault
from local.dynamodb.wsgi import application
from local.http_server import WsgiServer
from tests.local.dynamodb.support import TABLE, key, make_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.dynamodb.engine import Engine

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(engine: Engine) -> Iterator[WsgiServer]:
    served = WsgiServer(application(engine))
    served.start("dynamodb")
    yield served
    served.stop()


@pytest.fixture
def remote(server: WsgiServer) -> Iterator[Any]:
    client = make_client(endpoint_url=server.url)
    client.create_table(**TABLE)
    yield client
    client.close()


def post(
    server: WsgiServer, target: str, body: bytes, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request("POST", "/", body, {"X-Amz-Target": target, **(headers or {})})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.headers["X-Amz-Crc32"] == str(zlib.crc32(content))
    return answer.status, dict(answer.headers), json.loads(content)


class TestOverHttp:
    def test_a_client_works_as_in_process(self, remote: Any) -> None:
        remote.put_item(TableName="ledger", Item={**key("a"), "n": {"N": "1"}, "b": {"B": b"\x00"}})

        with pytest.raises(remote.exceptions.TransactionCanceledException) as cancelled:
            remote.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "ledger", "Item": key("b")}},
                    {
                        "Delete": {
                            "TableName": "ledger",
                            "Key": key("a"),
                            "ConditionExpression": "n > :n",
                            "ExpressionAttributeValues": {":n": {"N": "1"}},
                        }
                    },
                ]
            )

        codes = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
        assert codes == ["None", "ConditionalCheckFailed"]
        assert remote.scan(TableName="ledger")["Items"] == [
            {**key("a"), "n": {"N": "1"}, "b": {"B": b"\x00"}}
        ]

    def test_many_threads_are_served_at_once(self, remote: Any) -> None:
        def add(_number: int) -> None:
            remote.update_item(
                TableName="ledger",
                Key=key("counter"),
                UpdateExpression="ADD n :o",
                ExpressionAttributeValues={":o": {"N": "1"}},
            )

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(100)))

        assert remote.get_item(TableName="ledger", Key=key("counter"))["Item"]["n"] == {"N": "100"}

    def test_a_lost_answer_closes_the_connection(self, remote: Any, engine: Engine) -> None:
        engine.inject(Fault.LOST_ANSWER, operation="PutItem")

        with pytest.raises(ConnectionClosedError):
            remote.put_item(TableName="ledger", Item=key("a"))

        assert remote.scan(TableName="ledger")["Items"] == [key("a")]

    @pytest.mark.parametrize(
        ("target", "body", "code"),
        [
            ("DynamoDB_20120810.Nonsense", b"{}", "UnknownOperationException"),
            ("Other_20120810.GetItem", b"{}", "UnknownOperationException"),
            ("DynamoDB_20120810.GetItem", b"no json", "SerializationException"),
            ("DynamoDB_20120810.GetItem", b"[]", "SerializationException"),
            ("DynamoDB_20120810.GetItem", b"{}", "ValidationException"),
            ("DynamoDB_20120810.GetItem", b'{"TableName": "x", "Key": 5}', "SerializationException"),
            ("DynamoDB_20120810.GetItem", b'{"TableName": ["x"], "Key": {}}', "SerializationException"),
            ("DynamoDB_20120810.TransactWriteItems", b'{"TransactItems": 5}', "SerializationException"),
            ("DynamoDB_20120810.BatchGetItem", b'{"RequestItems": {"x": 1}}', "SerializationException"),
            ("DynamoDB_20120810.CreateTable", b'{"TableName": 5}', "SerializationException"),
            (
                "DynamoDB_20120810.Query",
                b'{"TableName": "ledger", "KeyConditionExpression": 5}',
                "ResourceNotFoundException",
            ),
        ],
    )
    def test_malformed_requests_are_refused_and_harm_nothing(
        self, server: WsgiServer, target: str, body: bytes, code: str
    ) -> None:
        status, headers, answer = post(server, target, body)

        assert status == 400
        assert headers["Content-Type"] == "application/x-amz-json-1.0"
        assert answer["__type"].endswith("#" + code)
        assert post(server, "DynamoDB_20120810.ListTables", b"{}")[2] == {"TableNames": []}


class TestTheCommand:
    def test_serves_a_file_that_outlives_it(self, tmp_path: Path) -> None:
        found: list[Any] = []
        for _ in range(2):
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "local.dynamodb",
                    "--port",
                    "0",
                    "--path",
                    str(tmp_path / "data.sqlite"),
                ],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            try:
                assert process.stdout is not None
                url = process.stdout.readline().split()[-1]
                client = make_client(endpoint_url=url)
                if not found:
                    client.create_table(**TABLE)
                    client.put_item(TableName="ledger", Item=key("a"))
                found.append(client.scan(TableName="ledger")["Items"])
                client.close()
            finally:
                process.kill()
                process.communicate()

        assert found == [[key("a")], [key("a")]]
