"""Reads a CloudFormation document: YAML with its short forms (`!Ref`, `!GetAtt`, `!Sub`, …)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class _CloudFormationLoader(yaml.SafeLoader):
    """Turns each short form into the long one, so that there is only one to resolve."""


# Versions of policies and of the template are dates to YAML, and strings to CloudFormation.
_CloudFormationLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _long_form(loader: _CloudFormationLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        raise TypeError(f"!{suffix} stands on {type(node).__name__}")
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_CloudFormationLoader.add_multi_constructor("!", _long_form)


def read_document(path: Path) -> dict[str, Any]:
    """Return the document at `path`, its short forms written out.

    Raises:
        TypeError: it is no mapping.
    """
    # The loader is a SafeLoader with constructors for tags only.
    document = yaml.load(path.read_text("utf-8"), Loader=_CloudFormationLoader)  # noqa: S506
    if not isinstance(document, dict):
        raise TypeError(f"{path.name} is not a CloudFormation document")
    return document
