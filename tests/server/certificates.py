"""An authority and a server's certificate, as RDS has them."""

import datetime as dt
import ipaddress
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_YEAR = dt.timedelta(days=365)


class Certificates(NamedTuple):
    """Files."""

    authority: Path
    certificate: Path
    key: Path

    def copied_to(self, home: Path) -> "Certificates":
        """Return copies that the server may read: the key is for its user only."""
        copies = [home / path.name for path in self]
        for path, copy in zip(self, copies, strict=True):
            shutil.copy(path, copy)
            if os.geteuid() == 0:
                shutil.chown(copy, "nobody", "nogroup")
        return Certificates(*copies)


def made_in(folder: Path) -> Certificates:
    """Make an authority, and a certificate of it for 127.0.0.1."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of a test")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)

    def builder(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _YEAR)
            .not_valid_after(now + _YEAR)
        )

    root = (
        builder(root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf = builder(name, key.public_key()).add_extension(addresses, critical=False).sign(root_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    files = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    files.authority.write_bytes(root.public_bytes(pem))
    files.certificate.write_bytes(leaf.public_bytes(pem))
    files.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files
