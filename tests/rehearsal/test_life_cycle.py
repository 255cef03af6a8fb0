"""Every resource type: made, read back, imported, changed, replaced where it must be, deleted."""

import pytest

from rehearsal.checking import DEFAULTS
from rehearsal.services import entry, known_entries
from rehearsal.stage import Stage
from rehearsal.values import UNKNOWN

from .conftest import SAMPLES, Ground, urn
from .samples import Sample

Values = dict[str, object]


def _title(sample: Sample) -> str:
    return f"{sample.token.rsplit(':', 1)[-1]}{' ' if sample.note else ''}{sample.note}"


def test_every_resource_type_has_a_sample() -> None:
    assert {e.token for e in known_entries()} == {s.token for s in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES, ids=_title)
def test_life_of(sample: Sample, stage: Stage, ground: Ground) -> None:
    at, kind = urn(sample.token), entry(sample.token)
    inputs, failures = stage.check(at, ground.fill(sample.inputs))
    assert failures == []

    assert stage.check(at, ground.fill(sample.inputs), inputs, b"another seed")[0] == inputs, "names are kept"
    nothing, planned = stage.create(at, inputs, preview=True)
    assert nothing == ""
    assert all(planned[name] == UNKNOWN for name in kind.outputs)

    resource_id, state = stage.create(at, inputs)
    assert resource_id
    assert stage.diff(at, state, inputs, inputs) == []
    assert {k: state[k] for k in inputs if k != DEFAULTS} == {k: v for k, v in inputs.items() if k != DEFAULTS}
    assert stage.recorded.get(at, []) == list(sample.recorded)
    assert stage.read(at, resource_id, state, inputs) == (resource_id, state, inputs), "refresh sees no change"

    _imported(stage, sample, ground, resource_id, inputs)
    if sample.updated or kind.tags:
        state, inputs = _changed(stage, sample, ground, (resource_id, state, inputs))
    for name, value in ground.fill(sample.replaced).items():
        other = {**inputs, name: value}
        diff = stage.diff(at, state, inputs, other)
        assert [c.name for c in diff if c.replaces] == [name]

    stage.delete(at, resource_id, state)
    if not sample.stays and kind.emulated:
        assert stage.read(at, resource_id, state, inputs) == ("", {}, {})
    stage.delete(at, resource_id, state)


def _imported(stage: Stage, sample: Sample, ground: Ground, resource_id: str, inputs: dict[str, object]) -> None:
    kind, at = entry(sample.token), urn(sample.token)
    if not kind.emulated:
        return
    asked = ground.fill(sample.import_id) or resource_id
    found, state, known = stage.read(at, asked, {}, {})
    assert found == asked
    hidden = {n for n, p in kind.inputs.items() if p.local or p.recorded or p.read is None}
    hidden |= {name.split(".", 1)[0] for name in sample.recorded}
    if kind.tags and kind.tags.recorded:
        hidden.add("tagsAll")
    assert [c for c in stage.diff(at, state, known, inputs) if c.name not in hidden] == []


def _changed(stage: Stage, sample: Sample, ground: Ground, made: tuple[str, Values, Values]) -> tuple[Values, Values]:
    at, kind = urn(sample.token), entry(sample.token)
    resource_id, state, inputs = made
    changes = ground.fill(sample.updated)
    if kind.tags:
        changes = {**changes, "tags": {**ground.fill(sample.inputs.get("tags", {})), "Added": "yes"}}
    wanted = {**ground.fill(sample.inputs), **changes}
    news, failures = stage.check(at, wanted, inputs)
    assert failures == []
    diff = stage.diff(at, state, inputs, news)
    assert {c.name for c in diff} - {"tagsAll"} == set(changes)
    assert not any(c.replaces for c in diff)
    planned = stage.update(at, resource_id, state=state, old_inputs=inputs, inputs=news, preview=True)
    assert {k: planned[k] for k in news if k != DEFAULTS} == {k: v for k, v in news.items() if k != DEFAULTS}
    now = stage.update(at, resource_id, state=state, old_inputs=inputs, inputs=news)
    assert stage.diff(at, now, news, news) == []
    assert {k: now[k] for k in news if k != DEFAULTS} == {k: v for k, v in news.items() if k != DEFAULTS}
    again = stage.read(at, resource_id, now, news)
    assert again == (resource_id, now, news), "refresh sees no change"
    return now, news
