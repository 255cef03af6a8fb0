from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "certificate": ("aws:acm/certificate:Certificate", {"domainName": "example.org", "validationMethod": "DNS"}),
    "late-certificate": ("aws:acm/certificate:Certificate", {"domainName": "example.net", "validationMethod": "DNS"}),
    "other-certificate": ("aws:acm/certificate:Certificate", {"domainName": "example.com", "validationMethod": "DNS"}),
}

SAMPLES = [
    Sample(
        "aws:acm/certificate:Certificate",
        {
            "domainName": "example.org",
            "subjectAlternativeNames": ["www.example.org", "*.example.org"],
            "validationMethod": "DNS",
            "keyAlgorithm": "EC_prime256v1",
            "tags": {"Name": "web"},
        },
        updated={"options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
        replaced={"domainName": "example.com", "subjectAlternativeNames": ["www.example.org"]},
        recorded=("keyAlgorithm",),
    ),
    Sample(
        "aws:acm/certificateValidation:CertificateValidation",
        {
            "certificateArn": "{certificate.arn}",
            "validationRecordFqdns": ["_d930b28be6c5927595552b219965053e.example.org"],
        },
        replaced={"certificateArn": "{other-certificate.arn}"},
        import_id="{certificate.arn}",
        stays=True,
    ),
]
