"""What a server holds in memory before anybody asks for it."""

import subprocess
import sys

LATE = ("scipy.stats", "scipy.optimize", "sklearn.linear_model", "pandas")
"""Heavy modules a server of annotators never needs: `import scipy` loads them when they are first used."""


def test_a_server_loads_what_only_reports_need_when_they_need_it() -> None:
    code = f"import sys, headwater.server; print(*[name for name in {LATE} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
