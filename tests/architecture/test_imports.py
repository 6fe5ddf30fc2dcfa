"""What a server holds in memory before anybody asks for it."""

import subprocess
import sys
from pathlib import Path

from headwater.app.workspace import init

LATE = ("scipy.stats", "scipy.optimize", "sklearn", "pandas", "alembic", "lance")
"""Heavy modules a server of annotators does not need before it is asked for records: they load at their first use."""


def test_a_server_loads_what_only_reports_need_when_they_need_it(tmp_path: Path) -> None:
    init(tmp_path / "workspace").close()
    code = f"""
import sys
from pathlib import Path
from headwater import server
from headwater.app.application import open_app
with open_app(Path({str(tmp_path / "workspace")!r}), run_jobs=True) as app:
    server.build(app)
    print(*[name for name in {LATE} if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_a_command_loads_neither_engine_nor_upgrades_nor_statistics_it_does_not_use(tmp_path: Path) -> None:
    init(tmp_path / "workspace").close()
    words = ["headwater", "--workspace", str(tmp_path / "workspace"), "program", "list"]
    code = f"""
import sys; sys.argv = {words}
from headwater.cli.main import main
try: main()
except SystemExit: pass
print(*[name for name in ("dbos", "alembic", "lance", "scipy", "headwater.app.jobs") if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == ""
