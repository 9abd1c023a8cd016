"""`make bench`: measure, write build/bench.json, print a table."""

import sys
import tempfile
from pathlib import Path

from local.bundle import ROOT, Bundle
from local.database import DatabaseServer, Flavour
from local.guard import Guard
from local.tls import Authority
from tests.benchmark import admission, calls, decoding, package, refusals
from tests.benchmark.figures import Figure, table, write


def main() -> int:
    """Measure each part, the database parts on both servers."""
    figures: list[Figure] = []
    for flavour in Flavour:
        print(f"measuring on {flavour.value} ...", flush=True)
        with Guard() as guard:
            directory = Path(tempfile.mkdtemp(prefix="hub-bench-"))
            guard.watch_directory(directory)
            server = DatabaseServer(flavour, directory / "s", Authority(directory), guard=guard)
            with server, Bundle(server, directory, guard) as bundle:
                figures += calls.measured(bundle)
                figures += admission.measured(bundle)
                if flavour is Flavour.MARIADB:
                    figures += refusals.measured(bundle)  # no statement is sent, so one server is enough
    figures += decoding.measured()
    figures += package.measured()
    write(figures, ROOT / "build" / "bench.json")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
