"""What joins things: further certificates of a listener, targets of a target group."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props


def _certificate(context: Context) -> Any:
    asked = {"ListenerArn": context.inputs["listenerArn"]}
    listed = context.call("describe_listener_certificates", asked)["Certificates"]
    found = next((c for c in listed if c["CertificateArn"] == context.inputs["certificateArn"]), None)
    return {**found, **asked} if found else None


_LISTENER = {"ListenerArn": "{listenerArn}", "Certificates": [{"CertificateArn": "{certificateArn}"}]}


def _pair(resource_id: str) -> dict[str, Any]:
    listener, _, certificate = resource_id.partition("_arn:")
    return {"listenerArn": listener, "certificateArn": f"arn:{certificate}"}


LISTENER_CERTIFICATE = Entry(
    "aws:lb/listenerCertificate:ListenerCertificate",
    service="elbv2",
    inputs=props(required="certificateArn listenerArn", replaces="certificateArn listenerArn"),
    create=Call("add_listener_certificates", _LISTENER, sends=""),
    id="{listenerArn}_{certificateArn}",
    read=(_certificate,),
    delete=(Call("remove_listener_certificates", _LISTENER),),
    import_id=_pair,
)


def _target(context: Context) -> dict[str, Any]:
    inputs = context.inputs
    members = {"targetId": "Id", "port": "Port", "availabilityZone": "AvailabilityZone"}
    target = {member: inputs[name] for name, member in members.items() if inputs.get(name) is not None}
    return {**target, **({"Port": int(target["Port"])} if "Port" in target else {})}


def _attach(context: Context) -> Any:
    arn = context.inputs["targetGroupArn"]
    context.call("register_targets", {"TargetGroupArn": arn, "Targets": [_target(context)]})
    return {}


def _attached(context: Context) -> Any:
    arn = context.inputs["targetGroupArn"]
    listed = context.call("describe_target_health", {"TargetGroupArn": arn})["TargetHealthDescriptions"]
    wanted = _target(context)
    for item in listed:
        target = item["Target"]
        if target["Id"] == wanted["Id"] and target.get("Port") == wanted.get("Port", target.get("Port")):
            # The port is told only where it was asked for: otherwise it is the target group's.
            port = {"Port": target["Port"]} if "Port" in wanted else {}
            zone = {"AvailabilityZone": context.inputs.get("availabilityZone")}
            return {"TargetGroupArn": arn, "TargetId": target["Id"], **port, **zone}
    return None


def _detach(context: Context) -> None:
    if _attached(context) is not None:
        arn = context.inputs["targetGroupArn"]
        context.call("deregister_targets", {"TargetGroupArn": arn, "Targets": [_target(context)]})


def _attachment_id(context: Context) -> str:
    return f"{context.inputs['targetGroupArn']}-{context.hash}"


def _parts(resource_id: str) -> dict[str, Any]:
    arn, target, *port = resource_id.split(",")
    return {"targetGroupArn": arn, "targetId": target, **({"port": int(port[0])} if port else {})}


TARGET_GROUP_ATTACHMENT = Entry(
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    service="elbv2",
    inputs=props(
        required="targetGroupArn targetId",
        replaces="availabilityZone port targetGroupArn targetId",
        recorded="quicServerId",
    ),
    create=_attach,
    id=_attachment_id,
    read=(_attached,),
    delete=(_detach,),
    import_id=_parts,
)

ENTRIES = (LISTENER_CERTIFICATE, TARGET_GROUP_ATTACHMENT)
