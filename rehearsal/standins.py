"""Plausible ids and outputs for resources that nobody makes, the same in every evaluation of a program.

They follow from the resource's URN, so that two evaluations of the same program are equal to the byte, and no two
resources share one. What outputs there are is taken from the resource's class in its SDK, so that every type of every
package has them.
"""

import hashlib
import json
import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from .errors import RehearsalError
from .recorder import Registered
from .regions import partition_of
from .sdk import is_output_type, outputs_of, properties, results_of

_ACCOUNT = "123456789012"
_LONGEST_NAME = 63
_DEEPEST = 3
"""Levels of structures within outputs that are filled in."""

# What the ids of EC2's resources begin with.
_PREFIXES = {
    "aws:ebs/snapshot:Snapshot": "snap",
    "aws:ebs/volume:Volume": "vol",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": "acl",
    "aws:ec2/defaultRouteTable:DefaultRouteTable": "rtb",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "aws:ec2/defaultVpc:DefaultVpc": "vpc",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": "eigw",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/instance:Instance": "i",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt",
    "aws:ec2/natGateway:NatGateway": "nat",
    "aws:ec2/networkAcl:NetworkAcl": "acl",
    "aws:ec2/networkInterface:NetworkInterface": "eni",
    "aws:ec2/route:Route": "r-rtb",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
}

# What the ids of other resources, among the outputs, begin with.
_IDS = {
    "allocation": "eipalloc",
    "association": "assoc",
    "defaultNetworkAcl": "acl",
    "defaultRouteTable": "rtb",
    "defaultSecurityGroup": "sg",
    "dhcpOptions": "dopt",
    "mainRouteTable": "rtb",
    "networkInterface": "eni",
    "prefixList": "pl",
    "securityGroup": "sg",
    "snapshot": "snap",
    "subnet": "subnet",
    "vpc": "vpc",
}

_ARN_IS_ID = re.compile(r"aws:(acm|alb|ecs|lb|secretsmanager|sns|wafv2)/")
_NAMES = ("name", "bucket", "identifier", "clusterIdentifier", "replicationGroupId")

_ARN_SERVICES = {
    "alb": "elasticloadbalancing",
    "cloudwatch": "logs",
    "ebs": "ec2",
    "lb": "elasticloadbalancing",
    "vpc": "ec2",
}
_GLOBAL = frozenset(("cloudfront", "iam", "route53", "s3"))
"""Services whose ARNs have no region."""

_ARN_KINDS = {
    "aws:acm/certificate:Certificate": "certificate/",
    "aws:autoscaling/group:Group": "autoScalingGroup:*:autoScalingGroupName/",
    "aws:cloudwatch/logGroup:LogGroup": "log-group:",
    "aws:lb/listener:Listener": "listener/app/",
    "aws:lb/loadBalancer:LoadBalancer": "loadbalancer/app/",
    "aws:lb/targetGroup:TargetGroup": "targetgroup/",
    "aws:rds/instance:Instance": "db:",
    "aws:s3/bucket:Bucket": "",
    "aws:s3/bucketV2:BucketV2": "",
    "aws:secretsmanager/secret:Secret": "secret:",
    "aws:sns/topic:Topic": "",
}


class StandIns:
    """Gives the resources of one stack their stand-ins."""

    def __init__(self, region: str, default_tags: Mapping[str, str]) -> None:
        self._region = region
        self._tags = dict(default_tags)
        self._partition = partition_of(region)

    def resolve(self, resource: Registered) -> tuple[str, dict[str, Any]]:
        """Return id and outputs of *resource*."""
        if resource.type == "pulumi:pulumi:StackReference":
            raise RehearsalError(f"the program reads the outputs of stack {resource.name}, which is not rehearsed here")
        given = {k: v for k, v in resource.inputs.items() if v is not None and not k.startswith("__")}
        resource.secret_outputs = resource.secret_inputs | frozenset(
            resource.options.get("additionalSecretOutputs", [])
        )
        if resource.type.startswith("pulumi:providers:"):
            return resource.name, given
        maker = _Maker(self._region, self._partition, resource.urn, resource.type, resource.name)
        outputs: dict[str, Any] = {}
        for name, hint, is_input in outputs_of(resource.type):
            value = given.get(name)
            if value is None:
                value = maker.value(name, hint, many=not is_input)
            if value is not None:
                outputs[name] = value
        if "nameServers" in outputs and resource.type == "aws:route53/zone:Zone":
            outputs["nameServers"] = [f"ns-{number}.{outputs['primaryNameServer']}" for number in range(1, 5)]
        if "tagsAll" in outputs:
            outputs["tagsAll"] = {**self._tags, **given.get("tags", {})}
        if "arnSuffix" in outputs:  # what CloudWatch calls load balancers and target groups
            outputs["arnSuffix"] = outputs["arn"].rsplit(":", 1)[-1].removeprefix("loadbalancer/")
        if "domainValidationOptions" in outputs:
            outputs["domainValidationOptions"] = maker.validations(given)
        outputs.update({k: v for k, v in given.items() if not isinstance(v, (pulumi.Asset, pulumi.Archive))})
        return resource.id or _id(resource.type, outputs, maker), outputs

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the provider function *token*."""
        region = str(arguments.get("region") or self._region)
        suffix = self._partition["outputs"]["dnsSuffix"]
        known: dict[str, dict[str, Any]] = {
            "aws:index/getRegion:getRegion": {"id": region, "region": region, "name": region},
            "aws:index/getPartition:getPartition": {
                "id": self._partition["id"],
                "partition": self._partition["id"],
                "dnsSuffix": suffix,
                "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
            },
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "id": _ACCOUNT,
                "accountId": _ACCOUNT,
                "arn": f"arn:{self._partition['id']}:iam::{_ACCOUNT}:root",
                "userId": _ACCOUNT,
            },
            "aws:index/getDefaultTags:getDefaultTags": {"id": "default-tags", "tags": self._tags},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {
                "id": region,
                "names": [f"{region}{letter}" for letter in "abc"],
                "zoneIds": [f"{region}-az{number}" for number in (1, 2, 3)],
                "groupNames": [region],
            },
        }
        spelled = f"{token} {sorted(arguments.items())}"
        maker = _Maker(region, self._partition, spelled, token, token.rsplit(":", 1)[-1])
        answer = {name: maker.value(name, hint, many=True) for name, hint in results_of(token)}
        password = {"randomPassword": maker.text(int(arguments.get("passwordLength") or 32))}
        if token == "aws:secretsmanager/getRandomPassword:getRandomPassword":  # noqa: S105  a function's name
            answer |= password
        if token == "aws:secretsmanager/getSecretVersion:getSecretVersion":  # noqa: S105  a function's name
            # Programs take them apart: as those that Secrets Manager itself writes for databases.
            answer["secretString"] = json.dumps({"username": maker.text(16), "password": maker.text(32)})
        return {**answer, **arguments, **known.get(token, {})}


class _Maker:
    """Makes the values of one resource."""

    def __init__(self, region: str, partition: Mapping[str, Any], seed: str, token: str, name: str) -> None:
        self.token = token
        self._region, self._partition, self._seed = region, partition, seed
        self.service = token.partition(":")[2].split("/")[0] or "index"
        self.physical = f"{name[:_LONGEST_NAME]}-{self._digits('')[:7]}"

    def value(self, name: str, hint: Any, *, many: bool, path: str = "") -> Any:
        """Return a value of the type *hint* for the output *name*; lists have one element where *many* says so."""
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        at = f"{path}.{name}"
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {}
        if isinstance(origin, type) and issubclass(origin, Sequence):
            element = self.value(name.removesuffix("s"), inner[0], many=many, path=at) if many else None
            return [] if element is None else [element]
        if is_output_type(hint):
            return self._structure(hint, at) if many and path.count(".") < _DEEPEST else None
        if hint is bool:
            return False
        if hint in (int, float):
            return 1
        return self._text(name, at) if hint is str else None

    def _structure(self, hint: type, path: str) -> dict[str, Any]:
        # What is computed is optional all over in nested types, so that there is no telling what is always there.
        made = {k: self.value(k, h, many=True, path=path) for k, h in properties(hint, optional=True)}
        return {k: v for k, v in made.items() if v is not None}

    def arn(self) -> str:
        """Return the ARN of the resource."""
        service = _ARN_SERVICES.get(self.service, self.service)
        region, account = "" if service in _GLOBAL else self._region, "" if service in ("s3", "route53") else _ACCOUNT
        kind = _ARN_KINDS.get(self.token, f"{_kebab(self.token.rsplit(':', 1)[-1])}/")
        physical = self.id(_PREFIXES[self.token]) if self.token in _PREFIXES else self.physical
        ending = f"/{self._digits('arn')[:16]}" if service == "elasticloadbalancing" else ""
        return f"arn:{self._partition['id']}:{service}:{region}:{account}:{kind}{physical}{ending}"

    def _text(self, name: str, path: str) -> str | None:
        digits = self._digits(path)
        fixed = {"region": self._region, "ownerId": _ACCOUNT, "accountId": _ACCOUNT, "arn": self.arn()}
        fixed |= dict.fromkeys(_NAMES, self.physical)
        fixed |= {"availabilityZone": f"{self._region}a", "availabilityZoneId": f"{self._region}-az1"}
        number = int(digits[:8], 16)
        shapes = {
            "prefix": None,
            "arn": f"arn:{self._partition['id']}:{self.service}:{self._region}:{_ACCOUNT}:{_kebab(name)}/{digits[:17]}",
            "zoneid": f"Z{digits[:14].upper()}",
            "id": f"{_IDS.get(name[:-2], _kebab(name[:-2]) or 'id')}-{digits[:17]}",
            # 198.18.0.0/15 is set aside for tests of network devices (RFC 2544).
            "(public|private)ip": f"198.{18 + number % 2}.{number // 2 % 256}.{number // 512 % 254 + 1}",
            "(dnsname|domainname|endpoint|address|hostname|fqdn|url|nameserver)": (
                f"{self.physical}-{digits[:6]}.{self.service}.{self._region}.example.internal"
            ),
            "(time|date|notafter|notbefore)": "2000-01-01T00:00:00Z",
            "": f"{_kebab(name)}-{digits[:12]}",
        }
        found = next(value for ending, value in shapes.items() if re.search(f"{ending}$", name.lower()))
        return fixed.get(name, found)

    def validations(self, given: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the records by which a certificate is validated, one per name."""
        names = dict.fromkeys([given.get("domainName"), *given.get("subjectAlternativeNames", [])])
        return [
            {
                "domainName": str(name),
                "resourceRecordName": f"_{self._digits(str(name))[:32]}.{str(name).removeprefix('*.')}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{self._digits('v' + str(name))[:32]}.acm-validations.aws.",
            }
            for name in names
            if name
        ]

    def text(self, length: int) -> str:
        """Return *length* letters and digits."""
        return "".join(self._digits(str(number)) for number in range(length // 64 + 1))[:length]

    def _digits(self, path: str) -> str:
        return hashlib.sha256(f"{self._seed}{path}".encode()).hexdigest()

    def id(self, prefix: str) -> str:
        """Return an id that begins with *prefix*."""
        return f"{prefix}-{self._digits('id')[:17]}"


def _id(token: str, outputs: Mapping[str, Any], maker: _Maker) -> str:
    if token in _PREFIXES:
        return maker.id(_PREFIXES[token])
    if _ARN_IS_ID.match(token) and "arn" in outputs:
        return str(outputs["arn"])
    if token.startswith("aws:route53/"):
        return str(outputs.get("zoneId") if token.endswith(":Zone") else maker.physical)
    return next((str(outputs[name]) for name in _NAMES if outputs.get(name)), maker.physical)


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
