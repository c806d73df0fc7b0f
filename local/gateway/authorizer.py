"""The JWT authorizer: verifies tokens of the staff's user pool against its published keys."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.template.functions import JwtAuthorizer

_KEYS_ADDRESS = "/.well-known/jwks.json"
_ALGORITHMS = ["RS256"]


class Unauthorized(Exception):  # noqa: N818 - named as the answer is
    """The token is missing, not signed by the issuer, for others, or out of its time."""


class JwtVerifier:
    """Checks the `Authorization` header of a route's authorizer.

    Time is the real one, not the movable clock: the tokens are made by moto, which lives in real time.
    """

    def __init__(
        self, authorizer: JwtAuthorizer, *, keys_base: str, now: Callable[[], float] = time.time
    ) -> None:
        """Take the keys of the issuer from `keys_base`, which stands in for Cognito's own address."""
        self._authorizer = authorizer
        self.issuer = authorizer.issuer
        self._keys_url = f"{keys_base}/{authorizer.issuer.rsplit('/', 1)[-1]}{_KEYS_ADDRESS}"
        self._now = now
        self._keys: KeySet | None = None
        self._lock = threading.Lock()

    def claims(self, header: str | None) -> dict[str, Any]:
        """Return the claims of a token that is right.

        Raises:
            Unauthorized: as the class says.
        """
        token = (header or "").strip()
        if token[:7].lower() == "bearer ":
            token = token[7:].strip()
        try:
            claims = jwt.decode(token, self._issuer_keys(), algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError) as error:
            raise Unauthorized("the token is not one of the issuer's") from error
        if claims.get("iss") != self._authorizer.issuer:
            raise Unauthorized("another issuer")
        if not self._is_for_us(claims):
            raise Unauthorized("another audience")
        now = self._now()
        if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= now:
            raise Unauthorized("expired")
        if claims.get("nbf", 0) > now or claims.get("iat", 0) > now + 1:
            raise Unauthorized("not yet valid")
        return dict(claims)

    def _is_for_us(self, claims: dict[str, Any]) -> bool:
        # An access token of Cognito has no audience but names its client.
        audience = claims.get("aud", claims.get("client_id"))
        return any(
            wanted in (audience if isinstance(audience, list) else [audience])
            for wanted in self._authorizer.audience
        )

    def _issuer_keys(self) -> KeySet:
        with self._lock:
            if self._keys is None:
                with urllib.request.urlopen(self._keys_url, timeout=5) as answer:  # noqa: S310 - ours, on 127.0.0.1
                    self._keys = KeySet.import_key_set(json.load(answer))
            return self._keys
