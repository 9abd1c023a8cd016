"""Certificates for the servers on this machine: one private authority per run, trusted by nobody else."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The files that a server on loopback needs."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority whose files live in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._authority = trustme.CA()
        self.ca_file = directory / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca_file))

    def issue(self, name: str) -> ServerCertificate:
        """Issue a certificate for localhost and 127.0.0.1; `name` only names the files."""
        issued = self._authority.issue_cert("localhost", "127.0.0.1")
        certificate, key = self._directory / f"{name}.pem", self._directory / f"{name}.key"
        for blob in issued.cert_chain_pems:
            blob.write_to_path(str(certificate), append=certificate.exists())
        issued.private_key_pem.write_to_path(str(key))
        key.chmod(0o600)
        return ServerCertificate(certificate, key)
