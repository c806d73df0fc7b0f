"""Tokens: only those of our pool, for our client, signed and in their time."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from local.gateway.authorizer import JwtVerifier, Unauthorized
from local.template.functions import JwtAuthorizer
from local.testing import call

if TYPE_CHECKING:
    from local.machine import Machine


def verifier_for(machine: Machine, **changed: Any) -> JwtVerifier:
    pool = machine.clients.cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client = machine.clients.cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]
    given = {
        "issuer": f"https://cognito-idp.us-east-1.amazonaws.com/{pool}",
        "audience": (client["ClientId"],),
    }
    now = changed.pop("now", time.time)
    authorizer = JwtAuthorizer(name="Staff", **{**given, **changed})
    return JwtVerifier(authorizer, keys_base=machine.endpoints.moto, now=now)


def with_claims(token: str, **changed: Any) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, **changed}).encode()).decode().rstrip("=")
    return f"{head}.{forged}.{signature}"


class TestAStaffToken:
    def test_opens_the_route_and_its_claims_reach_the_function(self, machine: Machine, token: str) -> None:
        reply = call(machine.base_url, "GET", "/private/7", token=token)

        claims = reply.json()["event"]["requestContext"]["authorizer"]["jwt"]["claims"]
        assert reply.status == 200
        assert claims["custom:firm_id"] == "firm_demo"
        assert set(claims["cognito:groups"][1:-1].split()) == {
            "viewer",
            "biller",
            "approver",
            "cashier",
            "admin",
        }
        assert claims["cognito:groups"].startswith("["), "a list comes as text in brackets, without commas"
        assert claims["token_use"] == "id"
        assert claims["exp"].isdigit(), "numbers come as text, as API Gateway sends them"

    def test_may_come_without_the_word_bearer(self, machine: Machine, token: str) -> None:
        assert call(machine.base_url, "GET", "/private/7", headers={"Authorization": token}).status == 200

    def test_of_one_role_has_only_that(self, machine: Machine) -> None:
        cashier = next(user for user in machine.staff.users if user.roles == ("cashier",))

        reply = call(machine.base_url, "GET", "/private/7", token=machine.staff.token(cashier))

        claims = reply.json()["event"]["requestContext"]["authorizer"]["jwt"]["claims"]
        assert claims["cognito:groups"] == "[cashier]"


class TestAnythingElse:
    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer a.b.c", "Basic dTpw"])
    def test_is_401(self, machine: Machine, header: str | None) -> None:
        headers = {} if header is None else {"Authorization": header}

        reply = call(machine.base_url, "GET", "/private/7", headers=headers)

        assert (reply.status, reply.json()) == (401, {"message": "Unauthorized"})

    def test_changed_after_signing_is_401(self, machine: Machine, token: str) -> None:
        forged = with_claims(token, **{"custom:firm_id": "firm_other"})

        assert call(machine.base_url, "GET", "/private/7", token=forged).status == 401

    def test_signed_by_a_key_of_its_own_is_401(self, machine: Machine, token: str) -> None:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        forged = jwt.encode({"alg": "RS256", "kid": "dummy"}, claims, RSAKey.generate_key(2048))

        assert call(machine.base_url, "GET", "/private/7", token=forged).status == 401

    def test_without_a_signature_is_401(self, machine: Machine, token: str) -> None:
        nothing = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        unsigned = f"{nothing}.{token.split('.')[1]}."

        assert call(machine.base_url, "GET", "/private/7", token=unsigned).status == 401

    def test_expired_is_refused(self, machine: Machine, token: str) -> None:
        with pytest.raises(Unauthorized, match="expired"):
            verifier_for(machine, now=lambda: time.time() + 3700).claims(f"Bearer {token}")

    def test_of_another_issuer_is_refused(self, machine: Machine, token: str) -> None:
        issuer = verifier_for(machine).issuer
        other = issuer.replace("cognito-idp.us-east-1", "cognito-idp.eu-west-1")

        with pytest.raises(Unauthorized, match="another issuer"):
            verifier_for(machine, issuer=other).claims(token)

    def test_for_another_client_is_refused(self, machine: Machine, token: str) -> None:
        with pytest.raises(Unauthorized, match="another audience"):
            verifier_for(machine, audience=("someone-else",)).claims(token)

    def test_right_is_taken_by_the_same_verifier(self, machine: Machine, token: str) -> None:
        assert verifier_for(machine).claims(token)["custom:firm_id"] == "firm_demo"
