"""The handlers in this process: their environment for a while, and what they print kept off the terminal."""

import contextlib
import io
import os
from collections.abc import Iterator

from local.bundle import Bundle
from tests.support.fleet import environment_of


@contextlib.contextmanager
def handlers_of(bundle: Bundle) -> Iterator[None]:
    """Set what the template and Lambda set; import handlers only inside. Log lines go to memory, as cheap as a pipe."""
    before = dict(os.environ)
    os.environ.update(environment_of(bundle))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            from integration_hub import wiring  # noqa: PLC0415 - its environment has to be there first

            wiring.services.cache_clear()  # those of the server before
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
