"""Load balancers: where they listen, what for, and which servers are healthy behind them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.recorder import Registered

from .scene import Row, Scene, Section, listed


def sections(scene: Scene) -> Iterator[Section]:
    """One for every load balancer."""
    for balancer in scene.all("lb/loadBalancer:LoadBalancer", "alb/loadBalancer:LoadBalancer"):
        yield _balancer(scene, balancer)


def _balancer(scene: Scene, balancer: Registered) -> Section:
    found = scene.ask(balancer, "elbv2", "describe_load_balancers", LoadBalancerArns=[balancer.id])["LoadBalancers"][0]
    section = Section("Load balancer", found["LoadBalancerName"])
    zones = listed(sorted(z["ZoneName"] for z in found["AvailabilityZones"]))
    section.rows.append(("scheme", f"{found['Scheme']}, {found['Type']}, {found['State']['Code']}, in {zones}"))
    section.rows.append(("DNS name", found["DNSName"]))
    listeners = scene.ask(balancer, "elbv2", "describe_listeners", LoadBalancerArn=balancer.id)["Listeners"]
    for listener in sorted(listeners, key=lambda item: item["Port"]):
        section.rows.append((f"{listener['Protocol']} {listener['Port']}", _listener(scene, balancer, listener)))
    groups = scene.ask(balancer, "elbv2", "describe_target_groups", LoadBalancerArn=balancer.id)["TargetGroups"]
    for group in groups:
        section.rows += _targets(scene, balancer, group)
    given = scene.ask(balancer, "elbv2", "describe_load_balancer_attributes", LoadBalancerArn=balancer.id)
    attributes = {a["Key"]: a["Value"] for a in given["Attributes"]}
    logged = attributes.get("access_logs.s3.enabled") == "true"
    bucket = f"{attributes.get('access_logs.s3.bucket')}/{attributes.get('access_logs.s3.prefix') or ''}"
    section.rows.append(("access logs", f"to bucket {bucket}" if logged else "off"))
    guarded = attributes.get("deletion_protection.enabled") == "true"
    section.rows.append(("deletion", "protected" if guarded else "not protected"))
    return section


def _listener(scene: Scene, near: Registered, listener: Mapping[str, Any]) -> str:
    parts = [_action(action) for action in listener["DefaultActions"]]
    if listener["Protocol"] in ("HTTPS", "TLS"):
        parts.append(f"TLS policy {listener['SslPolicy']}")
        for certificate in listener.get("Certificates", []):
            arn = certificate["CertificateArn"]
            told = scene.ask_if_set(near, "acm", "describe_certificate", CertificateArn=arn)
            if told is None:
                parts.append(f"certificate {arn}")
                continue
            detail = told["Certificate"]
            names = listed(dict.fromkeys([detail["DomainName"], *detail.get("SubjectAlternativeNames", [])]))
            parts.append(f"certificate for {names} ({detail['Status'].lower()})")
    return "; ".join(parts)


def _action(action: Mapping[str, Any]) -> str:
    if action["Type"] == "redirect":
        to = action["RedirectConfig"]
        return f"redirects to {to['Protocol']} {to['Port']} ({to['StatusCode'].removeprefix('HTTP_')})"
    if action["Type"] == "forward":
        arns = [action.get("TargetGroupArn"), *(g["TargetGroupArn"] for g in _forwards(action))]
        return f"forwards to {listed(dict.fromkeys(a.split('/')[-2] for a in arns if a))}"
    return str(action["Type"])


def _forwards(action: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return action.get("ForwardConfig", {}).get("TargetGroups", [])


def _targets(scene: Scene, near: Registered, group: Mapping[str, Any]) -> Iterator[Row]:
    arn = group["TargetGroupArn"]
    told = scene.ask(near, "elbv2", "describe_target_health", TargetGroupArn=arn)["TargetHealthDescriptions"]
    states = Counter(t["TargetHealth"]["State"] for t in told)
    healthy = states.pop("healthy", 0)
    ids = listed(sorted(t["Target"]["Id"] for t in told if t["TargetHealth"]["State"] == "healthy"))
    rest = "".join(f", {number} {state}" for state, number in sorted(states.items()))
    yield "healthy targets", f"{healthy} of {len(told)}{rest}: {ids}"
    check = f"{group.get('HealthCheckProtocol')} {group.get('HealthCheckPath', '')}".strip()
    expected = group.get("Matcher", {}).get("HttpCode")
    yield (
        "health check",
        f"{check} every {group.get('HealthCheckIntervalSeconds')} s{f' expects {expected}' if expected else ''}",
    )
