"""A private Redis on a loopback port that flushes every write, as the databases beside it do."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import redis

from local.guard import Guard

_START_SECONDS = 15


class RedisServer:
    """Lives in `directory`, which is made; leave the context to end it. `url` names database 0."""

    def __init__(self, directory: Path, guard: Guard) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is missing. Remedy: apt-get install --no-install-recommends redis-server")
        directory.mkdir()
        self._guard = guard
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self._command = [program, "--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(directory)]
        self._command += ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it has read its file and answers."""
        with (self._directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._guard.watch_process(self._process.pid)
        client, latest = redis.Redis(port=self._port), time.monotonic() + _START_SECONDS
        while time.monotonic() < latest:
            try:
                if client.ping():
                    client.close()
                    return
            except redis.RedisError:
                time.sleep(0.05)
        raise RuntimeError(f"redis-server does not start; {self._directory / 'server.log'} says why")

    def kill(self) -> None:
        """End it as a crash would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            self._guard.forget(process.pid)

    def empty(self) -> None:
        """Forget every key."""
        with redis.Redis(port=self._port) as client:
            client.flushall()

    def version(self) -> str:
        """Return the server's version."""
        with redis.Redis(port=self._port) as client:
            return str(client.info("server")["redis_version"])
