"""What stands in an emulator, asked through its API and not through the state."""

from collections.abc import Callable
from typing import Any

_GONE = {"deleted", "terminated"}

_KINDS = (
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("ec2", "describe_volumes", "Volumes", "VolumeId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ("autoscaling", "describe_policies", "ScalingPolicies", "PolicyARN"),
    ("autoscaling", "describe_scheduled_actions", "ScheduledUpdateGroupActions", "ScheduledActionName"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    ("rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("events", "list_rules", "Rules", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("logs", "describe_log_groups", "logGroups", "arn"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("route53", "list_hosted_zones", "HostedZones", "Id"),
    ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
)


def inventory(client: Callable[[str], Any]) -> dict[str, list[str]]:
    """Return the ids of everything there is, by kind."""
    found = dict[str, list[str]]()
    for service, operation, answer, key in _KINDS:
        rows = getattr(client(service), operation)()[answer]
        found[f"{service} {answer}"] = sorted(r[key] for r in rows if str(r.get("State", "")).lower() not in _GONE)
    # moto (5.2) keeps the default ACL of a VPC that is deleted.
    acls = client("ec2").describe_network_acls()["NetworkAcls"]
    found["ec2 NetworkAcls"] = sorted(a["NetworkAclId"] for a in acls if a["VpcId"] in found["ec2 Vpcs"])
    reservations = client("ec2").describe_instances()["Reservations"]
    running = [i for r in reservations for i in r["Instances"] if i["State"]["Name"] not in _GONE]
    found["ec2 Instances"] = sorted(i["InstanceId"] for i in running)
    policies = client("iam").list_policies(Scope="Local")["Policies"]
    found["iam Policies"] = sorted(p["Arn"] for p in policies)
    return found
