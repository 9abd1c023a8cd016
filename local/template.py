"""The Lambda functions as template.yaml declares them: what AWS would run, read for this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.intrinsics import Resolver, TemplateError, load, text

_FUNCTION = "AWS::Serverless::Function"
# What SAM and Lambda take where the template says nothing.
_DEFAULTS = {"Timeout": 3, "MemorySize": 128}
_DEFAULT_STAGE = "Prod"
# Locally every function gets a share of its own, small enough for one machine; Lambda's is 1,000 for all together.
_CONCURRENCY = 10


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path of the REST API. `path` may hold `{name}` and, at its end, `{name+}`."""

    method: str
    """Upper case; ANY stands for every method."""
    path: str
    stage: str


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """One function with everything resolved."""

    logical_id: str
    name: str
    handler: str
    code: Path
    """What Lambda unpacks to /var/task."""
    layers: tuple[Path, ...]
    """The roots that Python imports from, one per layer."""
    timeout_seconds: int
    memory_mb: int
    concurrency: int
    """How many invocations may run at once (ReservedConcurrentExecutions)."""
    environment: Mapping[str, str]
    routes: tuple[Route, ...]


def functions(template_path: Path, values: Mapping[str, str]) -> dict[str, FunctionDefinition]:
    """Return all functions of a template by logical id.

    `values` gives what a deployment would: parameters ("DatabaseHost") and resources ("CredentialKey.Arn").
    Raises TemplateError that names the place and the reference without a value.
    """
    template = load(template_path)
    resources: dict[str, dict[str, Any]] = template["Resources"]
    reader = _Reader(template_path.parent, template, Resolver(template, values))
    return {name: reader.function(name) for name, it in resources.items() if it.get("Type") == _FUNCTION}


class _Reader:
    def __init__(self, root: Path, template: Mapping[str, Any], resolver: Resolver) -> None:
        self._root = root
        self._globals: Mapping[str, Any] = template.get("Globals", {}).get("Function", {})
        self._resources: Mapping[str, Any] = template["Resources"]
        self._resolve = resolver.resolve

    def function(self, logical_id: str) -> FunctionDefinition:
        own: Mapping[str, Any] = self._resources[logical_id].get("Properties", {})
        properties = _DEFAULTS | dict(self._globals) | dict(own)

        def value(key: str) -> Any:
            if key not in properties:
                raise TemplateError(f"{logical_id} has no {key}")
            return self._resolve(properties[key], f"{logical_id}.{key}")

        layers = [*self._globals.get("Layers", []), *own.get("Layers", [])]
        return FunctionDefinition(
            logical_id=logical_id,
            name=value("FunctionName") if "FunctionName" in properties else logical_id,
            handler=value("Handler"),
            code=self._directory(value("CodeUri"), f"{logical_id}.CodeUri"),
            layers=tuple(self._layer(layer, f"{logical_id}.Layers") for layer in layers),
            timeout_seconds=int(value("Timeout")),
            memory_mb=int(value("MemorySize")),
            concurrency=int(value("ReservedConcurrentExecutions"))
            if "ReservedConcurrentExecutions" in properties
            else _CONCURRENCY,
            environment=self._environment(own, logical_id),
            routes=tuple(self._routes(own, logical_id)),
        )

    def _environment(self, own: Mapping[str, Any], logical_id: str) -> dict[str, str]:
        variables: dict[str, Any] = {}
        for level in (self._globals, own):
            variables |= level.get("Environment", {}).get("Variables", {})
        resolved = self._resolve(variables, f"{logical_id}.Environment")
        return {name: text(value) for name, value in resolved.items()}

    def _layer(self, layer: Any, where: str) -> Path:
        match layer:
            case {"Ref": str(name)} if name in self._resources:
                content = self._resolve(self._resources[name]["Properties"]["ContentUri"], f"{name}.ContentUri")
            case _:
                raise TemplateError(f"{where} names a layer that is not a resource of the template")
        directory = self._directory(content, f"{name}.ContentUri")
        # A built layer holds its packages under python/, as Lambda wants it; in the source tree they lie in the open.
        return directory / "python" if (directory / "python").is_dir() else directory

    def _directory(self, relative: str, where: str) -> Path:
        directory = (self._root / relative).resolve()
        if not directory.is_dir():
            raise TemplateError(f"{where} is {relative}, which is no directory")
        return directory

    def _routes(self, own: Mapping[str, Any], logical_id: str) -> list[Route]:
        routes = []
        for name, event in own.get("Events", {}).items():
            if event["Type"] == "Api":
                where = f"{logical_id}.Events.{name}"
                wanted = {key: event["Properties"].get(key) for key in ("Method", "Path")}
                properties = self._resolve(wanted, where)
                stage = self._stage(event["Properties"].get("RestApiId"), where)
                routes.append(Route(properties["Method"].upper(), properties["Path"], stage))
        return routes

    def _stage(self, api: Any, where: str) -> str:
        match api:
            case {"Ref": str(name)} if name in self._resources:
                return text(self._resolve(self._resources[name]["Properties"]["StageName"], f"{name}.StageName"))
            case None:
                return _DEFAULT_STAGE
            case _:
                raise TemplateError(f"{where}.RestApiId names an API that is not a resource of the template")
