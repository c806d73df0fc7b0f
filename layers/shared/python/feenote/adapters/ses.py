"""Mail through Amazon SES (API version 2), one request for each message, whatever happens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.parsers import ResponseParserError

from feenote.adapters.mime import ascii_address, compose
from feenote.domain.attachments import SES_LIMIT_BYTES
from feenote.service.ports import (
    MailOutcomeUnknownError,
    MailRefusedError,
    MailThrottledError,
    OutgoingMail,
)

if TYPE_CHECKING:
    from types_boto3_sesv2.client import SESV2Client

# The limits of SES for one message: its bytes, attachments encoded, and its recipients.
MAX_MESSAGE_BYTES = SES_LIMIT_BYTES
MAX_RECIPIENTS = 50

# This message is at fault, or nothing that waiting could mend: an account that is suspended stays so until
# people have talked to AWS, and a domain that is not verified until somebody acts.
_REFUSED = frozenset(
    {
        "BadRequestException",
        "MessageRejected",
        "ValidationException",
    }
)
# Never connected, or never signed: nothing went out, and nothing is wrong with the message.
_NOTHING_LEFT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


class SesMailer:
    """Send raw MIME from one identity, under a configuration set whose notices come back with the tags.

    Raises:
        ValueError: for a client that would repeat requests by itself; make it with `aws.ses`.
    """

    def __init__(self, client: SESV2Client, *, from_address: str, configuration_set: str) -> None:
        attempts = (getattr(client.meta.config, "retries", None) or {}).get("total_max_attempts")
        if attempts != 1:
            raise ValueError("The client must make one attempt only.")
        self._client = client
        self._from_address = from_address
        self._configuration_set = configuration_set

    def send(self, mail: OutgoingMail) -> str:
        """Send once; return SES's message id.

        Raises:
            MailThrottledError: a definite "not now": a quota, a pause, a fault of our own configuration, or
                no connection. The message waits and can go out later.
            MailRefusedError: a definite "never" for this message.
            MailOutcomeUnknownError: the request left and no definite answer came.
        """
        raw = compose(mail, from_address=self._from_address)
        if len(raw) > MAX_MESSAGE_BYTES:
            raise MailRefusedError("The message is larger than 40 MB: send the link instead of the file.")
        if len(mail.also_to) >= MAX_RECIPIENTS:
            raise MailRefusedError(f"A message goes to at most {MAX_RECIPIENTS} recipients.")
        also_to = (ascii_address("also_to", address) for _, address in mail.also_to)
        to_addresses = [ascii_address("to", mail.to_address), *also_to]
        if not all(_TAG.fullmatch(part) for tag in mail.tags.items() for part in tag):
            raise MailRefusedError("A tag holds more than letters, digits, _ and -.")
        try:
            answer = self._client.send_email(
                Destination={"ToAddresses": to_addresses},
                Content={"Raw": {"Data": raw}},
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": name, "Value": value} for name, value in mail.tags.items()],
            )
        except ClientError as error:
            raise _translated(error) from error
        except _NOTHING_LEFT as error:
            raise MailThrottledError("SES cannot be reached.") from error
        except ParamValidationError as error:
            raise MailRefusedError("The request has a form that SES does not take.") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise MailOutcomeUnknownError(f"No answer of SES: {type(error).__name__}.") from error
        message_id = answer.get("MessageId", "")
        if not message_id:
            raise MailOutcomeUnknownError("The answer of SES holds no message id.")
        return message_id


def _translated(error: ClientError) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _REFUSED:
        return MailRefusedError(f"{code}.")
    # A gateway's 408 may come after the request was taken, as may any fault of the server.
    if not 400 <= status < 500 or status == 408:
        return MailOutcomeUnknownError(f"SES answered {status}.")
    # What is left is a definite no that is not about this message: TooManyRequests, LimitExceeded (the daily
    # quota), SendingPaused, AccountSuspended, a domain that is not verified (any more), rights or a
    # configuration set that are missing: all about us, and mended in one place.
    return MailThrottledError(f"{code}.")
