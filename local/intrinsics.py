"""CloudFormation's YAML and its functions (!Ref, !Sub, ...), as far as our template needs them.

A function is read as CloudFormation's long form, `{"Ref": "DatabaseHost"}`, and resolved only where its value is
wanted, so that a policy may refer to what does not exist on this machine.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from local import account

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": account.ACCOUNT_ID,
    "AWS::Partition": account.PARTITION,
    "AWS::Region": account.REGION,
    "AWS::StackName": account.STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")
_NO_VALUE = object()


class TemplateError(Exception):
    """The template cannot be used as it stands; the text says where and why."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _tag(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # the third kind of node
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _tag)


def load(path: Path) -> dict[str, Any]:
    """Read a template file; raise TemplateError where it is not YAML or not a template."""
    try:
        # The loader is a SafeLoader.
        template = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise TemplateError(f"{path.name} is not readable YAML: {error}") from None
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise TemplateError(f"{path.name} has no Resources")
    return template


def text(value: Any) -> str:
    """Write a value as CloudFormation passes it on: always a string."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Resolver:
    """Finds the value of what a template says.

    `values` stands for what is chosen or created at deployment: by parameter name ("DatabaseHost"), resource
    ("CredentialKey") or attribute ("CredentialKey.Arn"). Parameters fall back to their Default.
    """

    def __init__(self, template: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self._conditions: Mapping[str, Any] = template.get("Conditions", {})
        defaults = {name: p["Default"] for name, p in template.get("Parameters", {}).items() if "Default" in p}
        self._known = {name: text(value) for name, value in {**_PSEUDO_PARAMETERS, **defaults, **values}.items()}

    def resolve(self, value: Any, where: str) -> Any:
        """Return the value with every function in it resolved; raise TemplateError naming what has no value."""
        match value:
            case {"Ref": str(name)} if len(value) == 1:
                return _NO_VALUE if name == "AWS::NoValue" else self._lookup(name, where)
            case dict() if len(value) == 1 and (name := next(iter(value))).startswith("Fn::"):
                return self._call(name, value[name], where)
            case dict():
                resolved = {key: self.resolve(item, f"{where}.{key}") for key, item in value.items()}
                return {key: item for key, item in resolved.items() if item is not _NO_VALUE}
            case list():
                items = [self.resolve(item, f"{where}[{index}]") for index, item in enumerate(value)]
                return [item for item in items if item is not _NO_VALUE]
            case _:
                return value

    def _lookup(self, name: str, where: str) -> str:
        try:
            return self._known[name]
        except KeyError:
            raise TemplateError(f"{where} refers to {name}, which has no value on this machine") from None

    def _call(self, name: str, argument: Any, where: str) -> Any:
        functions: dict[str, Callable[[Any, str], Any]] = {
            "Fn::GetAtt": self._get_attribute,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Sub": self._substitute,
        }
        if name not in functions:
            raise TemplateError(f"{where} uses {name}, which is not supported on this machine")
        return functions[name](argument, where)

    def _get_attribute(self, argument: Any, where: str) -> str:
        return self._lookup(argument if isinstance(argument, str) else ".".join(argument), where)

    def _if(self, argument: Any, where: str) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self._holds({"Condition": condition}, where) else otherwise, where)

    def _join(self, argument: Any, where: str) -> str:
        delimiter, items = argument
        return str(delimiter).join(text(item) for item in self.resolve(items, where))

    def _substitute(self, argument: Any, where: str) -> str:
        template, given = (argument, {}) if isinstance(argument, str) else argument

        def value(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            return text(self.resolve(given[name], where)) if name in given else self._lookup(name.strip(), where)

        return _PLACEHOLDER.sub(value, template)

    def _holds(self, condition: Any, where: str) -> bool:
        match condition:
            case {"Condition": str(name)} if name in self._conditions:
                return self._holds(self._conditions[name], f"Conditions.{name}")
            case {"Fn::Equals": [left, right]}:
                return text(self.resolve(left, where)) == text(self.resolve(right, where))
            case {"Fn::Not": [one]}:
                return not self._holds(one, where)
            case {"Fn::And": list(all_of)}:
                return all(self._holds(one, where) for one in all_of)
            case {"Fn::Or": list(any_of)}:
                return any(self._holds(one, where) for one in any_of)
            case _:
                raise TemplateError(f"{where} has a condition that is not known: {condition}")
