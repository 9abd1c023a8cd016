"""What a fault is: a name, a sentence, and the places of a call where it acts."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from local.simulator.answer import Answer
from local.simulator.login import Login
from local.simulator.operations import Behaviour

type Refuse = Callable[[str, str, Login], Answer]
"""(operation, argument, login): the answer instead of a search; nothing is charged."""
type Change = Callable[[Element, str], None]
"""(root, argument): alters the answer before it is written."""
type Rewrite = Callable[[Answer, str], Answer]
"""(answer, argument): alters what is sent or how it travels."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What happens to a connection before TLS. `wait` in seconds."""

    wait: float = 0.0
    reset: bool = False
    silent: bool = False
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """What may follow a fault's name: its meaning, what holds when none is given, and how its text is checked."""

    meaning: str
    default: str = ""
    check: Callable[[str], object] = str


def seconds(default: str = "", meaning: str = "seconds") -> Argument:
    """An argument in seconds."""
    return Argument(meaning, default, float)


def count(meaning: str, default: str) -> Argument:
    """An argument that is a whole number."""
    return Argument(meaning, default, int)


@dataclass(frozen=True, slots=True)
class Fault:
    """One named fault, which acts at one place of a call."""

    name: str
    help: str
    argument: Argument | None = None
    refuse: Refuse | None = None
    change: Change | None = None
    rewrite: Rewrite | None = None
    behave: Callable[[Behaviour, str], Behaviour] | None = None
    connect: Callable[[str], Handshake] | None = None
    """Acts on a connection, before there is a request: can only be switched on through the administration."""
    early: bool = False
    """Acts before the body of the request is read, so that nothing is searched."""


@dataclass(frozen=True, slots=True)
class Active:
    """A fault that applies to a call, with its argument."""

    fault: Fault
    argument: str

    def __str__(self) -> str:
        return f"{self.fault.name}={self.argument}" if self.argument else self.fault.name
