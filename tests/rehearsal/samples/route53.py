from typing import Any

from . import Sample

_READER = {
    "zoneId": "{private-zone.zoneId}",
    "name": "db-ro.db.internal",
    "type": "CNAME",
    "ttl": 10,
    "records": ["replica-1.example.com"],
    "setIdentifier": "replica-1",
    "weightedRoutingPolicies": [{"weight": 100}],
}

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "record": (
        "aws:route53/record:Record",
        {"zoneId": "{zone.zoneId}", "name": "www.example.org", "type": "A", "ttl": 60, "records": ["192.0.2.1"]},
    ),
    "weighted": ("aws:route53/record:Record", _READER),
    "zone": ("aws:route53/zone:Zone", {"name": "example.org", "forceDestroy": True}),
    "private-zone": ("aws:route53/zone:Zone", {"name": "db.internal", "vpcs": [{"vpcId": "{vpc.id}"}]}),
    "other-vpc": ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.1.0.0/16"}),
    "lag": (
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "namespace": "AWS/RDS",
            "metricName": "ReplicaLag",
            "statistic": "Maximum",
            "period": 300,
            "evaluationPeriods": 1,
            "comparisonOperator": "GreaterThanThreshold",
            "threshold": 60,
        },
    ),
    "health-check": ("aws:route53/healthCheck:HealthCheck", {"type": "TCP", "ipAddress": "192.0.2.1", "port": 443}),
}

SAMPLES = [
    Sample(
        "aws:route53/zone:Zone",
        {"name": "example.com", "comment": "Names of the site", "forceDestroy": True, "tags": {"Kind": "public"}},
        updated={"comment": "Names"},
        replaced={"name": "example.net"},
        note="public",
    ),
    Sample(
        "aws:route53/zone:Zone",
        {"name": "web.internal", "vpcs": [{"vpcId": "{vpc.id}"}]},
        updated={"vpcs": [{"vpcId": "{vpc.id}"}, {"vpcId": "{other-vpc.id}", "vpcRegion": "eu-central-1"}]},
        note="private",
    ),
    Sample(
        "aws:route53/record:Record",
        {"zoneId": "{zone.zoneId}", "name": "web.example.org", "type": "A", "ttl": 60, "records": ["192.0.2.1"]},
        updated={"ttl": 300, "records": ["192.0.2.3", "192.0.2.2"]},
        replaced={"name": "www.example.org"},
        note="plain",
    ),
    Sample(
        "aws:route53/record:Record",
        {
            "zoneId": "{zone.zoneId}",
            "name": "*.example.org",
            "type": "A",
            "aliases": [
                {
                    "name": "web-1.eu-central-1.elb.amazonaws.com",
                    "zoneId": "Z215JYRZR1TBD5",
                    "evaluateTargetHealth": True,
                }
            ],
        },
        updated={
            "aliases": [
                {
                    "name": "web-2.eu-central-1.elb.amazonaws.com",
                    "zoneId": "Z215JYRZR1TBD5",
                    "evaluateTargetHealth": False,
                }
            ]
        },
        note="alias",
    ),
    Sample(
        "aws:route53/record:Record",
        {
            "zoneId": "{zone.zoneId}",
            "name": "_d930.example.org.",
            "type": "TXT",
            "ttl": 60,
            "records": ["v=spf1 -all"],
            "allowOverwrite": True,
        },
        updated={"records": ["v=spf1 mx -all"]},
        import_id="{zone.zoneId}__d930.example.org._TXT",
        note="text",
    ),
    Sample(
        "aws:route53/record:Record",
        {**_READER, "name": "read.db.internal"},
        updated={"records": ["replica-2.example.com"], "setIdentifier": "replica-2"},
        note="weighted",
    ),
    Sample(
        "aws:route53/record:Record",
        {
            "zoneId": "{zone.zoneId}",
            "name": "first",
            "type": "A",
            "ttl": 60,
            "records": ["192.0.2.1"],
            "setIdentifier": "main",
            "failoverRoutingPolicies": [{"type": "PRIMARY"}],
            "healthCheckId": "{health-check.id}",
        },
        updated={"failoverRoutingPolicies": None, "geolocationRoutingPolicies": [{"country": "CH"}]},
        note="failover",
    ),
    Sample(
        "aws:route53/zoneAssociation:ZoneAssociation",
        {"zoneId": "{private-zone.zoneId}", "vpcId": "{other-vpc.id}"},
        replaced={"vpcId": "{vpc.id}"},
    ),
    Sample(
        "aws:route53/healthCheck:HealthCheck",
        {
            "type": "HTTPS",
            "fqdn": "www.example.org",
            "port": 443,
            "resourcePath": "/health",
            "requestInterval": 30,
            "failureThreshold": 3,
            "regions": ["us-east-1", "eu-west-1", "us-west-2"],
            "tags": {"Name": "web"},
        },
        updated={"resourcePath": "/", "failureThreshold": 5},
        replaced={"requestInterval": 10},
    ),
    Sample(
        "aws:route53/healthCheck:HealthCheck",
        {
            "type": "CLOUDWATCH_METRIC",
            "cloudwatchAlarmName": "{lag.name}",
            "cloudwatchAlarmRegion": "eu-central-1",
            "insufficientDataHealthStatus": "Unhealthy",
            "triggers": {"alarm": "60"},
        },
        updated={"triggers": {"alarm": "30"}},
        recorded=("cloudwatchAlarmName", "cloudwatchAlarmRegion", "insufficientDataHealthStatus"),
        note="alarm",
    ),
    Sample(
        "aws:route53/healthCheck:HealthCheck",
        {"type": "CALCULATED", "childHealthchecks": ["{health-check.id}"], "childHealthThreshold": 1},
        updated={"childHealthThreshold": 0},
        replaced={"type": "TCP"},
        note="calculated",
    ),
]
