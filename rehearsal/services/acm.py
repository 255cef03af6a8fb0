"""Certificates, and the wait for them to be valid."""

import time
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.diff import same
from rehearsal.entry import Call, Do, Entry, Tags, props
from rehearsal.errors import ApiError, RehearsalError
from rehearsal.services._limits import elements
from rehearsal.shapes import from_api

_WAIT_SECONDS = 90.0
"""An emulator issues after a minute at most (moto, ``ACM_VALIDATION_WAIT``); the provider waits for 75 minutes."""

_PAUSE_SECONDS = 0.1
_LONGEST = 64
"""Characters of a common name, which the domain is (ACM user guide, "Certificate characteristics and limitations")."""
_IMPORTED = "certificateBody certificateChain privateKey"


_REQUEST = Call("request_certificate")


def _create(context: Context) -> Any:
    context.tags = context.tags_wanted
    tags = {"Tags": "{tags}"} if context.tags else None
    if context.inputs.get("privateKey"):
        return context.run(Call("import_certificate", sends=_IMPORTED), _IMPORTED.split(), params=tags)
    return context.run(_REQUEST, _requested(context), params=tags)


def _requested(context: Context) -> list[str]:
    return [name for name in context.carries(_REQUEST, creating=True) if name not in _IMPORTED.split()]


def _import_again(context: Context) -> None:
    context.run(Call("import_certificate", {"CertificateArn": "{id}"}), _IMPORTED.split())


def _keep_options(context: Context) -> None:
    """Nothing is sent: the emulator cannot change options, which the read then reports as recorded."""


def _read(context: Context) -> Any:
    found = context.call("describe_certificate", {"CertificateArn": context.id})["Certificate"]
    names = [name for name in found.get("SubjectAlternativeNames", []) if name != found["DomainName"]]
    given = elements(context.inputs.get("subjectAlternativeNames"))
    if found["DomainName"] in given:
        names = [found["DomainName"], *names]
    proofs = found.get("DomainValidationOptions", [])
    # A set, in any order: the name of the certificate first, so that nothing changes from one read to the next.
    proofs = sorted(proofs, key=lambda o: (o["DomainName"] != found["DomainName"], o["DomainName"]))
    answer = {**found, "SubjectAlternativeNames": sorted(names), "DomainValidationOptions": proofs}
    answer["ValidationMethod"] = proofs[0].get("ValidationMethod") if proofs else None
    options = context.entry.inputs["options"]
    if context.inputs.get("options") and not same(options, context.inputs["options"], from_api(found.get("Options"))):
        del answer["Options"]
    return answer


def _proofs(context: Context) -> list[dict[str, Any]]:
    return [
        {
            "domainName": option["DomainName"],
            "resourceRecordName": option["ResourceRecord"]["Name"],
            "resourceRecordType": option["ResourceRecord"]["Type"],
            "resourceRecordValue": option["ResourceRecord"]["Value"],
        }
        for option in context.answer.get("DomainValidationOptions", [])
        if option.get("ResourceRecord")
    ]


def _mails(context: Context) -> list[str]:
    options = context.answer.get("DomainValidationOptions", [])
    return [address for option in options for address in option.get("ValidationEmails", [])]


def _delete(context: Context) -> None:
    """Refuse as AWS does while a listener uses it. The emulator goes on naming listeners that are gone."""
    certificate = context.call("describe_certificate", {"CertificateArn": context.id})["Certificate"]
    users = [arn for arn in certificate.get("InUseBy", []) if _uses(context, arn)]
    if users:
        raise RehearsalError(f"acm/Certificate: {context.id} cannot be deleted while {', '.join(users)} uses it")
    context.call("delete_certificate", {"CertificateArn": context.id})


def _uses(context: Context, user: str) -> bool:
    if ":listener/" not in user:
        return True
    try:
        listed = context.call("describe_listener_certificates", {"ListenerArn": user}, service="elbv2")
    except ApiError as error:
        if error.gone:
            return False
        raise
    return any(item["CertificateArn"] == context.id for item in listed["Certificates"])


def _names(inputs: Mapping[str, Any]) -> str | None:
    domain = inputs.get("domainName")
    if isinstance(domain, str) and len(domain) > _LONGEST:
        return f"domainName must have at most {_LONGEST} characters, got {len(domain)}"
    return None


CERTIFICATE = Entry(
    "aws:acm/certificate:Certificate",
    service="acm",
    inputs=props(
        "certificateBody certificateChain options privateKey",
        replaces="certificateAuthorityArn domainName keyAlgorithm subjectAlternativeNames validationMethod"
        " validationOptions",
        computed="domainName keyAlgorithm options subjectAlternativeNames validationMethod",
        sets="subjectAlternativeNames validationOptions",
        secret="privateKey privateKeyWo",  # noqa: S106 (names of properties)
        recorded="earlyRenewalDuration keyAlgorithm privateKeyWo privateKeyWoVersion validationOptions",
        api={"certificateBody": "Certificate", "validationOptions": "DomainValidationOptions"},
        reads=dict.fromkeys(_IMPORTED.split()),
    ),
    exactly_one=("domainName privateKey",),
    conflicts=(
        "domainName certificateBody",
        "domainName certificateChain",
        "validationMethod privateKey",
        "validationMethod certificateAuthorityArn",
        "subjectAlternativeNames privateKey",
    ),
    checks=(_names,),
    create=_create,
    rehearse=lambda context: context.verify(_REQUEST, _requested(context)),
    id="CertificateArn",
    read=(_read,),
    updates=(Do(_import_again, _IMPORTED), Do(_keep_options, "options")),
    delete=(_delete,),
    outputs={
        "arn": "{id}",
        "domainValidationOptions": _proofs,
        "notAfter": "NotAfter",
        "notBefore": "NotBefore",
        "pendingRenewal": lambda _context: False,
        "renewalEligibility": "RenewalEligibility",
        "renewalSummaries": lambda context: from_api(
            [context.answer[n] for n in ("RenewalSummary",) if n in context.answer]
        ),
        "status": "Status",
        "type": "Type",
        "validationEmails": _mails,
    },
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("add_tags_to_certificate", {"CertificateArn": "{id}", "Tags": "{tags}"}),
        # The call takes tags, of which the keys are enough.
        remove=Call("remove_tags_from_certificate", {"CertificateArn": "{id}", "Tags": "{keys}"}),
        read=Call("list_tags_for_certificate", {"CertificateArn": "{id}"}),
    ),
)


def _issued(context: Context) -> Any:
    certificate = context.call("describe_certificate", {"CertificateArn": context.inputs["certificateArn"]})
    return certificate["Certificate"] if certificate["Certificate"]["Status"] == "ISSUED" else None


def _wait(context: Context) -> Any:
    """Wait until the certificate is issued, as the provider does."""
    arn = context.inputs["certificateArn"]
    certificate = context.call("describe_certificate", {"CertificateArn": arn})["Certificate"]
    if certificate["Type"] != "AMAZON_ISSUED":
        raise RehearsalError(f"acm/CertificateValidation: certificateArn must be of a requested certificate, got {arn}")
    _check_records(context, certificate)
    until = time.monotonic() + _WAIT_SECONDS
    while certificate["Status"] == "PENDING_VALIDATION" and time.monotonic() < until:
        time.sleep(_PAUSE_SECONDS)
        certificate = context.call("describe_certificate", {"CertificateArn": arn})["Certificate"]
    if certificate["Status"] != "ISSUED":
        raise RehearsalError(f"acm/CertificateValidation: {arn} is {certificate['Status']}, not ISSUED")
    return certificate


def _check_records(context: Context, certificate: Mapping[str, Any]) -> None:
    """Refuse when records are missing: the provider compares the names given with those that ACM asks for."""
    given = context.inputs.get("validationRecordFqdns")
    if given is None:
        return
    options = certificate.get("DomainValidationOptions", [])
    wanted = {option["ResourceRecord"]["Name"].rstrip(".") for option in options if "ResourceRecord" in option}
    missing = sorted(wanted - {name.rstrip(".") for name in given})
    if missing:
        raise RehearsalError(f"acm/CertificateValidation: validationRecordFqdns must name {', '.join(missing)}, too")


CERTIFICATE_VALIDATION = Entry(
    "aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    inputs=props(
        required="certificateArn",
        replaces="certificateArn validationRecordFqdns",
        sets="validationRecordFqdns",
        reads={"validationRecordFqdns": None},
    ),
    create=_wait,
    # The provider's own: when it was issued.
    id=lambda context: str(from_api(context.answer["IssuedAt"])),
    read=(_issued,),
    import_id=lambda arn: {"certificateArn": arn},
)

ENTRIES = (CERTIFICATE, CERTIFICATE_VALIDATION)
