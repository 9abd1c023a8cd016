"""Migrations: bring the database to the schema that this version needs.

CloudFormation invokes this at every deployment (custom resource `Migrations` in template.yaml), before the other
functions change; a failure fails the deployment. A person may invoke it with `{"dry_run": true}` to see what would
be done. The work is integration_hub.db.migrate; the statements are in sql/.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from integration_hub import wiring
from integration_hub.db.migrate import MigrationError, migrate
from integration_hub.entrypoint import Context, Event, observed
from integration_hub.errors import DatabaseUnavailable
from integration_hub.observability import defect, logger

SQL = Path(__file__).parent / "sql"
_ANSWER_SECONDS = 10


@observed
def handler(event: Event, context: Context) -> dict[str, Any]:
    """Apply what is pending and return the report; answer CloudFormation where it asked."""
    if "ResponseURL" not in event:
        return _migrated(dry_run=event.get("dry_run") is True)
    try:
        # Deleting the stack must not touch the carrier's tables, so there is nothing to do then.
        report = {} if event["RequestType"] == "Delete" else _migrated(dry_run=False)
        _tell_cloudformation(event, context, "SUCCESS", f"{report.get('applied', 0)} steps applied")
    except (MigrationError, DatabaseUnavailable) as error:
        logger.error("migration failed", reason=str(error))
        _tell_cloudformation(event, context, "FAILED", str(error))
        return {"failed": str(error)}
    except BaseException as error:
        # Without an answer CloudFormation would wait for an hour.
        defect(error)
        _tell_cloudformation(event, context, "FAILED", f"The migration failed ({type(error).__name__}); see its log.")
        raise
    return report


def _migrated(*, dry_run: bool) -> dict[str, Any]:
    with wiring.migration_connection() as connection:
        report = migrate(
            connection, SQL, dry_run=dry_run, report=lambda step: logger.info("migration step", **step.as_json())
        )
    return report.as_json()


def _tell_cloudformation(event: Mapping[str, Any], context: Context, status: str, reason: str) -> None:
    answer = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": event.get("PhysicalResourceId", "integration-hub-schema"),
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # The address is pre-signed for exactly this answer; a content type would break its signature.
    told = requests.put(
        event["ResponseURL"], data=json.dumps(answer), headers={"Content-Type": ""}, timeout=_ANSWER_SECONDS
    )
    told.raise_for_status()
    logger.info("told CloudFormation", status=status, function_request_id=context.aws_request_id)
