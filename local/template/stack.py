"""A stack: a template with its parameters, whose resources are made when they are first asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.template.documents import read_document

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"

_NO_VALUE = object()
_PLACE = re.compile(r"\$\{([^!}][^}]*)\}")
_NESTED = {"AWS::Serverless::Application": "Location", "AWS::CloudFormation::Stack": "TemplateURL"}

Attributes = Mapping[str, Any]
"""What a made resource answers: `Ref`, and its attributes by name."""
Maker = Callable[["Stack", str, dict[str, Any]], Attributes]
"""Makes one resource: the stack, the logical id, the properties with everything resolved."""


class TemplateError(Exception):
    """The template names something that does not exist, or that one machine cannot make."""


@dataclass(eq=False)
class Stack:
    """One template, its parameters and what was made from it; nested stacks are stacks of their own."""

    name: str
    path: Path
    makers: Mapping[str, Maker]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the template and settle the parameters.

        Raises:
            TemplateError: a parameter has neither a value nor a default.
        """
        self.template = read_document(self.path)
        self._made: dict[str, Attributes] = {}
        self._nested: dict[str, Stack] = {}
        self._making: set[str] = set()
        self._parameters: dict[str, Any] = {}
        for name, declared in self.template.get("Parameters", {}).items():
            if name in self.parameters:
                self._parameters[name] = self.parameters[name]
            elif "Default" in declared:
                self._parameters[name] = declared["Default"]
            else:
                raise TemplateError(f"{self.path.name}: parameter {name} has no value")

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources as written, by logical id."""
        resources: dict[str, dict[str, Any]] = self.template.get("Resources", {})
        return resources

    def exists(self, logical_id: str) -> bool:
        """Tell whether the resource is there under the conditions of the template."""
        condition = self.resources[logical_id].get("Condition")
        return condition is None or self.condition(condition)

    def make_all(self) -> None:
        """Make every resource of this stack and of those nested in it."""
        for logical_id in self.resources:
            if not self.exists(logical_id):
                continue
            if self.resources[logical_id]["Type"] in _NESTED:
                self.nested(logical_id).make_all()
            else:
                self.made(logical_id)

    def made(self, logical_id: str) -> Attributes:
        """Return the attributes of a resource, which is made the first time.

        Raises:
            TemplateError: it is not in the template, of a type that is not known here, or needs itself.
        """
        if logical_id in self._made:
            return self._made[logical_id]
        if logical_id not in self.resources:
            raise TemplateError(f"{self.path.name}: there is no resource {logical_id}")
        kind = self.resources[logical_id]["Type"]
        if kind not in self.makers:
            raise TemplateError(f"{self.path.name}: {logical_id}: one machine does not know {kind}")
        if logical_id in self._making:
            raise TemplateError(f"{self.path.name}: {logical_id} needs itself")
        self._making.add(logical_id)
        properties = self.properties(logical_id)
        self._made[logical_id] = self.makers[kind](self, logical_id, properties)
        self._making.discard(logical_id)
        return self._made[logical_id]

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Return a resource's properties with every reference resolved."""
        resolved: dict[str, Any] = self.resolve(self.resources[logical_id].get("Properties", {}))
        return resolved

    def nested(self, logical_id: str) -> Stack:
        """Return the stack that a resource nests."""
        if logical_id not in self._nested:
            properties = self.resources[logical_id]["Properties"]
            location = properties[_NESTED[self.resources[logical_id]["Type"]]]
            self._nested[logical_id] = Stack(
                name=f"{self.name}-{logical_id}",
                path=(self.path.parent / location).resolve(),
                makers=self.makers,
                parameters=self.resolve(properties.get("Parameters", {})),
            )
        return self._nested[logical_id]

    def nested_stacks(self) -> list[Stack]:
        """Return the stacks nested directly in this one."""
        return [
            self.nested(logical_id)
            for logical_id, resource in self.resources.items()
            if resource["Type"] in _NESTED and self.exists(logical_id)
        ]

    def output(self, name: str) -> Any:
        """Return the value of an output.

        Raises:
            TemplateError: there is none of that name.
        """
        try:
            return self.resolve(self.template["Outputs"][name]["Value"])
        except KeyError as error:
            raise TemplateError(f"{self.path.name}: there is no output {name}") from error

    def condition(self, name: str) -> bool:
        """Return whether a condition holds."""
        return bool(self.resolve(self.template["Conditions"][name]))

    def resolve(self, value: Any) -> Any:
        """Return `value` with each intrinsic function replaced by what it gives."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in {"Ref", "Condition"} and isinstance(argument, str):
                return self.reference(argument) if name == "Ref" else self.condition(argument)
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NO_VALUE}

    def reference(self, name: str) -> Any:
        """Return what `Ref` gives for a parameter, a pseudo parameter or a resource."""
        pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/{self.name}/local",
            "AWS::NoValue": _NO_VALUE,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._parameters:
            return self._parameters[name]
        return self.made(name)["Ref"]

    def attribute(self, logical_id: str, attribute: str) -> Any:
        """Return what `GetAtt` gives."""
        if logical_id in self.resources and self.resources[logical_id]["Type"] in _NESTED:
            return self.nested(logical_id).output(attribute.removeprefix("Outputs."))
        attributes = self.made(logical_id)
        if attribute not in attributes:
            raise TemplateError(f"{self.path.name}: {logical_id} has no attribute {attribute}")
        return attributes[attribute]

    def _function(self, name: str, argument: Any) -> Any:
        if name == "GetAtt":
            return self.attribute(argument[0], ".".join(argument[1:]))
        if name == "Sub":
            return self._substitute(argument)
        if name == "If":
            condition, when_true, when_false = argument
            return self.resolve(when_true if self.condition(condition) else when_false)
        arguments = self.resolve(argument)
        simple: dict[str, Callable[[Any], Any]] = {
            "Join": lambda given: given[0].join(map(str, given[1])),
            "Select": lambda given: given[1][int(given[0])],
            "Split": lambda given: given[1].split(given[0]),
            "Equals": lambda given: given[0] == given[1],
            "Not": lambda given: not given[0],
            "And": all,
            "Or": any,
        }
        if name not in simple:
            raise TemplateError(f"{self.path.name}: one machine does not know Fn::{name}")
        return simple[name](arguments)

    def _substitute(self, argument: str | list[Any]) -> str:
        text, names = (
            (argument, {}) if isinstance(argument, str) else (argument[0], self.resolve(argument[1]))
        )

        def value_of(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name in names:
                return str(names[name])
            if "." in name:
                return str(self.attribute(*name.split(".", 1)))
            return str(self.reference(name))

        return _PLACE.sub(value_of, text).replace("${!", "${")
