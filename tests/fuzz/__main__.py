"""`make fuzz`: every operation of the API with generated values, against a server on an embedded database."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.fuzz import environment, fuzz, serving

EXAMPLES = 50


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="purveyor-fuzz-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with serving(folder, environment(folder)) as (url, key):
            outcome = fuzz(url, key, folder, examples=EXAMPLES)
    sys.stdout.write(f"{outcome.report}\n{outcome.cases} cases; failures: {outcome.failures or 'none'}\n")
    return outcome.status


sys.exit(main())
