"""Reading functions from a SAM template: a small one with every form, and our own."""

from pathlib import Path
from textwrap import dedent

import pytest

from local.intrinsics import TemplateError
from local.template import FunctionDefinition, Route, functions

ROOT = Path(__file__).parents[2]

HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: TEST}
  Port: {Type: Number, Default: 3306}
  Host: {Type: String}
Conditions:
  IsTest: !Equals [!Ref Stage, TEST]
  IsRemote: !And [!Not [!Condition IsTest], !Or [!Condition IsTest, !Equals [!Ref Host, far]]]
Globals:
  Function:
    Timeout: 35
    Layers: [!Ref Shared]
    Environment:
      Variables:
        STAGE: !Ref Stage
        PORT: !Ref Port
        LEVEL: INFO
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: shared}
  Key: {Type: AWS::KMS::Key}
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: v2}
"""

GREETER = """\
  Greeter:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${AWS::StackName}-greeter
      CodeUri: code/
      Handler: greeter.app.handler
      MemorySize: 512
      ReservedConcurrentExecutions: 2
      Policies: [{Statement: {Resource: !GetAtt Unheard.Of}}]
      Environment:
        Variables:
          LEVEL: DEBUG
          HOST: !Sub "${Host}:${Port}/${!kept}/${Extra}"
          KEY: !GetAtt Key.Arn
          KIND: !If [IsTest, trial, !Ref Unheard]
          REMOTE: !If [IsRemote, far, near]
          NOTHING: !If [IsRemote, some, !Ref AWS::NoValue]
          LIST: !Join [",", [a, !Ref Stage, 3]]
          MAPPED: !Sub ["${Greeting} ${AWS::Region}", {Greeting: !Ref Stage}]
          SWITCH: true
      Events:
        Greet:
          Type: Api
          Properties: {RestApiId: !Ref Api, Path: "/greet/{name}", Method: post}
        Nightly:
          Type: Schedule
          Properties: {Schedule: rate(1 day)}
"""


def read(directory: Path, text: str, **values: str) -> dict[str, FunctionDefinition]:
    """Write a template with the folders that it names, and read it."""
    for name in ("code", "shared"):
        (directory / name).mkdir(exist_ok=True)
    (directory / "template.yaml").write_text(text, encoding="utf-8")
    return functions(directory / "template.yaml", values)


def function(properties: str) -> str:
    """Return a template with one function of these properties."""
    head = "  Small:\n    Type: AWS::Serverless::Function\n    Properties:\n"
    return HEAD + head + "".join(f"      {line}\n" for line in dedent(properties).strip().splitlines())


def test_a_function_is_read_with_everything_resolved(tmp_path: Path) -> None:
    """Globals and own properties merge, functions resolve, and what only AWS knows is not looked at."""
    text = HEAD + GREETER.replace("${Extra}", "${Key.Arn}")
    values = {"Host": "near", "Key.Arn": "arn:key"}
    assert read(tmp_path, text, **values) == {
        "Greeter": FunctionDefinition(
            logical_id="Greeter",
            name="dcs-hub-local-greeter",
            handler="greeter.app.handler",
            code=tmp_path / "code",
            layers=(tmp_path / "shared",),
            timeout_seconds=35,
            memory_mb=512,
            concurrency=2,
            environment={
                "STAGE": "TEST",
                "PORT": "3306",
                "LEVEL": "DEBUG",
                "HOST": "near:3306/${kept}/arn:key",
                "KEY": "arn:key",
                "KIND": "trial",
                "REMOTE": "near",
                "LIST": "a,TEST,3",
                "MAPPED": "TEST us-east-1",
                "SWITCH": "true",
            },
            routes=(Route("POST", "/greet/{name}", "v2"),),
        )
    }


def test_given_values_win_over_defaults_and_decide_conditions(tmp_path: Path) -> None:
    """A parameter that is given replaces its Default, also where a condition asks for it."""
    text = HEAD + GREETER.replace("${Extra}", "").replace("!Ref Unheard", "!Ref Host")
    read_function = read(tmp_path, text, **{"Host": "far", "Stage": "LIVE", "Key.Arn": "arn:key"})["Greeter"]
    environment = read_function.environment
    assert (environment["STAGE"], environment["KIND"], environment["REMOTE"]) == ("LIVE", "far", "far")
    assert environment["NOTHING"] == "some"


def test_what_is_not_said_has_the_default_of_sam_and_lambda(tmp_path: Path) -> None:
    """Without own values the function is named by its logical id, has 128 MB, no route, and ten at once."""
    read_function = read(tmp_path, function("{CodeUri: code, Handler: a.b}"))["Small"]
    assert (read_function.name, read_function.memory_mb) == ("Small", 128)
    assert (read_function.concurrency, read_function.routes) == (10, ())


def test_a_built_layer_is_imported_from_its_python_folder(tmp_path: Path) -> None:
    """After a build the packages lie under python/, and that is what Python imports from."""
    (tmp_path / "shared" / "python").mkdir(parents=True)
    read_function = read(tmp_path, function("{CodeUri: code, Handler: a.b}"))["Small"]
    assert read_function.layers == (tmp_path / "shared" / "python",)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ("{CodeUri: code, Handler: !Ref Host}", "Small.Handler refers to Host, which has no value"),
        ("{CodeUri: code, Handler: !Sub '${Key.Arn}'}", "Small.Handler refers to Key.Arn, which has no value"),
        (
            "{CodeUri: code, Handler: a.b, Environment: {Variables: {ONE: !GetAtt Key.Arn}}}",
            "Small.Environment.ONE refers to Key.Arn",
        ),
        ("{CodeUri: code, Handler: !Select [0, [a]]}", "Small.Handler uses Fn::Select"),
        ("{CodeUri: code, Handler: !If [Never, a, b]}", "Small.Handler has a condition that is not known"),
        ("{CodeUri: code}", "Small has no Handler"),
        ("{CodeUri: elsewhere, Handler: a.b}", "Small.CodeUri is elsewhere, which is no directory"),
        ("{CodeUri: code, Handler: a.b, Layers: [arn:x]}", "Small.Layers names a layer"),
    ],
)
def test_what_cannot_be_resolved_is_named(tmp_path: Path, properties: str, said: str) -> None:
    """A reference without a value stops the reading with a sentence that names the place and the reference."""
    with pytest.raises(TemplateError, match=said.replace("$", r"\$")):
        read(tmp_path, function(properties))


@pytest.mark.parametrize("text", ["Resources: [", "- 1", "Transform: x"])
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, text: str) -> None:
    """Broken YAML and YAML without Resources are template errors, not tracebacks of a parser."""
    with pytest.raises(TemplateError, match=r"template\.yaml"):
        read(tmp_path, text)


def test_our_own_functions_all_resolve() -> None:
    """With a value for each parameter that has no default, every function of the bundle can be run here."""
    values = {
        "DatabaseHost": "127.0.0.1",
        "DatabaseName": "hub",
        "DatabaseSecretArn": "arn:handlers",
        "OperatorSecretArn": "arn:operators",
        "MigrationSecretArn": "arn:migrations",
        "CredentialKey.Arn": "arn:key",
    }
    ours = functions(ROOT / "template.yaml", values)
    assert {"DriverFunction", "MigrationsFunction"} <= ours.keys()
    assert ours["MigrationsFunction"].environment["DATABASE_SECRET_ARN"] == "arn:migrations"
    assert Route("POST", "/api/v1/dcs/drivers", "v1") in ours["DriverFunction"].routes
    for definition in ours.values():
        module, _, _ = definition.handler.rpartition(".")
        assert (definition.code / (module.replace(".", "/") + ".py")).is_file()
        assert all((layer / "integration_hub").is_dir() for layer in definition.layers)
