"""An independent judge: it sees calls arrive, by the kernel's own time stamps, and knows nothing of admission.

Each arrival says for whom it was and which limits its sender went by; then one rule covers all levels, also while
limits change: in the window that ends with a call, no gate has seen more calls than that call's limit for it.
"""

import json
import socket
import struct
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Self

_SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)  # Linux's number; the module does not name it everywhere


@dataclass(frozen=True)
class Arrival:
    """A call as it arrived, in seconds; `limits` per gate, each gate being a level and an id."""

    at: float
    sender: int
    limits: dict[str, int]


class Judge:
    """Listens on UDP on this machine until the context is left."""

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self.arrivals: list[Arrival] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.address)
        self._listener.join(timeout=10)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            data, ancillary, _, _ = self._socket.recvmsg(1024, socket.CMSG_SPACE(16))
            if not data:
                return
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            told = json.loads(data)
            self.arrivals.append(Arrival(seconds + nanoseconds / 1e9, told["sender"], told["limits"]))

    def wait_for(self, arrivals: int, *, within_seconds: float = 60) -> None:
        """Wait until more calls than this have arrived; raises TimeoutError."""
        latest = time.monotonic() + within_seconds
        while len(self.arrivals) <= arrivals:
            if time.monotonic() > latest:
                raise TimeoutError(f"{len(self.arrivals)} of {arrivals} calls in {within_seconds} seconds")
            time.sleep(0.05)

    def excess(self, window_seconds: float) -> list[str]:
        """Return every arrival that was one too many for one of its gates."""
        seen: dict[str, list[float]] = defaultdict(list)
        found: list[str] = []
        for arrival in sorted(self.arrivals, key=lambda one: one.at):
            for gate, limit in arrival.limits.items():
                seen[gate].append(arrival.at)
                inside = sum(at > arrival.at - window_seconds for at in seen[gate][-700:])
                if inside > limit:
                    found.append(f"{gate}: {inside} of {limit} in the window that ends at {arrival.at:.6f}")
        return found

    def usable(self, gate: str, limit: int, window_seconds: float, spacing_seconds: float) -> float:
        """Return the share of the allowance that was used, over as many whole turns of the window as were seen."""
        times = sorted(arrival.at for arrival in self.arrivals if gate in arrival.limits)
        turns = int((times[-1] - times[0]) // spacing_seconds)
        inside = sum(at < times[0] + turns * spacing_seconds for at in times)
        return inside / (limit * turns * spacing_seconds / window_seconds)
