"""What every store of files does: the fake, and S3 over moto."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from moto import mock_aws

from feenote.adapters import aws
from feenote.adapters.s3 import S3Documents, content_disposition
from feenote.service.ports import Documents, StoreUnavailableError
from tests.fakes.documents import FakeDocuments

BUCKET = "feenote-documents"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Documents]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = aws.s3()
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield S3Documents(client, BUCKET)


@pytest.fixture(params=["fake", "s3"])
def documents(request: pytest.FixtureRequest) -> Documents:
    made: Documents = FakeDocuments() if request.param == "fake" else request.getfixturevalue("s3")
    return made


class TestAFile:
    def test_comes_back_as_it_was_put(self, documents: Documents) -> None:
        documents.put("firm_1/bill.pdf", b"%PDF \x00\xff", content_type="application/pdf")

        assert documents.get("firm_1/bill.pdf") == b"%PDF \x00\xff"

    def test_may_be_put_twice(self, documents: Documents) -> None:
        documents.put("key", b"same", content_type="application/pdf")
        documents.put("key", b"same", content_type="application/pdf")

        assert documents.get("key") == b"same"

    def test_that_is_not_there_is_a_key_error(self, documents: Documents) -> None:
        with pytest.raises(KeyError):
            documents.get("nothing")


class TestAnAddress:
    def test_is_made_for_a_short_time(self, documents: Documents) -> None:
        made = documents.link_to("key", filename="Bill 1.pdf", seconds=300, inline=False)

        assert made.startswith("https://")

    @pytest.mark.parametrize("seconds", [0, -1, 301])
    def test_never_lives_longer_than_five_minutes(self, documents: Documents, seconds: int) -> None:
        with pytest.raises(ValueError, match="300"):
            documents.link_to("key", filename="Bill 1.pdf", seconds=seconds, inline=False)


class TestS3:
    def test_keeps_the_type_checked_and_under_the_buckets_own_key(self, s3: S3Documents) -> None:
        key = "arn:aws:kms:eu-west-1:123456789012:key/feenote"
        s3._client.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": key,
                        }
                    }
                ]
            },
        )

        s3.put("key", b"x", content_type="application/pdf")

        head = s3._client.head_object(Bucket=BUCKET, Key="key", ChecksumMode="ENABLED")
        assert head["ContentType"] == "application/pdf"
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)
        assert base64.b64decode(head["ChecksumSHA256"]) == hashlib.sha256(b"x").digest()

    def test_that_is_not_there_is_told_from_a_file_that_is_not(self, s3: S3Documents) -> None:
        elsewhere = S3Documents(s3._client, "no-such-bucket")

        with pytest.raises(StoreUnavailableError):
            elsewhere.get("key")
        with pytest.raises(StoreUnavailableError):
            elsewhere.put("key", b"x", content_type="application/pdf")

    def test_signs_name_type_and_end_of_the_address(self, s3: S3Documents) -> None:
        made = s3.link_to("key", filename="Müller.pdf", seconds=60, inline=True)

        asked = parse_qs(urlsplit(made).query)
        assert asked["response-content-type"] == ["application/pdf"]
        assert asked["response-content-disposition"] == [content_disposition("Müller.pdf", inline=True)]
        assert asked["X-Amz-Expires"] == ["60"]


class TestTheDisposition:
    @pytest.mark.parametrize(
        ("filename", "header"),
        [
            ("Bill 1.pdf", "attachment; filename=\"Bill 1.pdf\"; filename*=UTF-8''Bill%201.pdf"),
            ("Ü.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C3%9C.pdf"),
            ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
            ("a\r\nX: y.pdf", "attachment; filename=\"a__X: y.pdf\"; filename*=UTF-8''a__X%3A%20y.pdf"),
            ("../etc/passwd", "attachment; filename=\".._etc_passwd\"; filename*=UTF-8''.._etc_passwd"),
            ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ],
    )
    def test_holds_any_name(self, filename: str, header: str) -> None:
        assert content_disposition(filename, inline=False) == header

    def test_says_whether_it_is_shown_or_saved(self) -> None:
        assert content_disposition("a.pdf", inline=True).startswith("inline; ")
