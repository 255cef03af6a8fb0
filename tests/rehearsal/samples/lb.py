from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "twin-subnet": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "{vpc.id}", "cidrBlock": "10.0.78.0/24", "availabilityZone": "eu-central-1a"},
    ),
    "balancer": (
        "aws:lb/loadBalancer:LoadBalancer",
        {"name": "front", "subnets": ["{subnet.id}", "{other-subnet.id}"]},
    ),
    "other-balancer": (
        "aws:lb/loadBalancer:LoadBalancer",
        {"name": "back", "internal": True, "subnets": ["{subnet.id}", "{other-subnet.id}"]},
    ),
    "target-group": (
        "aws:lb/targetGroup:TargetGroup",
        {"name": "web", "vpcId": "{vpc.id}", "port": 80, "protocol": "HTTP"},
    ),
    "other-target-group": (
        "aws:lb/targetGroup:TargetGroup",
        {"name": "next", "vpcId": "{vpc.id}", "port": 80, "protocol": "HTTP"},
    ),
    "addresses": (
        "aws:lb/targetGroup:TargetGroup",
        {"name": "addresses", "targetType": "ip", "vpcId": "{vpc.id}", "port": 80, "protocol": "HTTP"},
    ),
    "validation": ("aws:acm/certificateValidation:CertificateValidation", {"certificateArn": "{certificate.arn}"}),
    "other-validation": (
        "aws:acm/certificateValidation:CertificateValidation",
        {"certificateArn": "{other-certificate.arn}"},
    ),
    "third-validation": (
        "aws:acm/certificateValidation:CertificateValidation",
        {"certificateArn": "{late-certificate.arn}"},
    ),
    "listener": (
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "{balancer.arn}",
            "port": 443,
            "protocol": "HTTPS",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
            "certificateArn": "{validation.certificateArn}",
            "defaultActions": [{"type": "forward", "targetGroupArn": "{target-group.arn}"}],
        },
    ),
}

_HEALTH = {
    "enabled": True,
    "protocol": "HTTP",
    "port": "traffic-port",
    "path": "/health",
    "matcher": "200-399",
    "interval": 15,
    "timeout": 5,
    "healthyThreshold": 2,
    "unhealthyThreshold": 3,
}

SAMPLES = [
    Sample(
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "loadBalancerType": "application",
            "internal": False,
            "ipAddressType": "ipv4",
            "subnets": ["{other-subnet.id}", "{subnet.id}"],
            "securityGroups": ["{group.id}"],
            "dropInvalidHeaderFields": True,
            "desyncMitigationMode": "defensive",
            "enableDeletionProtection": True,
            "tags": {"Name": "web"},
        },
        updated={
            "enableDeletionProtection": False,
            "idleTimeout": 120,
            "desyncMitigationMode": "strictest",
            "securityGroups": ["{group.id}", "{other-group.id}"],
            "ipAddressType": "dualstack",
        },
        replaced={"internal": True, "name": "other"},
        note="application",
    ),
    Sample(
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "name": "gate",
            "loadBalancerType": "network",
            "subnetMappings": [
                {"subnetId": "{subnet.id}", "allocationId": "{address.id}"},
                {"subnetId": "{other-subnet.id}"},
            ],
        },
        updated={"enableCrossZoneLoadBalancing": True},
        recorded=("subnetMappings",),
        note="network",
    ),
    Sample(
        "aws:lb/targetGroup:TargetGroup",
        {
            "vpcId": "{vpc.id}",
            "targetType": "instance",
            "protocol": "HTTP",
            "port": 80,
            "loadBalancingAlgorithmType": "least_outstanding_requests",
            "deregistrationDelay": 60,
            "healthCheck": _HEALTH,
            "tags": {"Name": "web"},
        },
        updated={
            "deregistrationDelay": 30,
            "healthCheck": {**_HEALTH, "path": "/", "interval": 10, "matcher": "200"},
            "stickiness": {"type": "lb_cookie", "cookieDuration": 3600, "enabled": True},
        },
        replaced={"port": 8080, "vpcId": "{other-vpc.id}"},
        note="HTTP",
    ),
    Sample(
        "aws:lb/targetGroup:TargetGroup",
        {
            "name": "tcp",
            "vpcId": "{vpc.id}",
            "targetType": "ip",
            "protocol": "TCP",
            "port": 3307,
            "preserveClientIp": "true",
        },
        updated={"connectionTermination": True},
        note="TCP",
    ),
    Sample(
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "{balancer.arn}",
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
            ],
            "tags": {"Name": "web"},
        },
        updated={
            "defaultActions": [
                {
                    "type": "forward",
                    "forward": {
                        "targetGroups": [
                            {"arn": "{target-group.arn}", "weight": 90},
                            {"arn": "{other-target-group.arn}", "weight": 10},
                        ],
                        "stickiness": {"enabled": True, "duration": 600},
                    },
                }
            ],
            "port": 8080,
            "routingHttpResponseServerEnabled": False,
        },
        replaced={"loadBalancerArn": "{other-balancer.arn}"},
        note="HTTP",
    ),
    Sample(
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "{balancer.arn}",
            "port": 8443,
            "protocol": "HTTPS",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
            "certificateArn": "{validation.certificateArn}",
            "defaultActions": [{"type": "forward", "targetGroupArn": "{target-group.arn}"}],
        },
        updated={
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06",
            "certificateArn": "{other-validation.certificateArn}",
            "defaultActions": [
                {
                    "type": "fixed-response",
                    "fixedResponse": {"contentType": "text/plain", "messageBody": "Soon", "statusCode": "503"},
                }
            ],
        },
        note="HTTPS",
    ),
    Sample(
        "aws:lb/listenerRule:ListenerRule",
        {
            "listenerArn": "{listener.arn}",
            "conditions": [
                {"pathPattern": {"values": ["/admin/*", "/user"]}},
                {"hostHeader": {"values": ["example.org"]}},
                {"queryStrings": [{"key": "debug", "value": "1"}]},
            ],
            "actions": [{"type": "forward", "targetGroupArn": "{other-target-group.arn}"}],
            "tags": {"Name": "admin"},
        },
        updated={
            "priority": 20,
            "conditions": [{"sourceIp": {"values": ["192.0.2.0/24"]}}],
            "actions": [{"type": "redirect", "redirect": {"host": "www.#{host}", "statusCode": "HTTP_302"}}],
        },
    ),
    Sample(
        "aws:lb/listenerCertificate:ListenerCertificate",
        {"listenerArn": "{listener.arn}", "certificateArn": "{other-validation.certificateArn}"},
    ),
    Sample(
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        {"targetGroupArn": "{addresses.arn}", "targetId": "10.0.1.20", "port": 8080},
        replaced={"targetId": "10.0.1.21", "port": 8081},
        import_id="{addresses.arn},10.0.1.20,8080",
    ),
]
