"""CloudFormation's custom resources: what it asks of a function, and where it waits for the response.

Contract: AWS CloudFormation User Guide, "Custom resource request and response reference". Without a response
CloudFormation waits for an hour.
"""

import json
from http.client import HTTPSConnection
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from integration_hub.privacy import HubModel

_RESPONSE_SECONDS = 10
_MAX_REASON = 1000  # the whole response must stay below 4 KB


class ResponseRefused(Exception):
    """CloudFormation did not take the response; the text holds the HTTP status and nothing of the address."""


class CustomResourceRequest(HubModel):
    """A request to create, update or delete the custom resource; members that are not used are ignored."""

    model_config = ConfigDict(extra="ignore")

    RequestType: Literal["Create", "Update", "Delete"]
    ResponseURL: str = Field(pattern=r"^https://[^/?#]+/")
    """Pre-signed: whoever knows it may respond, so it is not logged."""
    StackId: str
    RequestId: str
    LogicalResourceId: str
    PhysicalResourceId: str = "integration-hub-schema"


def respond(request: CustomResourceRequest, *, succeeded: bool, reason: str) -> None:
    """Send the outcome; raise ResponseRefused, or OSError where CloudFormation cannot be reached."""
    url = urlsplit(request.ResponseURL)
    response = {
        "Status": "SUCCESS" if succeeded else "FAILED",
        "Reason": reason[:_MAX_REASON],
        **request.model_dump(include={"StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId"}),
    }
    connection = HTTPSConnection(url.hostname or "", url.port, timeout=_RESPONSE_SECONDS)
    try:
        # The signature covers an empty content type.
        connection.request("PUT", f"{url.path}?{url.query}", json.dumps(response), {"Content-Type": ""})
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise ResponseRefused(f"CloudFormation refused the response (HTTP {status}).")
