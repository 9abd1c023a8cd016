"""The two homes of a secret. Both answer with the secret or with CredentialUnavailable that quotes nothing."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from integration_hub.errors import CredentialUnavailable

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


@contextlib.contextmanager
def _kms_asked_to(do: str) -> Iterator[None]:
    """Tell what KMS would not do."""
    try:
        yield
    except ClientError as error:
        raise CredentialUnavailable(f"KMS refused to {do} ({error.response['Error']['Code']}).") from None
    except BotoCoreError as error:
        raise CredentialUnavailable(f"KMS cannot be reached ({type(error).__name__}).") from None


def decrypted(kms: "KMSClient", ciphertext: bytes, context: Mapping[str, str]) -> str:
    """Return the plaintext that was encrypted under this context, and under no other."""
    with _kms_asked_to(f"decrypt {context['credential_key']}"):
        plaintext = kms.decrypt(CiphertextBlob=ciphertext, EncryptionContext=context)["Plaintext"]
    try:
        return plaintext.decode()
    except UnicodeDecodeError:
        raise CredentialUnavailable(f"The stored {context['credential_key']} is not text.") from None


def new_data_key(kms: "KMSClient", key_arn: str, context: Mapping[str, str]) -> bytes:
    """Return a new 256-bit key as KMS wraps it; its plaintext never leaves KMS."""
    with _kms_asked_to("make the key of the response cache"):
        return kms.generate_data_key_without_plaintext(KeyId=key_arn, KeySpec="AES_256", EncryptionContext=context)[
            "CiphertextBlob"
        ]


def opened_data_key(kms: "KMSClient", wrapped: bytes, context: Mapping[str, str]) -> bytes:
    """Return a wrapped key in the clear."""
    with _kms_asked_to("open the key of the response cache"):
        return kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=context)["Plaintext"]


@dataclass(frozen=True, slots=True)
class FetchedSecret:
    """Fields of a JSON secret, in the order they were asked for, and the version that they are of."""

    fields: tuple[str, ...] = field(repr=False)
    version_id: str


def fetched(secrets: "SecretsManagerClient", secret_arn: str, *names: str) -> FetchedSecret:
    """Return these fields of a JSON secret's current version."""
    wanted = " and ".join(names)
    try:
        secret = secrets.get_secret_value(SecretId=secret_arn)
        document = json.loads(secret["SecretString"])
        return FetchedSecret(tuple(str(document[name]) for name in names), secret["VersionId"])
    except ClientError as error:
        raise CredentialUnavailable(
            f"Secrets Manager refused the secret with {wanted} ({error.response['Error']['Code']})."
        ) from None
    except BotoCoreError as error:
        raise CredentialUnavailable(f"Secrets Manager cannot be reached ({type(error).__name__}).") from None
    except (KeyError, ValueError, TypeError):
        raise CredentialUnavailable(f"The secret that should hold {wanted} is not a JSON object with it.") from None
