"""What auditors ask of load balancers (docs/security.md)."""

from tests.programs import Program

from .asked import zone_of

# Forward secrecy and TLS 1.2 at least (Elastic Load Balancing user guide, "Security policies").
TLS_POLICIES = {
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
}


def test_load_balancers_drop_what_is_no_http(program: Program) -> None:
    for balancer in program.all("lb/loadBalancer:LoadBalancer"):
        assert balancer.inputs["dropInvalidHeaderFields"] is True
        assert balancer.inputs["desyncMitigationMode"] in ("defensive", "strictest")


def test_load_balancers_span_zones_and_log_who_came(program: Program) -> None:
    buckets = {b.outputs["bucket"] for b in program.all("s3/bucket:Bucket")}
    for balancer in program.all("lb/loadBalancer:LoadBalancer"):
        assert len({zone_of(program, s) for s in balancer.inputs["subnets"]}) >= 2
        assert balancer.inputs["accessLogs"]["enabled"] is True
        assert balancer.inputs["accessLogs"]["bucket"] in buckets


def test_load_balancers_refuse_deletion_unless_disposable(program: Program) -> None:
    for balancer in program.all("lb/loadBalancer:LoadBalancer"):
        assert balancer.inputs["enableDeletionProtection"] is not program.disposable


def test_with_a_domain_http_only_leads_to_https(program: Program) -> None:
    secured = program.any("acm/certificate:Certificate")
    for listener in program.all("lb/listener:Listener"):
        (action,) = listener.inputs["defaultActions"]
        if listener.inputs["protocol"] == "HTTPS":
            assert listener.inputs["sslPolicy"] in TLS_POLICIES
            assert listener.inputs["certificateArn"]
        elif secured:
            assert action["redirect"] == {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}
    protocols = {listener.inputs["protocol"] for listener in program.all("lb/listener:Listener")}
    assert protocols == ({"HTTP", "HTTPS"} if secured else {"HTTP"})


def test_prod_has_https(prod: Program) -> None:
    assert prod.where("lb/listener:Listener", protocol="HTTPS")
    for certificate in prod.all("acm/certificate:Certificate"):
        assert certificate.inputs["validationMethod"] == "DNS"  # renewed without anybody's doing
        assert "options" not in certificate.inputs  # logged publicly, as it is by default
