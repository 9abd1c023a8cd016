"""The simulator's certificate, from a certificate authority made for one run."""

import ssl
from pathlib import Path

import trustme


def server_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a context with a certificate for localhost and 127.0.0.1; write its authority to `ca_file`, if given."""
    authority = trustme.CA()
    if ca_file:
        authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context
