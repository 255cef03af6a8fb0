"""EC2: networks and what guards them."""

from . import acl, addresses, endpoints, interfaces, launch_templates, network, routes, security

ENTRIES = (
    *network.ENTRIES,
    *addresses.ENTRIES,
    *routes.ENTRIES,
    *acl.ENTRIES,
    *security.ENTRIES,
    *endpoints.ENTRIES,
    *interfaces.ENTRIES,
    *launch_templates.ENTRIES,
)
