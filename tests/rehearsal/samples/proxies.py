from typing import Any

from . import Sample

_PROXY: dict[str, Any] = {
    "engineFamily": "MYSQL",
    "roleArn": "{role.arn}",
    "requireTls": True,
    "vpcSubnetIds": ["{subnet.id}", "{other-subnet.id}"],
    "vpcSecurityGroupIds": ["{group.id}"],
    "auths": [
        {
            "authScheme": "SECRETS",
            "iamAuth": "DISABLED",
            "clientPasswordAuthType": "MYSQL_CACHING_SHA2_PASSWORD",
            "secretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-abcdef",
        }
    ],
}

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "proxy": ("aws:rds/proxy:Proxy", _PROXY),
    "other-proxy": ("aws:rds/proxy:Proxy", _PROXY),
}

SAMPLES = [
    Sample(
        "aws:rds/proxy:Proxy",
        {**_PROXY, "idleClientTimeout": 1800, "tags": {"Name": "proxy"}},
        updated={"idleClientTimeout": 60, "vpcSecurityGroupIds": ["{other-group.id}"]},
        replaced={"engineFamily": "POSTGRESQL", "vpcSubnetIds": ["{subnet.id}", "{third-subnet.id}"]},
    ),
    Sample(
        "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        {
            "dbProxyName": "{proxy.name}",
            "connectionPoolConfig": {
                "maxConnectionsPercent": 90,
                "maxIdleConnectionsPercent": 45,
                "connectionBorrowTimeout": 30,
            },
        },
        updated={
            "connectionPoolConfig": {
                "maxConnectionsPercent": 80,
                "maxIdleConnectionsPercent": 10,
                "connectionBorrowTimeout": 60,
            }
        },
        replaced={"dbProxyName": "{other-proxy.name}"},
        stays=True,
    ),
    Sample(
        "aws:rds/proxyTarget:ProxyTarget",
        {
            "dbProxyName": "{proxy.name}",
            "targetGroupName": "default",
            "dbInstanceIdentifier": "{database.identifier}",
        },
        replaced={"dbInstanceIdentifier": "{other-database.identifier}"},
    ),
    Sample(
        "aws:rds/proxyEndpoint:ProxyEndpoint",
        {
            "dbProxyName": "{proxy.name}",
            "dbProxyEndpointName": "sample-ro",
            "targetRole": "READ_ONLY",
            "vpcSubnetIds": ["{subnet.id}", "{other-subnet.id}"],
        },
        updated={"vpcSecurityGroupIds": ["{other-group.id}"]},
        replaced={"targetRole": "READ_WRITE"},
        recorded=("*",),
    ),
]
