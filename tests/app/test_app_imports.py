"""The lock screen paints before anything heavy is loaded (design.md §8)."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("sqlmodel", "sqlalchemy", "sqlcipher3", "httpx", "cryptography", "fastapi", "pydantic", "alembic",
         "fieldapp.laptop.laptop", "fieldapp.store.engine", "fieldapp.records.kinds")  # fmt: skip

CHILD = """
import json, sys
from fieldapp.app import FieldApp
from fieldapp.screens import routes
for name in ("lock", "blank", "help"):
    routes.load(name)
print(json.dumps(sorted(sys.modules)))
"""


def test_the_app_and_its_lock_screen_import_nothing_heavy() -> None:
    ran = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    loaded = set(json.loads(ran.stdout))
    assert loaded >= {"fieldapp.app", "fieldapp.screens.lock", "textual.app"}
    assert loaded.isdisjoint(HEAVY)


def test_screens_and_widgets_never_load_the_database_or_the_network() -> None:
    child = (
        "import json, sys\nfrom fieldapp.screens import routes\nimport fieldapp.app\n"
        "for name in ('today', 'caseload', 'chart', 'sync', 'pick', 'pin'):\n    routes.load(name)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True)
    loaded = set(json.loads(ran.stdout))
    assert loaded.isdisjoint(HEAVY[:6])
    assert "fieldapp.screens.chart" in loaded
