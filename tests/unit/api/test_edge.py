"""What holds for every function: nothing happens while it is imported, and versions agree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from feenote.api.webhooks import STRIPE_API_VERSION

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))

# Counts what our own code asks of the world while a function is imported.
WATCH = """
import json, os, random, secrets, socket, sys, time
sys.path[:0] = [{root!r}, {layer!r}]
import aws_lambda_powertools.event_handler, aws_lambda_powertools.utilities.batch, pydantic, jinja2
import botocore.session
asked = []

def ours():
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if "/feenote/" in name or "/functions/" in name:
            return True
        # Another module that is being imported asks for itself.
        if "site-packages" in name or "importlib" in name:
            return False
        frame = frame.f_back
    return False

def watch(module, name):
    before = getattr(module, name)
    def watched(*args, **kwargs):
        if ours():
            asked.append(f"{{module.__name__}}.{{name}}")
        return before(*args, **kwargs)
    setattr(module, name, watched)

for module, name in ((os, "getenv"), (os, "urandom"), (time, "time"), (random, "random"),
                     (secrets, "token_bytes"), (socket, "create_connection"),
                     (type(os.environ), "__getitem__")):
    watch(module, name)
import importlib
importlib.import_module("functions.{name}.app")
loaded = sorted({{"boto3", "stripe", "typst"}} & set(sys.modules))
print(json.dumps([asked, loaded]))
"""


class TestEveryFunction:
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_asks_nothing_of_the_world_while_it_is_imported(self, name: str) -> None:
        layer = str(ROOT / "layers" / "shared" / "python")
        script = WATCH.format(root=str(ROOT), layer=layer, name=name)

        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout) == [[], []]


class TestTheVersionOfStripe:
    def test_is_the_one_that_the_pinned_library_speaks(self) -> None:
        assert stripe.api_version == STRIPE_API_VERSION
