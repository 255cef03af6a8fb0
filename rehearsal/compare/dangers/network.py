"""Networks that a deployment would open."""

from collections.abc import Iterable, Mapping

from rehearsal.compare.changes import Change
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, last, leaf_changes, name, on
from .openings import ACLS, Opening, openings, within

_OPENS = {
    "publiclyAccessible": "gets a public address",
    "mapPublicIpOnLaunch": "gives public addresses to what is started in it",
    "associatePublicIpAddress": "gets public addresses",
    "assignIpv6AddressOnCreation": "gives IPv6 addresses to what is started in it",
}
"""Switches that open while they are on."""

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_BLOCK_TYPES = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
)

_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")

_MUCH = 4
"""Bits of a prefix: sixteen times the addresses."""

_WEB = (80, 443)


def rules(plan: Plan) -> Rules:
    """Tell what could not be reached and could be afterwards."""
    yield from _ways_in(plan)
    yield from _routes(plan)
    for step in plan.steps:
        yield from _block(plan, step)
        for change in leaf_changes(step, elements=True):
            text = _switch(step, change)
            if text:
                yield Danger("network", step, f"{name(step)} {text} ({change.shown})")


def _ways_in(plan: Plan) -> Rules:
    before, after = openings(plan, head=False), openings(plan, head=True)
    told = set[tuple[str, str]]()
    for opening, step in after.items():
        target = _target(plan, opening)
        # A new network ACL takes the place of one that lets in everything.
        new_acl = target is not None and target.base is None and target.now.type in ACLS
        if new_acl or any(known.covers(opening) for known in before):
            continue
        if opening.is_world:
            # A site is there to be reached; a stack that has it from the start opens nothing.
            if not plan.base.exists and opening.protocol == "tcp" and opening.first == opening.last in _WEB:
                continue
            text = f"is open to the internet ({opening.source}) on {opening.ports}"
        elif wider := _much_wider(opening, before):
            text = f"is open to {opening.source} on {opening.ports}, {wider}"
        else:
            continue
        who = name(target or step)
        if (who, text) not in told:
            told.add((who, text))
            by = "" if target in (None, step) else f", by {name(step)}"
            yield Danger("network", step, f"{who} {text}{by}")


def _target(plan: Plan, opening: Opening) -> Step | None:
    place = opening.target.strip("{}")
    return plan.steps[int(place)] if opening.target.startswith("{") and place.isdigit() else None


def _much_wider(opening: Opening, before: Iterable[Opening]) -> str:
    """Say what was open before where *opening* lets in much more of the same."""
    same = [known for known in before if known.serves(opening) and known.source.version == opening.source.version]
    inner = [known for known in same if within(known.source, opening.source)]
    if inner:
        widest = min(inner, key=lambda known: known.source.prefixlen)
        grown = widest.source.prefixlen - opening.source.prefixlen
        return f"so far to {widest.source} only" if grown >= _MUCH else ""
    foreign = not opening.source.is_private and opening.source.num_addresses > 1 << (
        8 if opening.source.version == 4 else 80  # noqa: PLR2004
    )
    return "addresses outside of private networks" if foreign else ""


def _routes(plan: Plan) -> Rules:
    for step in plan.steps:
        if step.head is None or step.now.type != "aws:ec2/route:Route" or not _to_internet(step.new):
            continue
        tables = plan.referred(step.new.get("routeTableId"))
        if (step.base is None or not _to_internet(step.old)) and any(table.base is not None for table in tables):
            yield Danger("network", step, f"{name(tables[0])} gets a route to and from the internet, by {name(step)}")


def _to_internet(inputs: Mapping[str, object]) -> bool:
    destinations = (inputs.get("destinationCidrBlock"), inputs.get("destinationIpv6CidrBlock"))
    return bool(inputs.get("gatewayId")) and any(to in ("0.0.0.0/0", "::/0") for to in destinations)


def _block(plan: Plan, step: Step) -> Rules:
    if step.now.type not in _BLOCK_TYPES:
        return
    buckets = plan.referred(step.old.get("bucket") or step.new.get("bucket"))
    of = f" of {', '.join(map(name, buckets))}" if buckets else ""
    if step.action == "delete":
        if not (buckets and all(bucket.action == "delete" for bucket in buckets)):
            kept = " (stays on AWS, but no longer belongs to the stack)" if step.was("retainOnDelete") else ""
            yield Danger("network", step, f"the block of public access{of} is deleted{kept}")
        return
    for key in _BLOCKS:
        if on(step.old.get(key)) and not on(step.new.get(key)):
            yield Danger("network", step, f"the block of public access{of} is relaxed ({key})")


def _switch(step: Step, change: Change) -> str:  # noqa: PLR0911 - a list of cases
    key = last(change)
    if key in _OPENS and on(change.new) and not on(change.old):
        return _OPENS[key]
    if key == "internal" and step.base is not None and on(change.old) and not on(change.new):
        return "is no longer internal: it gets public addresses"
    if key == "acl" and str(change.new) in _PUBLIC_ACLS and str(change.old) not in _PUBLIC_ACLS:
        return f"can be read by everybody: {change.new}"
    if key == "scheme" and change.old == "internal" and change.new == "internet-facing":
        return "is no longer internal"
    if key == "authorizationType" and change.new == "NONE" and change.old != "NONE":
        return "can be called by everybody"
    if key == "endpointPublicAccess" and on(change.new) and not on(change.old):
        return "can be reached from the internet"
    return ""
