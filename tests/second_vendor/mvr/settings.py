"""MVR's own settings."""

from integration_hub.configuration_key import Key, Kind, text

TOKEN_PATH = Key(Kind.CONNECTION, "token_path", *text(200), "Path of the token endpoint", "/oauth/token")
BILLING_CODE = Key(
    Kind.CREDENTIALS, "billing_code", *text(50), "Account that MVR bills, sent with every request", "MAIN"
)
