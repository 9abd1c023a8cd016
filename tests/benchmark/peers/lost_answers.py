"""How often one key is paid for when the vendor's answer is lost after the request was sent."""

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from local.bundle import Bundle
from tests.benchmark.calls import EVENT
from tests.benchmark.peers import powertools

_REPEATS = 3
_INVOCATION_SECONDS = 1.0
_CONTEXT = get_context("forkserver")


@dataclass(frozen=True)
class PaymentResult:
    """One row: payments for one key after a first request and its repeats; what the repeats got."""

    name: str
    case: str
    payments: int
    repeats: list[str]


def ours(bundle: Bundle) -> list[PaymentResult]:
    """Lose the answer by a broken connection, and by killing the function while the vendor works."""
    broken, killed = str(uuid.uuid4()), str(uuid.uuid4())
    bundle.set_value("CACHE", "household_drivers", "0")  # what is measured is the key, not the response cache
    _invoke(bundle, str(uuid.uuid4()))  # the login is accepted, the function warm
    before = _arrivals(bundle)
    bundle.simulator.switch_on("reset", calls=1)
    _invoke(bundle, broken)
    repeats = [_invoke(bundle, broken) for _ in range(_REPEATS)]
    first = PaymentResult("ours", "error after sending", _arrivals(bundle) - before, repeats)
    before = _arrivals(bundle)
    _invoke_and_kill(bundle, killed)
    _let_a_minute_pass(bundle)
    repeats = [_invoke(bundle, killed) for _ in range(_REPEATS)]
    return [first, PaymentResult("ours", "function killed after sending", _arrivals(bundle) - before, repeats)]


def powertools_idempotency(environment: dict[str, str]) -> list[PaymentResult]:
    """The same with a function of three lines under Powertools' decorator."""
    payments = 0

    def pay_and_fail() -> None:
        nonlocal payments
        payments += 1
        raise TimeoutError

    def pay() -> None:
        nonlocal payments
        payments += 1

    def repeat(key: str, payment: Callable[[], None]) -> str:
        return powertools.pay_once(environment, key, payment, remaining_ms=int(_INVOCATION_SECONDS * 1000))

    broken, killed = str(uuid.uuid4()), str(uuid.uuid4())
    repeats = [repeat(broken, pay_and_fail) for _ in range(1 + _REPEATS)][1:]
    name = "Powertools Idempotency"
    first = PaymentResult(name, "error after sending", payments, repeats)
    process = _CONTEXT.Process(target=_pay_and_die, args=(environment, killed))
    process.start()
    process.join()
    payments = 1  # the dead process's
    repeats = [repeat(killed, pay)]
    time.sleep(_INVOCATION_SECONDS + 0.2)  # until its invocation's time is over
    repeats += [repeat(killed, pay) for _ in range(_REPEATS - 1)]
    return [first, PaymentResult(name, "function killed after sending", payments, repeats)]


def _pay_and_die(environment: dict[str, str], key: str) -> None:
    """Die at the point where the payment has been made and its answer has not come."""

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    powertools.pay_once(environment, key, die, remaining_ms=int(_INVOCATION_SECONDS * 1000))


def _arrivals(bundle: Bundle) -> int:
    """Return how many searches have reached the vendor, by the simulator's own log; each may be charged."""
    return sum(entry["event"] == "arrived" for entry in bundle.simulator.calls())


def _event(key: str) -> dict[str, Any]:
    return {**EVENT, "idempotency_key": key}


def _invoke(bundle: Bundle, key: str) -> str:
    """Return ANSWERED or the name of the error."""
    return bundle.functions["driver"].invoke(_event(key)).error_type or "ANSWERED"


def _invoke_and_kill(bundle: Bundle, key: str) -> None:
    """Kill the function when its request has arrived at the vendor, which is slow to answer."""
    bundle.simulator.switch_on("slow=5", calls=1)
    function, before = bundle.functions["driver"], _arrivals(bundle)
    thread = threading.Thread(target=function.invoke, args=(_event(key),))
    thread.start()
    while _arrivals(bundle) == before:
        time.sleep(0.02)
    (pid,) = function.busy().values()
    os.kill(pid, signal.SIGKILL)
    thread.join()


def _let_a_minute_pass(bundle: Bundle) -> None:
    """Make open rows older than any invocation lasts."""
    bundle.change("UPDATE integration_log SET opened_at = opened_at - INTERVAL 61 SECOND WHERE outcome = 'OPEN'")
