"""What a process prints: collected in lines, and kept in a file, the local CloudWatch."""

import os
import select
import threading
from collections import deque
from pathlib import Path

_KEPT_LINES = 10_000
# CloudWatch cuts at 1 MB; no line of ours comes near.
_MAX_LINE_BYTES = 1024 * 1024
_CHUNK_BYTES = 65_536


class LogFile:
    """A file that many processes' lines are appended to. Without a path, nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8", buffering=1) if path else None

    def write(self, line: str) -> None:
        """Append one line; what comes after the file was closed is dropped."""
        with self._lock:
            if self._file and not self._file.closed:
                self._file.write(f"{line}\n")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file:
                self._file.close()


class Output:
    """The lines of one process, read from the pipe that is its standard output and standard error."""

    def __init__(self, pipe: int, log_file: LogFile) -> None:
        self._pipe = pipe
        self._log_file = log_file
        self._lock = threading.Lock()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._count = 0
        self._rest = b""
        self._open = True
        os.set_blocking(pipe, False)
        self._thread = threading.Thread(target=self._pump, name="output", daemon=True)
        self._thread.start()

    def mark(self) -> int:
        """Return a place in the output, for `since`."""
        with self._lock:
            return self._count

    def since(self, mark: int) -> tuple[str, ...]:
        """Return the lines after a mark, the last 10,000 at most."""
        with self._lock:
            wanted = min(self._count - mark, len(self._lines))
            return tuple(self._lines)[len(self._lines) - wanted :]

    def add(self, line: str) -> None:
        """Add a line of ours, as Lambda adds START and REPORT, after all that the process has printed until now."""
        with self._lock:
            self._read()
            self._keep(line)

    def join(self, seconds: float) -> None:
        """Wait until every process that can write has ended."""
        self._thread.join(seconds)

    def _pump(self) -> None:
        waiting = select.poll()
        waiting.register(self._pipe, select.POLLIN | select.POLLHUP)
        while self._open:
            waiting.poll()
            with self._lock:
                self._read()
        # Only here: while this thread waits for the pipe its number must not go to another file.
        os.close(self._pipe)

    def _read(self) -> None:
        """Take what is there. The lock is held."""
        while self._open:
            try:
                chunk = os.read(self._pipe, _CHUNK_BYTES)
            except BlockingIOError:
                return
            self._open = bool(chunk)
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            if self._rest and (not chunk or len(self._rest) > _MAX_LINE_BYTES):
                lines, self._rest = [*lines, self._rest], b""
            for line in lines:
                self._keep(line.decode(errors="replace"))

    def _keep(self, line: str) -> None:
        # The runtime joins the lines of a traceback with carriage returns, so that they are one event.
        line = line.replace("\r", "\n")
        self._lines.append(line)
        self._count += 1
        self._log_file.write(line)
