"""Makes the staff's user pool, its client and its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.template.stack import ACCOUNT_ID, REGION, Attributes, Maker, Stack

if TYPE_CHECKING:
    from local.aws.endpoints import Clients


class IdentityMakers:
    """Makes Cognito's resources; properties have the names of its API's parameters."""

    def __init__(self, clients: Clients) -> None:
        """Make nothing yet."""
        self._clients = clients

    def by_type(self) -> dict[str, Maker]:
        """Return the makers by CloudFormation's name of the type."""
        return {
            "AWS::Cognito::UserPool": self._user_pool,
            "AWS::Cognito::UserPoolClient": self._user_pool_client,
            "AWS::Cognito::UserPoolGroup": self._user_pool_group,
        }

    def _user_pool(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        given: dict[str, Any] = {
            name: properties[name]
            for name in (
                "UsernameAttributes",
                "AutoVerifiedAttributes",
                "UsernameConfiguration",
                "AdminCreateUserConfig",
                "Policies",
                "Schema",
            )
            if name in properties
        }
        pool = self._clients.cognito.create_user_pool(PoolName=f"{stack.name}-{logical_id}", **given)
        pool_id = pool["UserPool"]["Id"]
        return {
            "Ref": pool_id,
            "UserPoolId": pool_id,
            "Arn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT_ID}:userpool/{pool_id}",
            "ProviderURL": f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}",
        }

    def _user_pool_client(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        given = {name: value for name, value in properties.items() if name != "ClientName"}
        answer = self._clients.cognito.create_user_pool_client(
            ClientName=f"{stack.name}-{logical_id}", **given
        )
        client_id = answer["UserPoolClient"]["ClientId"]
        return {"Ref": client_id, "ClientId": client_id}

    def _user_pool_group(self, _stack: Stack, _logical_id: str, properties: dict[str, Any]) -> Attributes:
        self._clients.cognito.create_group(**properties)
        return {"Ref": properties["GroupName"]}
