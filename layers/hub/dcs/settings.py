"""The configuration keys that only DCS has, and how its three-part login is made from them."""

from typing import Any

from integration_hub.configuration_key import Key, Kind, boolean, text
from integration_hub.vendor.authentication import BasicAuthentication

_boolean, _boolean_form = boolean()
_text, _text_form = text(100)

ACCOUNT_NUMBER = Key(
    Kind.CREDENTIALS, "account_number", _text, _text_form, "Account at the vendor, first part of the login"
)
DEPARTMENT_ID = Key(Kind.CREDENTIALS, "department_id", _text, _text_form, "TransactionInfo: who asks")
USER_ID = Key(Kind.CREDENTIALS, "user_id", _text, _text_form, "TransactionInfo: a service, not a person")
USER_NAME = Key(Kind.CREDENTIALS, "user_name", _text, _text_form, "TransactionInfo: name of that service")
SECOND_SEARCH = Key(
    Kind.CONNECTION,
    "second_search",
    _boolean,
    _boolean_form,
    "Repeat a search without an apartment that was not found; a second paid call",
    False,
)
JSON_REQUESTS = Key(
    Kind.CONNECTION,
    "json_requests",
    _boolean,
    _boolean_form,
    "Send JSON to an operation that takes it (Criminal); answers are read in either form",
    False,
)

SETTINGS: tuple[Key[Any], ...] = (SECOND_SEARCH, JSON_REQUESTS, ACCOUNT_NUMBER, DEPARTMENT_ID, USER_ID, USER_NAME)

AUTHENTICATION = BasicAuthentication(lambda settings: settings[ACCOUNT_NUMBER])
"""HTTP Basic with `account:user:password` (vendor manuals, "Authentication"; quirk D6)."""
