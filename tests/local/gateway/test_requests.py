"""Requests through the gateway: the event a function gets, and what becomes of its answer."""

from __future__ import annotations

import base64
import http.client
from typing import TYPE_CHECKING, Any

from local.testing import call

if TYPE_CHECKING:
    from local.machine import Machine


def event_of(machine: Machine, method: str, path: str, **given: Any) -> dict[str, Any]:
    event: dict[str, Any] = call(machine.base_url, method, path, **given).json()["event"]
    return event


class TestAnEvent:
    def test_has_the_parts_of_payload_format_2(self, machine: Machine) -> None:
        event = event_of(machine, "GET", "/echo/one?x=1", headers={"User-Agent": "tests", "X-Own": "Yes"})

        assert event["version"] == "2.0"
        assert event["routeKey"] == "ANY /echo/{proxy+}"
        assert event["rawPath"] == "/echo/one"
        assert event["pathParameters"] == {"proxy": "one"}
        assert event["headers"]["x-own"] == "Yes"
        assert event["isBase64Encoded"] is False
        context = event["requestContext"]
        assert context["http"] == {
            "method": "GET",
            "path": "/echo/one",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "tests",
        }
        assert context["stage"] == "$default"
        assert abs(context["timeEpoch"] / 1000 - machine.clock.epoch()) < 10

    def test_leaves_out_what_the_request_does_not_have(self, machine: Machine) -> None:
        event = event_of(machine, "GET", "/echo/one")

        assert not {"body", "cookies", "queryStringParameters"} & event.keys()
        assert "authorizer" not in event["requestContext"]

    def test_joins_repeated_parameters_and_keeps_the_query_as_it_came(self, machine: Machine) -> None:
        event = event_of(machine, "GET", "/echo/one?a=1&a=2&b=%20x&empty=")

        assert event["queryStringParameters"] == {"a": "1,2", "b": " x", "empty": ""}
        assert event["rawQueryString"] == "a=1&a=2&b=%20x&empty="

    def test_lists_cookies_apart_from_headers(self, machine: Machine) -> None:
        event = event_of(machine, "GET", "/echo/one", headers={"Cookie": "a=1; b=2"})

        assert event["cookies"] == ["a=1", "b=2"]
        assert "cookie" not in event["headers"]

    def test_carries_json_as_text(self, machine: Machine) -> None:
        event = event_of(machine, "POST", "/echo/one", body={"naïve": "✓"})

        assert (event["body"], event["isBase64Encoded"]) == ('{"na\\u00efve": "\\u2713"}', False)

    def test_carries_forms_and_files_as_base64(self, machine: Machine) -> None:
        for content_type in ("application/x-www-form-urlencoded", "application/pdf"):
            event = event_of(
                machine, "POST", "/echo/one", body=b"a=1\xff", headers={"Content-Type": content_type}
            )

            assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"a=1\xff", True)

    def test_decodes_the_path(self, machine: Machine) -> None:
        event = event_of(machine, "GET", "/echo/two%20words/%E2%84%96")

        assert event["rawPath"] == "/echo/two words/№"
        assert event["pathParameters"] == {"proxy": "two words/№"}

    def test_names_the_function_environment_of_the_template(self, machine: Machine) -> None:
        environment = call(machine.base_url, "GET", "/echo/one").json()["environment"]

        assert environment["GREETING"] == "hello from us-east-1"
        assert environment["FEENOTE_TABLE"] == "feenote-Data-Table"
        assert environment["AWS_ENDPOINT_URL_DYNAMODB"] == machine.endpoints.dynamodb
        assert "HOME" not in environment, "a function sees nothing of the machine's own environment"


class TestAnAnswer:
    def test_sends_each_cookie_and_the_headers(self, machine: Machine) -> None:
        reply = call(machine.base_url, "GET", "/echo/cookies")

        assert reply.status == 201
        assert reply.cookies == ["a=1; Path=/", "b=2"]
        assert reply.headers["x-kind"] == "own"

    def test_decodes_base64(self, machine: Machine) -> None:
        reply = call(machine.base_url, "GET", "/echo/binary")

        assert (reply.body, reply.headers["content-type"]) == (b"\x00\xff", "application/pdf")

    def test_may_be_nothing_but_a_body(self, machine: Machine) -> None:
        reply = call(machine.base_url, "GET", "/echo/simple")

        assert (reply.status, reply.json()) == (200, {"plain": True})

    def test_to_head_has_headers_only(self, machine: Machine) -> None:
        reply = call(machine.base_url, "HEAD", "/echo/binary")

        assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "2")


class TestAFunctionThatFails:
    def test_is_a_500_and_its_log_says_why(self, machine: Machine) -> None:
        reply = call(machine.base_url, "GET", "/echo/raise")

        assert (reply.status, reply.json()) == (500, {"message": "Internal Server Error"})
        assert "ValueError: as asked" in machine.log("echo")

    def test_that_died_is_started_again(self, machine: Machine) -> None:
        first = call(machine.base_url, "GET", "/echo/one").json()["pid"]

        died = call(machine.base_url, "GET", "/echo/exit")
        after = call(machine.base_url, "GET", "/echo/one")

        assert died.status == 500
        assert after.status == 200
        assert after.json()["pid"] != first

    def test_that_takes_too_long_is_stopped(self, machine: Machine) -> None:
        assert call(machine.base_url, "GET", "/echo/slow").status == 500
        assert call(machine.base_url, "GET", "/echo/one").status == 200

    def test_that_answers_no_json_is_a_500(self, machine: Machine) -> None:
        assert call(machine.base_url, "GET", "/echo/unserialisable").status == 500


class TestRoutes:
    def test_that_do_not_exist_are_404(self, machine: Machine) -> None:
        for method, path in (("GET", "/nowhere"), ("GET", "/echo"), ("POST", "/private/1")):
            reply = call(machine.base_url, method, path)

            assert (reply.status, reply.json()) == (404, {"message": "Not Found"})

    def test_take_ten_megabytes_at_most(self, machine: Machine) -> None:
        reply = call(machine.base_url, "POST", "/echo/one", body=b"x" * (10 * 1024 * 1024 + 1))

        assert reply.status == 413

    def test_keep_a_connection_open(self, machine: Machine) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(machine.base_url.rpartition(":")[2]))
        connection.connect()
        used = connection.sock

        for _ in range(3):
            connection.request("GET", "/echo/one")
            assert connection.getresponse().read()

        assert connection.sock is used
        connection.close()
