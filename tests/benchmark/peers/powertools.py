"""Powertools for AWS Lambda: its circuit breaker and its idempotency, both on DynamoDB as moto imitates it."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

import boto3
from aws_lambda_powertools.utilities.circuit_breaker import (
    CircuitBreakerConfig,
    CircuitBreakerOpenError,
    circuit_breaker,
)
from aws_lambda_powertools.utilities.circuit_breaker.persistence.dynamodb import CircuitBreakerDynamoDBPersistence
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError

from local.aws import LocalAws
from tests.benchmark.peers.breaker import FAILURES, OPEN_SECONDS, Breaker, VendorDownError

TABLE = "peers"
# Its default is 5 s beside an open time of 30 s; whole seconds only.
_CACHE_SECONDS = 1


def make_table(aws: LocalAws) -> None:
    """Make the table of both utilities."""
    aws.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@dataclass(frozen=True)
class PowertoolsBreaker:
    """`environment` says where DynamoDB is."""

    environment: tuple[tuple[str, str], ...]

    def open(self) -> Breaker:
        """Return the breaker of one process."""
        logging.disable()
        os.environ.update(self.environment)
        return _Calling()


class _Calling(Breaker):
    def __init__(self) -> None:
        self._vendor: Breaker.Vendor | None = None
        config = CircuitBreakerConfig(
            failure_threshold=FAILURES, recovery_timeout=OPEN_SECONDS, local_cache_max_age=_CACHE_SECONDS
        )
        store = CircuitBreakerDynamoDBPersistence(TABLE)
        store.client.describe_table(TableName=TABLE)  # opens the connection
        self._protected = circuit_breaker("vendor", store, config=config)(self._reach)

    def _reach(self) -> None:
        if self._vendor is not None:
            self._vendor()

    @override
    def call(self, vendor: "Breaker.Vendor") -> bool:
        self._vendor = vendor
        try:
            self._protected()
        except CircuitBreakerOpenError:
            return False
        except VendorDownError:
            return True
        return True


class _Context:
    """What is left of an invocation."""

    def __init__(self, remaining_ms: int) -> None:
        self._remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that the invocation has left."""
        return self._remaining_ms


def pay_once(environment: dict[str, str], key: str, pay: Callable[[], None], *, remaining_ms: int) -> str:
    """Run `pay` under an idempotency key; return PAID, IN_PROGRESS or the name of the error."""
    os.environ.update(environment)
    context: Any = _Context(remaining_ms)
    layer = DynamoDBPersistenceLayer(TABLE, boto3_session=boto3.session.Session())
    config = IdempotencyConfig(lambda_context=context)

    def paid(order: dict[str, str]) -> dict[str, str]:
        pay()
        return order

    protected: Any = idempotent_function(paid, data_keyword_argument="order", config=config, persistence_store=layer)
    try:
        protected(order={"key": key})
    except IdempotencyAlreadyInProgressError:
        return "IN_PROGRESS"
    except Exception as error:  # noqa: BLE001 - its name is the result
        return type(error).__name__
    return "PAID"
