"""What the hub relies on in AWS's APIs, held against the ones that run here."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws, create_bucket, create_key, put_secret

CONTEXT = {"integration": "DCS_DRIVER_API", "environment": "DEVELOPMENT", "key": "password", "program": "0"}


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """Give the local AWS."""
    with LocalAws() as started:
        yield started


def test_a_ciphertext_opens_only_under_its_own_context(aws: LocalAws) -> None:
    """KMS refuses to decrypt where the encryption context differs in a value, lacks one or is absent."""
    kms, key = aws.client("kms"), create_key(aws, "alias/test-context")
    ciphertext = kms.encrypt(KeyId=key, Plaintext=b"canary", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=ciphertext, EncryptionContext=CONTEXT)["Plaintext"] == b"canary"
    shorter = {name: value for name, value in CONTEXT.items() if name != "program"}
    for other in (CONTEXT | {"environment": "PRODUCTION"}, shorter, {}):
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            kms.decrypt(CiphertextBlob=ciphertext, EncryptionContext=other)


def test_a_ciphertext_moves_to_another_key_unseen(aws: LocalAws) -> None:
    """Re-encryption keeps the plaintext in KMS, and also wants the right context."""
    kms = aws.client("kms")
    old, new = create_key(aws, "alias/test-old"), create_key(aws, "alias/test-new")
    ciphertext = kms.encrypt(KeyId=old, Plaintext=b"canary", EncryptionContext=CONTEXT)["CiphertextBlob"]
    moved = kms.re_encrypt(
        CiphertextBlob=ciphertext,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=new,
        DestinationEncryptionContext=CONTEXT,
    )
    assert moved["KeyId"] == new != old
    opened = kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert (opened["Plaintext"], opened["KeyId"]) == (b"canary", new)
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.re_encrypt(CiphertextBlob=ciphertext, SourceEncryptionContext={}, DestinationKeyId=new)


def test_creating_twice_gives_the_same_key_and_bucket(aws: LocalAws) -> None:
    """Setting up may be repeated."""
    key = create_key(aws, "alias/test-twice")
    assert key == create_key(aws, "alias/test-twice")
    assert create_bucket(aws, "test-twice", key) == create_bucket(aws, "test-twice", key) == "arn:aws:s3:::test-twice"


def test_a_secret_has_its_last_value(aws: LocalAws) -> None:
    """Storing again makes a new current version under the same ARN."""
    first = put_secret(aws, "test/login", '{"username": "one"}')
    second = put_secret(aws, "test/login", '{"username": "two"}')
    assert first == second
    stored = aws.client("secretsmanager").get_secret_value(SecretId=first)["SecretString"]
    assert json.loads(stored) == {"username": "two"}


def test_a_bucket_encrypts_with_its_key(aws: LocalAws) -> None:
    """What is put without a word about encryption is encrypted with the bucket's KMS key."""
    s3, key = aws.client("s3"), create_key(aws, "alias/test-bucket")
    create_bucket(aws, "test-payloads", key)
    s3.put_object(Bucket="test-payloads", Key="one", Body=b"payload")
    stored = s3.get_object(Bucket="test-payloads", Key="one")
    assert (stored["Body"].read(), stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == (
        b"payload",
        "aws:kms",
        key,
    )


def test_the_environment_is_all_that_another_process_needs(aws: LocalAws) -> None:
    """A process with these variables alone reaches this AWS with a plain boto3 client."""
    arn = put_secret(aws, "test/reached", "from here")
    source = """
import boto3, sys
print(boto3.client("secretsmanager").get_secret_value(SecretId=sys.argv[1])["SecretString"])
"""
    said = subprocess.run(
        [sys.executable, "-c", source, arn],
        env=aws.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.strip() == "from here"


def test_the_server_is_silent_and_stops(tmp_path: Path) -> None:
    """Requests are not logged, because they hold secrets; after close nobody answers."""
    source = """
import sys
from botocore.exceptions import EndpointConnectionError
from local.aws import LocalAws, put_secret
with LocalAws() as aws:
    put_secret(aws, "name", "canary")
try:
    aws.client("kms").list_keys()
except EndpointConnectionError:
    print("stopped")
"""
    said = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", source],
        cwd=Path(__file__).parents[2],
        env={"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (said.stdout.strip(), said.stderr) == ("stopped", "")


def test_what_does_not_exist_is_refused(aws: LocalAws) -> None:
    """The errors that the hub turns into its own have AWS's codes."""
    with pytest.raises(ClientError) as refused:
        aws.client("secretsmanager").get_secret_value(SecretId="nobody")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
