"""Who calls: the firm and the roles in the claims of a token that the gateway has checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from feenote.api.problems import Kind, ProblemError
from feenote.service.errors import FieldError


class Role(StrEnum):
    """What a person of the firm may do."""

    VIEWER = "viewer"
    """Read."""
    BILLER = "biller"
    """Keep records, draft and send."""
    APPROVER = "approver"
    """Approve and void."""
    CASHIER = "cashier"
    """Record payments and refunds."""
    ADMIN = "admin"
    """All, and settings and users."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person of a firm's staff. `sub` is the id under which acts are recorded."""

    firm_id: str
    sub: str
    email: str
    name: str
    roles: frozenset[Role]

    def require(self, *roles: Role) -> None:
        """Refuse who has none of these roles; an admin has all, and who has any role may read.

        Raises:
            ProblemError: 403, naming the missing role.
        """
        may_read = Role.VIEWER in roles and bool(self.roles)
        if may_read or self.roles & {*roles, Role.ADMIN}:
            return
        missing = " or ".join(role.value for role in roles)
        raise ProblemError(
            Kind.MISSING_ROLE,
            f"This needs the role {missing}: ask an administrator of your firm for it.",
            [FieldError("role", missing)],
        )


def caller_of(event: Mapping[str, Any]) -> Caller:
    """Return who calls.

    Raises:
        ProblemError: 403 where the token names no firm.
    """
    claims = event.get("requestContext", {}).get("authorizer", {}).get("jwt", {}).get("claims", {})
    firm_id = str(claims.get("custom:firm_id", ""))
    sub = str(claims.get("sub", ""))
    if not firm_id or not sub:
        raise ProblemError(Kind.MISSING_ROLE, "Your account belongs to no firm.")
    # The gateway hands a list on as the text "[admin biller]".
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    known = {role.value for role in Role}
    roles = frozenset(Role(group) for group in groups if group in known)
    return Caller(firm_id, sub, str(claims.get("email", "")), str(claims.get("name", "")), roles)
