"""AWS's APIs on this machine, by moto: KMS, Secrets Manager, S3 and the like, behind one address on loopback."""

import logging
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from local import account

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2})


class LocalAws:
    """moto's server in this process. What is created lives as long as the process, in one account and region."""

    def __init__(self) -> None:
        # Its development server would log every request, with what is in the target.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.endpoint_url = f"http://{host}:{port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server."""
        self._server.stop()

    def environment(self) -> dict[str, str]:
        """Return the variables with which a process reaches this AWS and no other, whatever its user has set up."""
        return {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": account.REGION,
            "AWS_REGION": account.REGION,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def client(self, name: str) -> Any:
        """Return a boto3 client of this AWS ("kms", "secretsmanager", "s3", "sqs", ...)."""
        create: Any = boto3.client
        return create(
            name,
            endpoint_url=self.endpoint_url,
            region_name=account.REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - moto takes any
            config=_CONFIG,
        )


def create_key(aws: LocalAws, alias: str) -> str:
    """Return the ARN of the KMS key with this alias ("alias/..."), created if need be."""
    kms: KMSClient = aws.client("kms")
    try:
        return kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"]
    except kms.exceptions.NotFoundException:
        key = kms.create_key(Description="Encrypts vendor logins")["KeyMetadata"]
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
        return key["Arn"]


def put_secret(aws: LocalAws, name: str, value: str) -> str:
    """Store a secret's value, as a new version if the secret exists; return the secret's ARN."""
    secrets: SecretsManagerClient = aws.client("secretsmanager")
    try:
        return secrets.create_secret(Name=name, SecretString=value)["ARN"]
    except secrets.exceptions.ResourceExistsException:
        return secrets.put_secret_value(SecretId=name, SecretString=value)["ARN"]


def create_bucket(aws: LocalAws, name: str, key_arn: str) -> str:
    """Return the ARN of a bucket that encrypts with this key what is put there, created if need be."""
    s3: S3Client = aws.client("s3")
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        s3.create_bucket(Bucket=name)
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}}]
        },
    )
    return f"arn:{account.PARTITION}:s3:::{name}"
