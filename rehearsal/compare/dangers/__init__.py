"""What is dangerous about a plan, in plain words."""

from rehearsal.compare.steps import Plan

from . import access, capacity, data, encryption, network, protection, secret
from .common import KINDS, Danger

_RULES = (data.rules, protection.rules, network.rules, secret.rules, access.rules, encryption.rules, capacity.rules)


def dangers(plan: Plan) -> list[Danger]:
    """Return everything dangerous, the worst kinds first, each thing once."""
    found = dict[tuple[str, str], Danger]()
    for rules in _RULES:
        for danger in rules(plan):
            found.setdefault((danger.kind, danger.text), danger)
    return sorted(found.values(), key=lambda d: (KINDS.index(d.kind), d.step.now.urn if d.step else "~", d.text))
