"""A function that does what the event tells it, to see what surrounds it."""

import json
import os
import subprocess
import sys
import time
from typing import Any, Protocol

CALLS = 0


class Context(Protocol):
    """The part of Lambda's context that is used here."""

    aws_request_id: str
    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the time-out."""


def handler(event: dict[str, Any], context: Context) -> Any:  # noqa: C901, PLR0911 - one line per wish
    """Do what `event["do"]` says."""
    global CALLS  # noqa: PLW0603 - what stays in a warm environment is what is to be seen
    CALLS += 1
    match event["do"]:
        case "answer":
            return event["answer"]
        case "count":
            return {"calls": CALLS, "pid": os.getpid()}
        case "environment":
            return dict(os.environ)
        case "context":
            return {
                "request_id": context.aws_request_id,
                "arn": context.invoked_function_arn,
                "remaining": context.get_remaining_time_in_millis(),
            }
        case "print":
            for line in event["lines"]:
                print(line)  # noqa: T201
            return None
        case "raise":
            raise LookupError(event["message"])
        case "sleep":
            print("asleep")  # noqa: T201
            time.sleep(event["seconds"])
            return CALLS
        case "exit":
            os._exit(event["code"])
        case "bear":
            child = [sys.executable, "-c", "import time; time.sleep(60)"]
            return subprocess.Popen(child, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid
        case "fill":
            return "x" * event["bytes"]
        case "event":
            return event
    raise ValueError(event["do"])


def answering(event: dict[str, Any], _context: Context) -> Any:
    """Answer an API's request: with what the body says, or with the event itself."""
    wish = json.loads(event["body"] or "{}") if event["httpMethod"] == "POST" else {}
    if "sleep" in wish:
        time.sleep(wish["sleep"])
    if "raise" in wish:
        raise LookupError(wish["raise"])
    return wish.get("answer", {"statusCode": 200, "body": json.dumps(event)})
