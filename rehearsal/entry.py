"""What an entry says about a resource type: the declarative part of the rehearsal.

An entry is one :class:`Entry` in the tuple ``ENTRIES`` of ``rehearsal/services/<service>``, where *service* is
the part of the type token between the first colon and the slash (``aws:rds/instance:Instance`` ->
``services/rds.py``; a hyphen becomes an underscore, and a Python keyword gets one behind it: ``lambda_``). It
is found by its token, so nothing has to be registered. A service of more than ~250 lines becomes a package whose
``__init__`` joins the tuples of its modules. A whole example::

    QUEUE = Entry(
        "aws:sqs/queue:Queue",
        service="sqs",                                # boto3's name of the service
        inputs=props(
            "name namePrefix delaySeconds policy kmsMasterKeyId fifoQueue",  # every input that is known
            replaces="name namePrefix fifoQueue",     # ForceNew in the provider
            computed="kmsDataKeyReusePeriodSeconds",  # inputs that the service fills in when they are not given
            json="policy",                            # documents: compared by meaning
            sets="",                                  # lists whose order means nothing
            local="",                                 # steer the provider only (forceDestroy): sent nowhere
            recorded="",                              # the emulator loses them: kept in state, named in the report
            defaults={"delaySeconds": 0},             # the provider's own defaults, filled in by `check`
            api={"name": "QueueName"},                # where the API's name is another one
        ),
        autoname=Autoname("name", 80),                # <logical name>-<7 hex digits>
        create=Call("create_queue"),                  # sends every given input that the operation has a member for
        id="QueueUrl",                                # path in create's answer, or a template: "{role}:{name}"
        read=(Call("get_queue_attributes", {"QueueUrl": "{id}", "AttributeNames": ["All"]}, at="Attributes"),),
        updates=(Call("set_queue_attributes", {"QueueUrl": "{id}"}),),  # sends the changed inputs that it knows
        delete=(Call("delete_queue", {"QueueUrl": "{id}"}),),
        outputs={"arn": "QueueArn", "url": "{id}"},   # paths in the merged answers of `read`, or templates
        tags=Tags({"tags": "{tags}"}, put=..., remove=..., read=...),
    )

**Names.** A property reaches the member of the operation's input shape whose name is the same but for upper and
lower case (``multiAz`` -> ``MultiAZ``), at every depth, in both directions. What is different is said: ``api`` for
names at the top, ``fields`` inside objects. Values are brought into the type that the model asks for (``"5"`` ->
``5``, one object -> a list of one). A nested name that the model does not know is an error.

**Templates.** In ``params``, ``id`` and ``outputs`` the string ``"{x}"`` stands for the value of x as it is and
``"a/{x}/b"`` for text; a parameter whose x has no value is left out. x is an input or output of the resource, or
one of ``id``, ``region``, ``account``, ``partition``, ``hash`` (17 hex digits that are stable per URN), ``tags``,
``keys``.

**Calls.** ``create`` runs once; then the ``updates`` with ``on_create`` for which something is given. An update runs
when one of the properties that it carries has changed: those named in its params, those in ``sends``, or those in
``when`` if that is given. ``sends`` is ``"*"`` unless it is given: every (changed) input that the operation knows and
that no template carries. A call that carries its properties by template alone says ``sends=""``. A changed property
that no call carries, and that does not replace, is an error, so nothing is lost silently. Any call may be a function
that takes a :class:`~rehearsal.context.Context` instead (``Do`` for updates); it calls boto3 through
``context.call``, which turns errors into one line, and not on a client of its own.

**Reading.** The answers of ``read`` are merged (``into`` puts one under a key of its own). An input is found in them
under its API name, or at the path that ``reads`` gives; ``reads={"x": None}`` says that AWS never tells. An input
that was given and does not come back is reported as recorded, not emulated. A function that finds out that the
emulator did not carry an input adds its name to ``context.unsent``.

**Not emulated.** ``emulated=False`` for a whole type: the request is built and checked against the service's model,
but not sent; the state is the inputs and the templated outputs, and every report names the type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .context import Context


@dataclass(frozen=True, kw_only=True)
class Prop:
    """One input property."""

    api: str = ""
    """Its name in the API; empty where that differs in upper and lower case only."""
    required: bool = False
    replaces: bool = False
    """A change makes a new resource."""
    computed: bool = False
    """Filled in by AWS when it is not given: taking it out of the program changes nothing."""
    default: Any = None
    """What the provider itself fills in."""
    is_set: bool = False
    """A list whose order means nothing."""
    is_json: bool = False
    """A JSON document in a string: compared by what it means."""
    secret: bool = False
    local: bool = False
    """Steers the provider only; sent nowhere."""
    recorded: bool = False
    """The emulator cannot carry it: not sent, kept in state, named in every report."""
    read: str | None = ""
    """Path in the merged answers of `read`; empty: its API name; None: AWS never tells."""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """API names of nested properties (`{"kmsKeyArn": "KmsKeyId"}`), at any depth, where they differ."""
    to_api: Callable[[Any], Any] | None = None
    """Turns the property's value into what the API's member takes, before the general conversion."""
    from_api: Callable[[Any], Any] | None = None
    """Turns what was read into the property's value, instead of the general conversion."""


def props(  # noqa: PLR0913
    names: str = "",
    *,
    required: str = "",
    replaces: str = "",
    computed: str = "",
    sets: str = "",
    json: str = "",
    secret: str = "",
    local: str = "",
    recorded: str = "",
    defaults: Mapping[str, Any] | None = None,
    api: Mapping[str, str] | None = None,
    reads: Mapping[str, str | None] | None = None,
    fields: Mapping[str, Mapping[str, str]] | None = None,
    to_api: Mapping[str, Callable[[Any], Any]] | None = None,
    from_api: Mapping[str, Callable[[Any], Any]] | None = None,
) -> dict[str, Prop]:
    """Return the inputs of an entry, each mentioned once or more: names are separated by spaces."""
    flags = [set(text.split()) for text in (required, replaces, computed, sets, json, secret, local, recorded)]
    tables: list[Mapping[str, Any]] = [t or {} for t in (defaults, api, reads, fields, to_api, from_api)]
    return {
        name: Prop(
            required=name in flags[0],
            replaces=name in flags[1],
            computed=name in flags[2],
            is_set=name in flags[3],
            is_json=name in flags[4],
            secret=name in flags[5],
            local=name in flags[6],
            recorded=name in flags[7],
            default=tables[0].get(name),
            api=tables[1].get(name, ""),
            read=tables[2].get(name, ""),
            fields=tables[3].get(name, {}),
            to_api=tables[4].get(name),
            from_api=tables[5].get(name),
        )
        for name in sorted(set(names.split()).union(*flags, *tables))
    }


@dataclass(frozen=True)
class Call:
    """One API call."""

    operation: str
    """boto3's method, such as `create_vpc`."""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Parameters by their API names, with templates."""
    sends: str | None = field(default=None, kw_only=True)
    """Inputs that go along by their API names; None or `*`: all that the operation knows (create, updates)."""
    at: str = field(default="", kw_only=True)
    """Path of the part of the answer that counts: `Vpcs.0`."""
    into: str = field(default="", kw_only=True)
    """For reads: the key of the merged answer that this one goes under."""
    service: str = field(default="", kw_only=True)
    """boto3's name of another service than the entry's."""
    when: str = field(default="", kw_only=True)
    """For updates: the properties whose change makes it run."""
    on_create: bool = field(default=False, kw_only=True)
    """For updates: also runs after `create`, when one of its properties is given."""
    whole: bool = field(default=False, kw_only=True)
    """For updates: sends all its inputs, not only those that have changed."""
    unset: "Call | None" = field(default=None, kw_only=True)
    """For updates: runs instead when none of its properties has a value any more."""
    done: tuple[str, ...] = field(default=(), kw_only=True)
    """Error codes that mean that it is so already."""


@dataclass(frozen=True)
class Do:
    """An update that is a function."""

    run: "Callable[[Context], None]"
    when: str
    """The properties whose change makes it run."""
    on_create: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Autoname:
    """How Pulumi names the resource when the program does not: logical name, hyphen, 7 hex digits."""

    property: str = "name"
    limit: int = 255
    """AWS's longest; a longer name is an error, as in the provider."""
    lower: bool = False
    separator: str = "-"
    prefix: str = ""
    """Goes in front: `alias/`."""
    digits: int = 7
    """How many hex digits follow; 0 leaves the logical name alone."""


@dataclass(frozen=True)
class Tags:
    """How a resource is tagged. ``{tags}`` is the map of tags and ``{keys}`` the list of keys to remove."""

    create: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Parameters of the create call that carry the tags; empty: `put` runs after it."""
    put: Call | None = field(default=None, kw_only=True)
    remove: Call | None = field(default=None, kw_only=True)
    read: Call | None = field(default=None, kw_only=True)
    """The call that lists the tags; None: they are in the answer of the entry's own `read`."""
    at: str = field(default="Tags", kw_only=True)
    """Path of the tags in the answer."""
    whole: bool = field(default=False, kw_only=True)
    """`put` replaces all tags, and `remove` takes all away."""
    recorded: bool = field(default=False, kw_only=True)
    """The emulator loses them: kept in state and reported."""


Step = "Call | Callable[[Context], Any]"


@dataclass(frozen=True)
class Entry:
    """One resource type. The module's docstring explains the whole."""

    token: str
    service: str = field(kw_only=True)
    inputs: Mapping[str, Prop] = field(kw_only=True)
    create: "Call | Callable[[Context], Any]" = field(kw_only=True)
    """Makes it. A function returns the answer that `id` is looked up in."""
    id: "str | Callable[[Context], str]" = field(kw_only=True)
    """Path in the answer of `create`, template, or function of the context (`context.answer` is that answer)."""
    read: "tuple[Call | Callable[[Context], Mapping[str, Any] | None], ...]" = field(default=(), kw_only=True)
    """The first says whether it is there: `at` finds nothing, the error says so, or a function returns None."""
    updates: tuple[Call | Do, ...] = field(default=(), kw_only=True)
    delete: "tuple[Call | Callable[[Context], Any], ...]" = field(default=(), kw_only=True)
    """In this order; what is gone already is fine. Empty: the provider only forgets it (the VPC's defaults)."""
    outputs: "Mapping[str, str | Callable[[Context], Any]]" = field(default_factory=dict[str, Any], kw_only=True)
    """What is computed: path in the merged answers, template, or function of the context (`context.answer`)."""
    volatile: str = field(default="", kw_only=True)
    """Outputs that any update may change, so that a preview of an update does not know them."""
    autoname: Autoname | None = field(default=None, kw_only=True)
    tags: Tags | None = field(default=None, kw_only=True)
    exactly_one: tuple[str, ...] = field(default=(), kw_only=True)
    """Groups of inputs, each separated by spaces, of which exactly one must be given."""
    conflicts: tuple[str, ...] = field(default=(), kw_only=True)
    """Groups of inputs of which at most one may be given."""
    secret_outputs: str = field(default="", kw_only=True)
    delete_before_replace: bool = field(default=False, kw_only=True)
    emulated: bool = field(default=True, kw_only=True)
    region: str = field(default="", kw_only=True)
    """The one region of a global service (IAM, Route 53, CloudFront: `us-east-1`); empty: the stack's."""
    import_id: Callable[[str], dict[str, Any]] | None = field(default=None, kw_only=True)
    """Inputs that an id says; only where `id` is a function and `read` needs more than the id."""
    replaces_if: Callable[[dict[str, Any], dict[str, Any]], set[str]] | None = field(default=None, kw_only=True)
    """From state and new inputs: further inputs whose change makes a new resource this time."""
    ignores_if: Callable[[dict[str, Any], dict[str, Any]], set[str]] | None = field(default=None, kw_only=True)
    """From state and new inputs: inputs whose difference the provider takes for none this time."""
    rehearse: "Callable[[Context], object] | None" = field(default=None, kw_only=True)
    """For a `create` that is a function: checks in previews what it would send, where values may be unknown."""
    checks: "tuple[Callable[[Mapping[str, Any]], str | None], ...]" = field(default=(), kw_only=True)
    """What AWS refuses and the emulator takes: from the checked inputs, in which values may be unknown, a line that
    begins with the input that is wrong (`size must be ...`), or None. Run by `check`, so in every preview."""
    guards: "tuple[Callable[[Context], str | None], ...]" = field(default=(), kw_only=True)
    """The same where other resources have a say, which the emulator is asked about: run before the calls that create
    or update."""

    @property
    def type_name(self) -> str:
        """Short name for messages: `ec2/Vpc`."""
        module, _, name = self.token.removeprefix("aws:").partition(":")
        return f"{module.split('/')[0]}/{name}"
