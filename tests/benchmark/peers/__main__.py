"""`make bench-peers`."""

import sys

if __name__ == "__main__":
    # Here, because every process of a fleet imports this module and needs nothing of the comparison.
    from tests.benchmark.peers.comparison import main

    sys.exit(main())
