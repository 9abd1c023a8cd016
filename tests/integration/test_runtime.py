"""Functions run by AWS's own runtime client, in real processes."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from local.guard import Guard
from local.output import LogFile, Output
from local.runtime import Function, Invocation, TooManyRequestsError
from local.runtime_api import Work
from local.sandbox import DiedIdleError, Sandbox
from tests.support.probe import definition
from tests.support.waiting import eventually, gone


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """Give the guard that all functions here share."""
    with Guard() as started:
        yield started


@pytest.fixture(scope="module")
def warm(guard: Guard) -> Iterator[Function]:
    """Give a function that is used by tests which leave it as it was."""
    with Function(definition(environment={"COLOUR": "blue"}), guard=guard, environment={"EXTRA": "more"}) as function:
        yield function


@pytest.fixture
def function(guard: Guard) -> Iterator[Function]:
    """Give a function for one test alone."""
    with Function(definition(), guard=guard) as started:
        yield started


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Give threads to invoke from."""
    with ThreadPoolExecutor(16) as threads:
        yield threads


def asleep(function: Function, pool: ThreadPoolExecutor, seconds: float = 30) -> tuple[Future[Invocation], int]:
    """Have one more invocation run; return it and the process that serves it."""
    before = function.busy()
    invocation = pool.submit(function.invoke, {"do": "sleep", "seconds": seconds})
    assert eventually(lambda: len(function.busy()) > len(before))
    (pid,) = (function.busy()[request_id] for request_id in function.busy().keys() - before.keys())
    return invocation, pid


@pytest.mark.parametrize("answer", [None, {"a": [1, "ü"]}, "text", 0])
def test_the_answer_is_what_the_handler_returned(warm: Function, answer: object) -> None:
    """Event and answer pass unchanged as JSON."""
    invocation = warm.invoke({"do": "answer", "answer": answer})
    assert (invocation.json(), invocation.error_type) == (answer, None)


def test_the_environment_is_lambdas_and_the_templates_and_nothing_else(warm: Function) -> None:
    """A function sees its own variables and those of Lambda, and none of the process that started it."""
    seen = warm.invoke({"do": "environment"}).json()
    assert (seen["COLOUR"], seen["EXTRA"]) == ("blue", "more")
    assert "PYTEST_CURRENT_TEST" in os.environ
    assert not seen.keys() & {"PYTEST_CURRENT_TEST", "HOME"}
    expected = {
        "AWS_LAMBDA_FUNCTION_NAME": "probe",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_REGION": "us-east-1",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(definition().code),
    }
    assert seen.items() >= expected.items()
    pattern = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"
    assert re.fullmatch(pattern, seen["_X_AMZN_TRACE_ID"])


def test_the_context_tells_id_name_and_remaining_time(warm: Function) -> None:
    """The handler's context knows this invocation and how much of the 30 seconds is left."""
    invocation = warm.invoke({"do": "context"})
    seen = invocation.json()
    assert seen["request_id"] == invocation.request_id
    assert seen["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:probe"
    assert 0 < seen["remaining"] <= 30_000


def test_the_deadline_leaves_out_the_start(guard: Guard, tmp_path: Path) -> None:
    """As in Lambda the handler's time begins when it is called: a slow start takes nothing of it."""
    source = """
        import time
        time.sleep(1.5)
        def handler(event, context):
            return context.get_remaining_time_in_millis()
        """
    changes = written(tmp_path, source)
    with Function(definition(timeout_seconds=1, **changes), guard=guard) as function:
        invocation = function.invoke({})
    assert not invocation.error
    assert 0 < invocation.json() <= 1000


def test_layers_can_be_imported(guard: Guard, tmp_path: Path) -> None:
    """A layer's packages are found by the function."""
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "shared_words.py").write_text("WORD = 'from the layer'\n", encoding="utf-8")
    source = """
        from shared_words import WORD
        def handler(event, context):
            return WORD
        """
    with Function(definition(layers=(tmp_path / "layer",), **written(tmp_path, source)), guard=guard) as function:
        assert function.invoke({}).json() == "from the layer"


def test_an_idle_environment_is_used_again_until_discarded(function: Function) -> None:
    """One after the other the same process serves; discarding makes the next start cold."""
    first, second = (function.invoke({"do": "count"}).json() for _ in range(2))
    assert (first["calls"], second["calls"], first["pid"]) == (1, 2, second["pid"])
    function.discard_idle()
    third = function.invoke({"do": "count"}).json()
    assert third["calls"] == 1
    assert third["pid"] != first["pid"]
    assert gone(first["pid"])


def test_an_idle_environment_may_exit_by_itself(guard: Guard, tmp_path: Path) -> None:
    """With time to exit, what the process registered for its end runs."""
    end = tmp_path / "end"
    source = f"""
        import atexit, pathlib
        atexit.register(lambda: pathlib.Path({str(end)!r}).touch())
        def handler(event, context):
            return None
        """
    with Function(definition(**written(tmp_path, source)), guard=guard, exit_seconds=10) as function:
        function.invoke({})
        function.discard_idle()
        assert end.exists()


def test_invocations_at_once_have_environments_of_their_own(function: Function, pool: ThreadPoolExecutor) -> None:
    """Two at a time never share a process."""
    (first, one), (second, other) = asleep(function, pool, 0.5), asleep(function, pool, 0.5)
    assert one != other
    assert (first.result().pid, second.result().pid) == (one, other)
    assert function.busy() == {}


def test_more_than_the_concurrency_is_refused(guard: Guard, pool: ThreadPoolExecutor) -> None:
    """Above its reserved concurrency a function refuses, and serves again when one has ended."""
    with Function(definition(concurrency=1), guard=guard) as function:
        running, _ = asleep(function, pool, 0.5)
        with pytest.raises(TooManyRequestsError):
            function.invoke({"do": "count"})
        running.result()
        assert function.invoke({"do": "count"}).json()["calls"] == 2


def test_an_exception_is_an_error_and_the_environment_stays(function: Function) -> None:
    """A handler's exception is described in the payload and in the log, and the process serves on."""
    failed = function.invoke({"do": "raise", "message": "no such thing"})
    assert (failed.error, failed.error_type) == (True, "LookupError")
    assert failed.json()["errorMessage"] == "no such thing"
    assert any("[ERROR] LookupError: no such thing" in line for line in failed.log_lines)
    assert function.invoke({"do": "count"}).pid == failed.pid


def test_a_time_out_ends_the_environment(guard: Guard) -> None:
    """After the time-out the caller is told so, the process is gone, and another serves the next in full time."""
    with Function(definition(timeout_seconds=1), guard=guard) as function:
        late = function.invoke({"do": "sleep", "seconds": 30})
        assert late.error_type == "Sandbox.Timedout"
        assert late.json()["errorMessage"].endswith("Task timed out after 1.00 seconds")
        assert "asleep" in late.log_lines
        assert eventually(lambda: gone(late.pid))
        again = function.invoke({"do": "count"})
        assert (again.json()["calls"], again.pid != late.pid) == (1, True)


@pytest.mark.parametrize(("code", "said"), [(3, "with error: exit status 3"), (0, "without providing a reason")])
def test_an_exit_in_the_handler_is_an_error(function: Function, code: int, said: str) -> None:
    """A process that ends instead of answering gives Runtime.ExitError, and the next invocation another process."""
    ended = function.invoke({"do": "exit", "code": code})
    assert ended.error_type == ended.json()["errorType"] == "Runtime.ExitError"
    assert said in ended.json()["errorMessage"]
    assert function.invoke({"do": "count"}).json()["calls"] == 1


def test_a_killed_environment_is_an_error(function: Function, pool: ThreadPoolExecutor) -> None:
    """A process that is killed in the middle of an invocation ends it at once."""
    running, pid = asleep(function, pool)
    os.kill(pid, signal.SIGKILL)
    ended = running.result(timeout=20)
    assert (ended.pid, ended.error_type) == (pid, "Runtime.ExitError")
    assert ended.json()["errorMessage"].endswith("signal: killed")


def test_an_environment_that_died_idle_is_not_noticed(function: Function) -> None:
    """A process that dies between two invocations costs a cold start and no error."""
    first = function.invoke({"do": "count"})
    os.kill(first.pid, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{first.pid}").exists())
    second = function.invoke({"do": "count"})
    assert (second.error, second.json()["calls"]) == (False, 1)


def test_work_that_a_dead_environment_did_not_take_may_go_to_another(guard: Guard) -> None:
    """An environment that served before and is dead says that it did not begin, so that nothing is done twice."""
    sandbox = Sandbox(definition(), {}, guard, LogFile(None))
    assert sandbox.run(Work("one", "trace", b'{"do": "count"}')).error_type is None
    os.kill(sandbox.pid, signal.SIGKILL)
    sandbox.join()
    with pytest.raises(DiedIdleError):
        sandbox.run(Work("two", "trace", b'{"do": "count"}'))


def test_what_a_handler_started_ends_with_its_environment(function: Function) -> None:
    """A process that a handler left behind does not outlive the handler's own."""
    child = function.invoke({"do": "bear"}).json()
    function.invoke({"do": "exit", "code": 0})
    assert eventually(lambda: gone(child))


def written(directory: Path, source: str) -> dict[str, object]:
    """Write a handler module; return what differs in the definition."""
    lines = source.strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    (directory / "written.py").write_text("\n".join(line[indent:] for line in lines), encoding="utf-8")
    return {"code": directory, "handler": "written.handler"}


@pytest.mark.parametrize(
    ("source", "error_type", "said"),
    [
        ("import not_there_at_all", "Runtime.ImportModuleError", "not_there_at_all"),
        ("print('words before the end')\nraise SystemExit(4)", "Runtime.ExitError", "words before the end"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("other = 1", "Runtime.HandlerNotFound", "missing on module"),
    ],
)
def test_a_function_that_cannot_start_says_why(
    guard: Guard, tmp_path: Path, source: str, error_type: str, said: str
) -> None:
    """A failing start is an error of that name, with what the process printed in its log."""
    with Function(definition(**written(tmp_path, source)), guard=guard) as function:
        failed = function.invoke({})
        assert failed.error_type == error_type
        assert any(said in line for line in failed.log_lines)
        assert function.invoke({}).pid != failed.pid


def test_an_answer_that_is_too_large_is_an_error(warm: Function) -> None:
    """Lambda's 6 MB limit holds here, too."""
    largest = 6 * 1024 * 1024 + 100
    assert len(warm.invoke({"do": "fill", "bytes": largest - 2}).payload) == largest
    assert warm.invoke({"do": "fill", "bytes": largest - 1}).error_type == "Function.ResponseSizeTooLarge"


def test_the_log_has_every_line_and_goes_to_the_file(guard: Guard, tmp_path: Path) -> None:
    """Each invocation knows its own lines, all of them, and the function's file has them all in order."""
    batches = [[f"{batch} line {number}" for number in range(500)] for batch in range(3)]
    with Function(definition(), guard=guard, log_directory=tmp_path) as function:
        logs = [function.invoke({"do": "print", "lines": batch}).log_lines for batch in batches]
    for batch, log in zip(batches, logs, strict=True):
        assert list(log[1:-2]) == batch
        assert [line.split()[0] for line in (log[0], *log[-2:])] == ["START", "END", "REPORT"]
    written_lines = (tmp_path / "probe.log").read_text(encoding="utf-8").splitlines()
    assert written_lines == [line for log in logs for line in log]


def test_closing_ends_processes_and_what_they_started(guard: Guard, pool: ThreadPoolExecutor) -> None:
    """After close nothing runs: not the idle, not the busy, not a process that a handler started."""
    with Function(definition(), guard=guard) as function:
        child = function.invoke({"do": "bear"})
        assert not gone(child.json())
        running, busy = asleep(function, pool)
        _, other = asleep(function, pool)
    assert gone(busy)
    assert gone(other)
    assert gone(child.pid)
    assert eventually(lambda: gone(child.json()))
    assert running.result(timeout=20).error_type == "Runtime.ExitError"
    with pytest.raises(RuntimeError, match="probe is closed"):
        function.invoke({})


def test_many_threads_get_their_own_answers(warm: Function, pool: ThreadPoolExecutor) -> None:
    """Answers are never mixed up, however many ask at once and are refused."""

    def ask(number: int) -> bool:
        while True:
            try:
                return bool(warm.invoke({"do": "answer", "answer": number}).json() == number)
            except TooManyRequestsError:
                time.sleep(0.01)

    assert all(pool.map(ask, range(200)))


def test_an_event_that_json_cannot_hold_is_refused_before_anything_starts(warm: Function) -> None:
    """A wrong event is the caller's mistake, and takes no place."""
    with pytest.raises(TypeError):
        warm.invoke({"do": object()})
    assert warm.busy() == {}
    assert json.loads(warm.invoke({"do": "count"}).payload)["calls"] > 0


def test_a_line_of_ours_comes_after_what_was_printed_before() -> None:
    """What is in the pipe already is read before a line is added, so END never overtakes the handler's last words."""
    reads, writes = os.pipe()
    output = Output(reads, LogFile(None))
    for number in range(2000):
        os.write(writes, f"printed {number}\n".encode())
        output.add(f"added {number}")
    os.close(writes)
    output.join(20)
    assert list(output.since(0)) == [f"{what} {number}" for number in range(2000) for what in ("printed", "added")]
