"""The demo firm's staff: users of the pool, one for each role and one with all of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

ROLES = ("viewer", "biller", "approver", "cashier", "admin")
_DOMAIN = "firm.example"


@dataclass(frozen=True, slots=True)
class StaffUser:
    """One who may sign in."""

    email: str
    password: str
    roles: tuple[str, ...]


class StaffRoom:
    """Makes users and signs them in."""

    def __init__(self, cognito: CognitoIdentityProviderClient, *, pool_id: str, client_id: str) -> None:
        """Work with one user pool and one client of it."""
        self._cognito = cognito
        self._pool_id = pool_id
        self._client_id = client_id
        self.users: list[StaffUser] = []

    def open_for(self, firm_id: str) -> None:
        """Make the firm's users: one for each role, and `owner`, who has all of them."""
        for role in ROLES:
            self.add(f"{role}@{_DOMAIN}", firm_id=firm_id, roles=(role,))
        self.add(f"owner@{_DOMAIN}", firm_id=firm_id, roles=ROLES)

    def add(self, email: str, *, firm_id: str, roles: tuple[str, ...]) -> StaffUser:
        """Make one user with a password of their own."""
        user = StaffUser(email, f"Demo-{secrets.token_hex(5)}-1", roles)
        self._cognito.admin_create_user(
            UserPoolId=self._pool_id,
            Username=email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "custom:firm_id", "Value": firm_id},
            ],
        )
        self._cognito.admin_set_user_password(
            UserPoolId=self._pool_id, Username=email, Password=user.password, Permanent=True
        )
        for role in roles:
            self._cognito.admin_add_user_to_group(UserPoolId=self._pool_id, Username=email, GroupName=role)
        self.users.append(user)
        return user

    def token(self, user: StaffUser | None = None) -> str:
        """Sign a user in (by default the one with all roles) and return a fresh ID token."""
        signing_in = user or self.users[-1]
        answer = self._cognito.admin_initiate_auth(
            UserPoolId=self._pool_id,
            ClientId=self._client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": signing_in.email, "PASSWORD": signing_in.password},
        )
        return answer["AuthenticationResult"]["IdToken"]
