"""How fast the account may send, as SES tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_sesv2.client import SESV2Client


class SesQuota:
    """Read the account's quota.

    SES answers `GetAccount` once a second for the whole account: who asks keeps the answer.
    """

    def __init__(self, client: SESV2Client) -> None:
        self._client = client

    def max_send_rate(self) -> float | None:
        """Return how many recipients a second the account may write to; None where SES does not tell.

        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html
        """
        try:
            quota = self._client.get_account().get("SendQuota", {})
        except (ClientError, BotoCoreError):
            return None
        rate = quota.get("MaxSendRate", 0.0)
        return rate if rate > 0 else None
