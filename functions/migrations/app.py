"""Migrations: bring the database to the schema that this version needs.

CloudFormation invokes this at every deployment (custom resource `Migrations` in template.yaml), before the other
functions change; a failure fails the deployment. An operator invokes it with `{"action": "dry-run"}` to see the
pending steps, or with `{"action": "migrate"}` to apply them. Any other event is refused and changes nothing. The work
is in integration_hub.db.migrate; the statements are in sql/.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from integration_hub import wiring
from integration_hub.db.migrate import MigrationError, migrate
from integration_hub.errors import DatabaseUnavailable, FieldProblem, RequestInvalid
from integration_hub.handler.decorators import error_boundary, instrumented
from integration_hub.handler.event import Context, Event, expect_object
from integration_hub.handler.validation import parse_document
from integration_hub.observability import logger
from integration_hub.privacy import HubModel
from migrations.cloudformation import CustomResourceRequest, respond

SQL = Path(__file__).parent / "sql"


class MigrationRequest(HubModel):
    """A run that an operator asks for."""

    action: Literal["migrate", "dry-run"]


@instrumented
@error_boundary(passed_on=(MigrationError,))
def handler(event: Event, _context: Context) -> Mapping[str, Any]:
    """Apply what is pending, or show it in a dry run, and return the report; respond to CloudFormation."""
    members = expect_object(event)
    if "ResponseURL" in members:
        return _deploy(parse_document(CustomResourceRequest, event))
    if "action" not in members:
        message = "must be migrate or dry-run; a request of CloudFormation has a ResponseURL instead"
        raise RequestInvalid("The event asks for no migration.", fields=[FieldProblem("action", message)])
    return _run(dry_run=parse_document(MigrationRequest, event).action == "dry-run")


def _deploy(request: CustomResourceRequest) -> Mapping[str, Any]:
    try:
        # Deleting the stack must not change the carrier's tables.
        report = {} if request.RequestType == "Delete" else _run(dry_run=False)
    except (MigrationError, DatabaseUnavailable) as error:
        logger.error("migration failed", reason=str(error))
        _respond(request, succeeded=False, reason=str(error))
        return {"failed": str(error)}
    except Exception as error:
        _respond(request, succeeded=False, reason=f"The migration failed ({type(error).__name__}); see its log.")
        raise
    _respond(request, succeeded=True, reason=f"{report.get('applied', 0)} steps applied")
    return report


def _run(*, dry_run: bool) -> Mapping[str, Any]:
    with wiring.migration_connection() as connection:
        report = migrate(
            connection, SQL, dry_run=dry_run, report=lambda step: logger.info("migration step", **step.as_json())
        )
    return report.as_json()


def _respond(request: CustomResourceRequest, *, succeeded: bool, reason: str) -> None:
    respond(request, succeeded=succeeded, reason=reason)
    logger.info("responded to CloudFormation", succeeded=succeeded)
