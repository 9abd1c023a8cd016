"""What a rate limiter has to offer to take part in the comparison."""

from typing import Protocol

LIMIT = 60
"""Calls per window for the whole fleet."""
WINDOW_SECONDS = 6
"""A tenth of a minute, so that the run stays short; whole seconds, because some libraries take no others."""
PROCESSES = 16


class Limiter:
    """One process's limiter. Whatever `ask` raises counts as an error of its store: the call is not made."""

    def ask(self) -> bool:
        """Return whether one call may be made now. This is what is timed."""
        raise NotImplementedError

    def may_send(self) -> bool:
        """Return whether the permission still holds at the moment of sending; most libraries know no such thing."""
        return True

    def sent(self) -> None:
        """Hear that the call was made and answered."""


class Subject(Protocol):
    """A limiter that can be handed to another process and opened there."""

    @property
    def window_seconds(self) -> float:
        """After how long an allowance is there again."""
        ...

    def open(self) -> Limiter:
        """Return the limiter, connected."""
        ...
