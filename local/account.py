"""The AWS account that this machine plays: what AWS::AccountId and its like mean here."""

# moto's own account: every request with unknown keys lands there.
ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
PARTITION = "aws"
STACK_NAME = "dcs-hub-local"


def function_arn(name: str) -> str:
    """Return the ARN of a Lambda function."""
    return f"arn:{PARTITION}:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"
