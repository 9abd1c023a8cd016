"""Run the comparison, print its tables, write build/bench-peers.json."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.aws import LocalAws
from local.bundle import ROOT, Bundle
from local.database import DatabaseServer, Flavour
from local.guard import Guard
from local.tls import Authority
from tests.benchmark.peers import breaker, lost_answers, ours, powertools, rate_limits
from tests.benchmark.peers.limiter import LIMIT, PROCESSES, Subject
from tests.benchmark.peers.limits_library import LimitsLibrary
from tests.benchmark.peers.pybreaker_library import Pybreaker
from tests.benchmark.peers.pyrate import PyrateInProcess, PyrateOnRedis
from tests.benchmark.peers.redis_server import RedisServer
from tests.benchmark.peers.tables import table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_LIBRARIES = ("limits", "pyrate-limiter", "redis", "pybreaker", "aws-lambda-powertools")
type _Servers = dict[Flavour, DatabaseServer]


def main() -> int:
    """Start every store once and let the subjects follow each other, so that none disturbs another."""
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        directory = Path(tempfile.mkdtemp(prefix="hub-peers-"))
        guard.watch_directory(directory)
        redis = stack.enter_context(RedisServer(directory / "redis", guard))
        authority = Authority(directory)
        servers = {
            flavour: stack.enter_context(DatabaseServer(flavour, directory / flavour.name, authority, guard=guard))
            for flavour in Flavour
        }
        results: dict[str, Any] = {"versions": _versions(servers, redis)}
        results["rate_limits"] = _shown(
            f"rate limit: {PROCESSES} processes, {LIMIT} calls a window, demand 5 and 8 times as much",
            [rate_limits.undisturbed(name, subject) for name, subject, _ in _limiters(servers, redis)],
        )
        results["store_killed"] = _shown(
            "the same with the store killed and started again",
            [
                rate_limits.with_outage(name, subject, store)
                for name, subject, store in _limiters(servers, redis)
                if store
            ],
        )
        aws = stack.enter_context(LocalAws())
        powertools.make_table(aws)
        results["circuit_breakers"] = _shown(
            f"circuit breaker: {PROCESSES} processes, the vendor down, {breaker.FAILURES} failures open it",
            [breaker.measured(name, subject) for name, subject in _breakers(servers, redis, aws)],
        )
        (directory / "bundle").mkdir()
        bundle = stack.enter_context(Bundle(servers[Flavour.MARIADB], directory / "bundle", guard))
        results["lost_answers"] = _shown(
            "idempotency: one key, the vendor's answer lost after sending, three repeats",
            [*lost_answers.ours(bundle), *lost_answers.powertools_idempotency(aws.environment())],
        )
    file = ROOT / "build" / "bench-peers.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


def _versions(servers: _Servers, redis: RedisServer) -> dict[str, str]:
    programs = {"Redis": redis.version()} | {flavour.value: server.version for flavour, server in servers.items()}
    return programs | {name: version(name) for name in _LIBRARIES}


def _limiters(servers: _Servers, redis: RedisServer) -> Iterator[tuple[str, Subject, rate_limits.Store | None]]:
    """Yield each subject with its store, which holds nothing of the one before."""
    for flavour, server in servers.items():
        yield f"ours on {flavour.value}", ours.OurLimiter(ours.target_on(server)), server
    for strategy in ("moving-window", "fixed-window", "sliding-window-counter"):
        redis.empty()
        yield f"limits {strategy}", LimitsLibrary(redis.url, strategy), redis
    redis.empty()
    yield "pyrate-limiter on Redis", PyrateOnRedis(redis.url), redis
    yield "in process, whole limit each", PyrateInProcess(LIMIT), None
    yield "in process, limit divided", PyrateInProcess(LIMIT // PROCESSES), None


def _breakers(servers: _Servers, redis: RedisServer, aws: LocalAws) -> Iterator[tuple[str, breaker.BreakerSubject]]:
    for flavour, server in servers.items():
        yield f"ours on {flavour.value}", ours.OurBreaker(ours.target_on(server))
    redis.empty()
    yield "pybreaker in process", Pybreaker()
    yield "pybreaker on Redis", Pybreaker(redis.url)
    yield "Powertools", powertools.PowertoolsBreaker(tuple(aws.environment().items()))


def _shown(title: str, results: Sequence["DataclassInstance"]) -> list[dict[str, Any]]:
    print(table(title, results), flush=True)
    return [asdict(result) for result in results]
