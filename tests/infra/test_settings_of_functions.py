"""Each function is given every setting that the use cases behind it ask for."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "shared" / "python"
TEMPLATE = (ROOT / "template.yaml").read_text("utf-8")

# Settings, and for what is rendered: the layer that renders and the right to store it.
SETTINGS_OF_PORTS = {
    "documents": {"FEENOTE_DOCUMENTS_BUCKET"},
    "mail_queue": {"FEENOTE_MAIL_QUEUE_URL", "FEENOTE_BULK_MAIL_QUEUE_URL"},
    "send_queue": {"FEENOTE_SEND_QUEUE_URL"},
    "reconcile_queue": {"FEENOTE_RECONCILE_QUEUE_URL"},
    "reminder_queue": {"FEENOTE_REMINDER_QUEUE_URL"},
    "mailer": {"FEENOTE_MAIL_FROM", "FEENOTE_MAIL_CONFIGURATION_SET"},
    "public_base_url": {"FEENOTE_PUBLIC_BASE_URL"},
    "processor": {"FEENOTE_STRIPE_SECRET_ARN", "FEENOTE_STRIPE_API_BASE"},
    "webhooks": {"FEENOTE_STRIPE_SECRET_ARN"},
    "renderer": {"- !Ref PdfLayer", "WriteDocuments"},
    "livemode": {"FEENOTE_STRIPE_LIVEMODE"},
}
PARTS = ("feenote.service.", "feenote.api.")
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))


class Module:
    """What each top-level name of a module needs: names, its own and imported ones, and ports."""

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text("utf-8"))
        self.whole = tree
        self.imports = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        self.definitions: dict[str, ast.AST] = {}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.definitions[node.name] = node
            elif isinstance(node, ast.Assign):
                self.definitions.update(
                    {target.id: node for target in node.targets if isinstance(target, ast.Name)}
                )


@functools.cache
def module_at(name: str) -> Module | None:
    path = LAYER.joinpath(*name.split(".")).with_suffix(".py")
    return Module(path) if path.exists() else None


def ports_named_in(node: ast.AST) -> set[str]:
    return {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute)
        and "ports" in {getattr(part.value, "id", ""), getattr(part.value, "attr", "").lstrip("_")}
    }


def needs(module: Module, node: ast.AST) -> Iterator[tuple[Module, ast.AST]]:
    """Yield the definitions that a piece of code refers to by name."""
    for name in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}:
        if name in module.definitions:
            yield module, module.definitions[name]
        elif name in module.imports:
            other_name, original = module.imports[name]
            other = module_at(other_name)
            if other is not None and other_name.startswith(PARTS) and original in other.definitions:
                yield other, other.definitions[original]


def ports_behind(function: str) -> set[str]:
    """Return the ports that a handler reaches through the functions it names, the wiring left out."""
    app = Module(ROOT / "functions" / function / "app.py")
    waiting: list[tuple[Module, ast.AST]] = [(app, app.whole)]
    seen: set[int] = set()
    ports: set[str] = set()
    while waiting:
        module, node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            ports |= ports_named_in(node)
            waiting += needs(module, node)
    return ports


def section_of(function: str) -> str:
    return TEMPLATE.split(f"CodeUri: functions/{function}/", 1)[1].split("Type: AWS::Serverless::Function")[0]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_what_its_use_cases_ask_for(function: str) -> None:
    needed = set().union(*(SETTINGS_OF_PORTS.get(port, set()) for port in ports_behind(function)))

    missing = {name for name in needed if name not in section_of(function)}

    assert missing == set()


def test_what_is_looked_for_is_found() -> None:
    assert {"mailer", "documents", "pace"} <= ports_behind("deliver_mail")
    assert {"mail_queue", "pace"} <= ports_behind("prepare_sends")
    assert "mailer" not in ports_behind("send_bill")
