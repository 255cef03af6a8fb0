"""What the rehearsal's entries know of a resource type, in the words of a comparison."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rehearsal.entry import Entry, Prop
from rehearsal.errors import RehearsalError

_PROVIDER = "pulumi:providers:"

# Sensitive by their nature (the provider's schema says so), whatever the program marks.
_SENSITIVE = re.compile(
    r"(?i)^(masterUser|admin|db)?password(Wo)?$|^secret(String|Binary)(Wo)?$|^privateKey(Pem)?$|^authToken$|^secretKey$"
)


@dataclass(frozen=True)
class Facts:
    """What is known of one type."""

    known: bool
    """False: no entry, so that nobody here can say which property replaces."""
    inputs: Mapping[str, Prop] = field(default_factory=dict[str, Prop])
    volatile: frozenset[str] = frozenset()
    deletes_first: bool = False

    def prop(self, name: str) -> Prop:
        """Return what is known of the input *name*."""
        return self.inputs.get(name, _NOTHING)

    def sensitive(self, name: str) -> bool:
        """Whether the value of the input *name* is never shown."""
        return self.prop(name).secret or _SENSITIVE.search(name) is not None


_NOTHING = Prop()
_REGION = Prop(replaces=True, computed=True)
"""Of every regional resource: a resource does not move (pulumi_aws: "Region where this resource will be managed")."""

Lookup = Callable[[str], Facts]
"""Facts by type token."""


def from_entries(find: Callable[[str], Entry]) -> Lookup:
    """Return a lookup in the entries that *find* finds by token."""
    cache = dict[str, Facts]()

    def facts(token: str) -> Facts:
        if token not in cache:
            cache[token] = _facts(find, token)
        return cache[token]

    return facts


def _facts(find: Callable[[str], Entry], token: str) -> Facts:
    if token.startswith(_PROVIDER):
        return Facts(known=True, inputs={"region": Prop(replaces=True)})
    try:
        entry = find(token)
    except RehearsalError:
        return Facts(known=False)
    region = {} if entry.region else {"region": _REGION}
    return Facts(
        known=True,
        inputs={**region, **entry.inputs},
        volatile=frozenset(entry.volatile.split()),
        deletes_first=entry.delete_before_replace,
    )
