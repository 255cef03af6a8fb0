"""What can be said about a web tier."""

from .alarms import Alarms
from .demand import CustomMetric, ForecastMetric, ForecastMode, MetricStatistic, Predictive
from .firewall import Firewall, FirewallGroup, FirewallMode, ManagedRules
from .fleet import Fleet
from .instances import Burstable, InstanceRequirements, WarmPool, WarmState
from .refresh import Refresh
from .rules import FixedResponse, ListenerRule, Redirect, TargetGroupSpec
from .site import Site
from .tier import WebTierArgs

__all__ = [
    "Alarms",
    "Burstable",
    "CustomMetric",
    "Firewall",
    "FirewallGroup",
    "FirewallMode",
    "FixedResponse",
    "Fleet",
    "ForecastMetric",
    "ForecastMode",
    "InstanceRequirements",
    "ListenerRule",
    "ManagedRules",
    "MetricStatistic",
    "Predictive",
    "Redirect",
    "Refresh",
    "Site",
    "TargetGroupSpec",
    "WarmPool",
    "WarmState",
    "WebTierArgs",
]
