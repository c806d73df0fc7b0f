"""Files in S3: PDFs of bills and logos."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from feenote.service.ports import StoreUnavailableError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

LONGEST_SECONDS = 300
_CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class S3Documents:
    """Keep files in one private bucket, over a client of `aws.s3`.

    Both `put` and `get` raise `StoreUnavailableError` when S3 does not answer or does not let us.
    """

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Store a file, checked on the way with SHA-256.

        How it is encrypted is the bucket's to say: a word of ours would put its key aside.
        """
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                ChecksumAlgorithm="SHA256",
            )
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailableError("S3 did not take the file.") from error

    def get(self, key: str) -> bytes:
        """Return a file; `KeyError` when there is none."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
            return answer["Body"].read()
        except self._client.exceptions.NoSuchKey as error:
            raise KeyError(key) from error
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailableError("S3 did not give the file.") from error

    def link_to(self, key: str, *, filename: str, seconds: int, inline: bool) -> str:
        """Return a presigned address that lives `seconds`, under which the file is saved as `filename`.

        Raises:
            ValueError: for more than 300 seconds, or less than one.
        """
        if not 1 <= seconds <= LONGEST_SECONDS:
            raise ValueError(f"An address lives from 1 to {LONGEST_SECONDS} seconds.")
        ending = filename.rpartition(".")[2].lower()
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": content_disposition(filename, inline=inline),
                "ResponseContentType": _CONTENT_TYPES.get(ending, "application/octet-stream"),
            },
            ExpiresIn=seconds,
        )


def content_disposition(filename: str, *, inline: bool) -> str:
    """Return the header for a file of any name (RFC 6266): in ASCII for old readers, whole as `filename*`."""
    name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", filename).strip() or "file"
    plain = re.sub(r"[^ -~]|[\"%]", "_", name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
