"""The provider's module for single rules of security groups."""

from .ec2.security import EGRESS_RULE, INGRESS_RULE

ENTRIES = (INGRESS_RULE, EGRESS_RULE)
