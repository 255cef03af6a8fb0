"""Listeners."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.services._limits import outside
from rehearsal.values import is_unknown

from ._actions import actions_from_api, actions_to_api, wrong_actions
from ._attributes import HIGHEST_PORT, TAGS, found, modify, options

_SECURE = ("HTTPS", "TLS")
_POLICY = re.compile(
    r"ELBSecurityPolicy-(?:TLS13-1-(?:[013]|2(?:-(?:Res|Ext[0-2]))?)-(?:2021-06|FIPS-2023-04|(?:FIPS-)?PQ-2025-09)"
    r"|2016-08|2015-05|TLS-1-0-2015-04|TLS-1-1-2017-01|TLS-1-2-2017-01|TLS-1-2-Ext-2018-06"
    r"|FS-2018-06|FS-1-1-2019-08|FS-1-2-2019-08|FS-1-2-Res-2019-08|FS-1-2-Res-2020-10)"
)
"""Elastic Load Balancing user guide, "Security policies for your Application Load Balancer"."""

_MTLS = "routing.http.request.x_amzn_mtls_clientcert"
_ALLOW = "routing.http.response.access_control_allow"
_ATTRIBUTES = {
    "routingHttpRequestXAmznMtlsClientcertHeaderName": f"{_MTLS}.header_name",
    "routingHttpRequestXAmznMtlsClientcertIssuerHeaderName": f"{_MTLS}_issuer.header_name",
    "routingHttpRequestXAmznMtlsClientcertLeafHeaderName": f"{_MTLS}_leaf.header_name",
    "routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName": f"{_MTLS}_serial_number.header_name",
    "routingHttpRequestXAmznMtlsClientcertSubjectHeaderName": f"{_MTLS}_subject.header_name",
    "routingHttpRequestXAmznMtlsClientcertValidityHeaderName": f"{_MTLS}_validity.header_name",
    "routingHttpRequestXAmznTlsCipherSuiteHeaderName": "routing.http.request.x_amzn_tls_cipher_suite.header_name",
    "routingHttpRequestXAmznTlsVersionHeaderName": "routing.http.request.x_amzn_tls_version.header_name",
    "routingHttpResponseAccessControlAllowCredentialsHeaderValue": f"{_ALLOW}_credentials.header_value",
    "routingHttpResponseAccessControlAllowHeadersHeaderValue": f"{_ALLOW}_headers.header_value",
    "routingHttpResponseAccessControlAllowMethodsHeaderValue": f"{_ALLOW}_methods.header_value",
    "routingHttpResponseAccessControlAllowOriginHeaderValue": f"{_ALLOW}_origin.header_value",
    "routingHttpResponseAccessControlExposeHeadersHeaderValue": "routing.http.response.access_control_expose_headers"
    ".header_value",
    "routingHttpResponseAccessControlMaxAgeHeaderValue": "routing.http.response.access_control_max_age.header_value",
    "routingHttpResponseContentSecurityPolicyHeaderValue": "routing.http.response.content_security_policy.header_value",
    "routingHttpResponseServerEnabled": "routing.http.response.server.enabled",
    "routingHttpResponseStrictTransportSecurityHeaderValue": "routing.http.response.strict_transport_security"
    ".header_value",
    "routingHttpResponseXContentTypeOptionsHeaderValue": "routing.http.response.x_content_type_options.header_value",
    "routingHttpResponseXFrameOptionsHeaderValue": "routing.http.response.x_frame_options.header_value",
    "tcpIdleTimeoutSeconds": "tcp.idle_timeout.seconds",
}


def _set_attributes(context: Context) -> None:
    names = set(context.changed) if context.old else set(context.inputs)
    modify(context, "modify_listener_attributes", "ListenerArn", _ATTRIBUTES, names=names)


def _update(context: Context) -> None:
    """Modify, and add again the further certificates, which the emulator drops with the old one."""
    listed = context.call("describe_listener_certificates", {"ListenerArn": context.id})["Certificates"]
    further = [{"CertificateArn": item["CertificateArn"]} for item in listed if not item["IsDefault"]]
    call = Call("modify_listener", {"ListenerArn": "{id}"})
    names = {name for name in context.carries(call) if name in context.changed}
    if "protocol" in names:  # a listener that becomes secure needs these in the same call
        names |= {"certificateArn", "sslPolicy"} & set(context.inputs)
    context.run(call, sorted(names))
    if further and "certificateArn" in names:
        context.call("add_listener_certificates", {"ListenerArn": context.id, "Certificates": further})


def _read(context: Context) -> Any:
    listener = context.call("describe_listeners", {"ListenerArns": [context.id]})["Listeners"][0]
    if listener.get("Protocol") not in _SECURE:
        listener.pop("SslPolicy", None)  # the emulator gives every listener one
    listed = context.call("describe_listener_attributes", {"ListenerArn": context.id})["Attributes"]
    told = found(_ATTRIBUTES, listed)
    if listener.get("Protocol") != "TCP":
        told.pop("tcpIdleTimeoutSeconds", None)
    if listener.get("Protocol") in ("HTTP", "HTTPS"):
        told.setdefault("routingHttpResponseServerEnabled", True)  # as AWS lists it before anybody sets it
    return {**listener, **told}


def _secure(inputs: Mapping[str, Any]) -> str | None:
    protocol, policy = inputs.get("protocol"), inputs.get("sslPolicy")
    if is_unknown(protocol):
        return None
    if protocol in _SECURE and not inputs.get("certificateArn"):
        return f"certificateArn must be given for protocol {protocol}, got none"
    for name in ("certificateArn", "sslPolicy"):
        if protocol is not None and protocol not in _SECURE and inputs.get(name):
            return f"{name} must not be given for protocol {protocol}"
    if policy is not None and not is_unknown(policy) and not _POLICY.fullmatch(policy):
        return f"sslPolicy must be one of AWS's, such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, got {policy!r}"
    return None


def _port(inputs: Mapping[str, Any]) -> str | None:
    return outside("port", inputs.get("port"), (1, HIGHEST_PORT))


def _free(context: Context) -> str | None:
    """Refuse a port that has a listener already."""
    asked = {"LoadBalancerArn": context.inputs["loadBalancerArn"]}
    for listener in context.call("describe_listeners", asked)["Listeners"]:
        if listener["ListenerArn"] != context.id and listener.get("Port") == context.inputs.get("port"):
            return (
                f"port must be free, got {context.inputs.get('port')}, which another listener of the load balancer has"
            )
    return None


def _issued(context: Context) -> str | None:
    """AWS takes valid certificates only; the emulator takes those that are still to be validated."""
    arn = context.inputs.get("certificateArn") or ""
    if ":acm:" not in arn or (context.old and "certificateArn" not in context.changed):
        return None
    client = context.emulator.client("acm", arn.split(":")[3])
    try:
        status = client.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]
    except client.exceptions.ResourceNotFoundException:
        return f"certificateArn must be of a certificate that is there, got {arn}"
    return None if status == "ISSUED" else f"certificateArn must be of a valid certificate, got one that is {status}"


LISTENER = Entry(
    "aws:lb/listener:Listener",
    service="elbv2",
    inputs=props(
        f"{options(_ATTRIBUTES)} certificateArn port",
        required="defaultActions loadBalancerArn",
        replaces="loadBalancerArn",
        computed=f"{options(_ATTRIBUTES)} mutualAuthentication protocol sslPolicy",
        # A trust store cannot be made in the emulator, either.
        recorded="mutualAuthentication",
        api={"certificateArn": "Certificates", "alpnPolicy": "AlpnPolicy"},
        reads={"certificateArn": "Certificates.0.CertificateArn", "alpnPolicy": "AlpnPolicy.0"},
        to_api={"certificateArn": lambda arn: [{"CertificateArn": arn}], "defaultActions": actions_to_api},
        from_api={"defaultActions": actions_from_api},
    ),
    checks=(_secure, _port, lambda inputs: wrong_actions("defaultActions", inputs.get("defaultActions"))),
    guards=(_free, _issued),
    create=Call("create_listener"),
    id="Listeners.0.ListenerArn",
    read=(_read,),
    updates=(
        Do(_update, "alpnPolicy certificateArn defaultActions port protocol sslPolicy"),
        Do(_set_attributes, options(_ATTRIBUTES), on_create=True),
    ),
    delete=(Call("delete_listener", {"ListenerArn": "{id}"}),),
    outputs={"arn": "{id}"},
    tags=TAGS,
)

ENTRIES = (LISTENER,)
