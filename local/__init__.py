"""The bundle on one machine: database, AWS APIs, simulator, functions and HTTP gateway, without an AWS account."""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# `python -m local ...` has to find the packages where Lambda would: the layer's, then the functions'. Not by the
# virtual environment, which the functions' own processes share: they shall find only what template.yaml gives them.
for _folder in ("functions", "layers/hub"):
    if str(_ROOT / _folder) not in sys.path:
        sys.path.insert(0, str(_ROOT / _folder))
