"""Criminal: criminal records by last name, first name and birth date (vendor manual, Criminal 1.0).

The source has no other key, so every record is a possible match. A person is "clear" only where the response states it
for that person and contains nothing that contradicts it.

    request    CriminalRequest and its XML or JSON
    profile    the profiles of the response, compared with a person of the request
    response   CriminalResult
"""

from dcs.criminal.request import CriminalRequest, encode
from dcs.criminal.response import CriminalResult, decode
from dcs.responses import parse_response
from dcs.settings import AUTHENTICATION, SETTINGS
from integration_hub.vendor.contract import Integration, Operation

__all__ = ["CRIMINAL", "CRIMINAL_SEARCH", "CriminalRequest", "CriminalResult"]

CRIMINAL_SEARCH = Operation(
    name="Criminal",
    setting_name="criminal",
    request=CriminalRequest,
    result=CriminalResult,
    encode=encode,
    parse_response=parse_response("CriminalResponse"),
    decode=decode,
)

CRIMINAL = Integration(
    type_code="DCS_CRIMINAL_API",
    vendor="DCS",
    fallback="MANUAL_REVIEW_REQUIRED",
    operations=(CRIMINAL_SEARCH,),
    authentication=AUTHENTICATION,
    settings=SETTINGS,
)
