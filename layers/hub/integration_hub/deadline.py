"""A moment on the monotonic clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which something has ended."""

    at: float
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def remaining(self) -> float:
        """Return the seconds left; negative when it has passed."""
        return self.at - self.clock()

    def later(self, seconds: float) -> "Deadline":
        """Return the moment so many seconds after this one."""
        return replace(self, at=self.at + seconds)
