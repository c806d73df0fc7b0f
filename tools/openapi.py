"""Write docs/openapi.json from the code; with --check, fail when it is stale."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "openapi.json"
FUNCTIONS = ("client_records", "send_bill", "send_balance", "plan_reminders")
"""The functions that serve the JSON API."""


def made_from_code() -> str:
    """Return the document as the code says it."""
    sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "shared" / "python")]
    from feenote.api.openapi import document  # noqa: PLC0415 - found by the line above

    apps = [importlib.import_module(f"functions.{name}.app") for name in FUNCTIONS]
    endpoints = [endpoint for app in apps for endpoint in app.api.endpoints]
    return json.dumps(document(endpoints), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the stored document is stale")
    asked = parser.parse_args()
    text = made_from_code()
    if not asked.check:
        DOCUMENT.write_text(text, encoding="utf-8")
        print(f"wrote {DOCUMENT.relative_to(ROOT)}")
        return 0
    stored = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    if stored == text:
        return 0
    print("docs/openapi.json is stale: run tools/openapi.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
