"""What the vendor does with a request: which faults apply, who is let in, what is searched, what is charged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from local.simulator.answer import JSON, XML, Answer, error_response, write
from local.simulator.faults import UnknownFault, by_subject, parse_header
from local.simulator.faults.model import Active
from local.simulator.login import Login
from local.simulator.operations import Behaviour, search
from local.simulator.operations.shapes import to_json
from local.simulator.population import Population
from local.simulator.reading import Refused, Search, Subject, read
from local.simulator.switches import Switches


@dataclass(frozen=True, slots=True)
class Received:
    """A request as far as it could be read."""

    operation: str
    authorization: str
    faults: tuple[Active, ...]
    wanted: Search | Refused
    complete: bool = True
    mistaken: str = ""
    """What was wrong with the header that asks for a fault."""

    @property
    def people(self) -> tuple[Subject, ...]:
        """The people asked for, if the request could be read."""
        return self.wanted.people if isinstance(self.wanted, Search) else ()

    @property
    def subject_count(self) -> int:
        """How many people, VINs or plates were asked for; 0 if the request could not be read."""
        return self.wanted.subject_count if isinstance(self.wanted, Search) else 0

    @property
    def form(self) -> str:
        """In which form the request came; empty if it could not be read."""
        if isinstance(self.wanted, Refused):
            return ""
        return "json" if self.wanted.json_shape else "xml"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a call, whether it is charged, and the faults that made it what it is."""

    answer: Answer = field(default_factory=lambda: Answer(500, b""))
    charged: bool = False
    faults: tuple[Active, ...] = ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """The vendor's side of the simulator: its files, its login and what is switched on."""

    population: Population
    login: Login
    switches: Switches

    def claimed_account(self, header: str) -> str:
        """The account number of a header for the log: ours, or `other`; a header can hold anything."""
        if not header:
            return ""
        return self.login.account if self.login.names_account(header) else "other"

    def decide(self, received: Received) -> Decision:
        """Answer a request. What is charged: a search that ran, whatever then happens to its answer."""
        if received.mistaken:
            return Decision(error_response(received.operation, 400, reason=received.mistaken))
        ran, answer = self._answer(received)
        for active in received.faults:
            if active.fault.rewrite:
                answer = active.fault.rewrite(answer, active.argument)
        return Decision(answer, ran, received.faults)

    def _answer(self, received: Received) -> tuple[bool, Answer]:
        operation = received.operation
        if any(active.fault.early for active in received.faults):
            return False, Answer(500, b"", operation=operation)
        for active in received.faults:
            if active.fault.refuse:
                return False, active.fault.refuse(operation, active.argument, self.login)
        if not self.login.admit(received.authorization):
            answer = error_response(operation, 401, reason="account:user:password not accepted")
            return False, replace(answer, headers=(("WWW-Authenticate", 'Basic realm="DCS"'),))
        if isinstance(received.wanted, Refused):
            return False, error_response(operation, received.wanted.status, reason=str(received.wanted))
        return True, self._search(received.wanted, received.faults)

    def _search(self, wanted: Search, faults: tuple[Active, ...]) -> Answer:
        behaviour = Behaviour()
        for active in faults:
            if active.fault.behave:
                behaviour = active.fault.behave(behaviour, active.argument)
        root = search(wanted, self.population, behaviour)
        for active in faults:
            if active.fault.change:
                active.fault.change(root, active.argument)
        if wanted.json_shape:
            body = to_json(root, behaviour.json_shape or wanted.json_shape)
            return Answer(200, body, JSON, operation=wanted.operation)
        return Answer(200, write(root).encode(), XML, operation=wanted.operation)


def receive(vendor: Vendor, operation: str, headers: Mapping[str, str], body: Callable[[], bytes | None]) -> Received:
    """Read a request. The body is not read when a fault comes before it."""
    values = {name.lower(): value for name, value in headers.items()}
    faults, mistaken = vendor.switches.take(operation), ""
    try:
        faults += parse_header(values.get("x-simulator-fault", ""))
    except UnknownFault as unknown:
        mistaken = str(unknown)
    wanted: Search | Refused = Refused(403, "no body")
    content: bytes | None = b""
    if not any(active.fault.early for active in faults):
        content = body()
        try:
            wanted = read(operation, values.get("content-type", ""), content or b"")
            faults += by_subject(wanted)
        except Refused as refused:
            wanted = refused
    return Received(
        operation, values.get("authorization", ""), faults, wanted, complete=content is not None, mistaken=mistaken
    )
