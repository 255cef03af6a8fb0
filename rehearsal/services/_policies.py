"""What resource policies say, for the rules that AWS has about them."""

import fnmatch
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from rehearsal.services._plain import fields
from rehearsal.values import has_unknown, is_unknown

_NARROWING = {
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
    "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}  # fmt: skip
"""Condition keys that keep a policy from being public (S3 user guide, "The meaning of public")."""


def statements(document: Any) -> list[Mapping[str, Any]] | None:
    """Return the statements of *document*; None when that is not known, and an empty list when it is no policy."""
    if is_unknown(document) or document is None:
        return None
    try:
        parsed: Any = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return []
    found = parsed.get("Statement") if isinstance(parsed, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    listed = cast("list[Any]", found if isinstance(found, list) else [found] if found else [])
    return [statement for statement in listed if isinstance(statement, Mapping)]


def malformed(name: str, document: Any) -> str | None:
    """Return what is wrong with the policy *document*, the input *name*, or None."""
    found = statements(document)
    if found is None:
        return None
    if not found:
        return f"{name} must be a JSON policy document with at least one statement"
    for number, statement in enumerate(found, 1):
        if statement.get("Effect") not in ("Allow", "Deny"):
            return f"{name} must say Allow or Deny as the Effect of statement {number}, got {statement.get('Effect')!r}"
        if not {"Principal", "NotPrincipal"} & set(statement):
            return f"{name} must name a Principal in statement {number}"
        if not {"Action", "NotAction"} & set(statement):
            return f"{name} must name an Action in statement {number}"
    return None


def values(statement: Mapping[str, Any], key: str) -> list[str]:
    """Return what *statement* has under *key*, where one value stands for a list of one."""
    found = statement.get(key)
    return [str(v) for v in cast("list[Any]", found if isinstance(found, list) else [found]) if v is not None]


def principals(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yield all that *statement* names as principals."""
    found = statement.get("Principal")
    for value in cast("Mapping[str, Any]", found).values() if isinstance(found, Mapping) else [found]:
        yield from values({"p": value}, "p")


def public(document: Any) -> bool:
    """Whether *document* lets everybody in, as far as it is known."""
    return any(
        statement.get("Effect") == "Allow"
        and not has_unknown(statement)
        and "*" in principals(statement)
        and not _narrowed(statement)
        for statement in statements(document) or []
    )


def allows(document: Any, action: str) -> bool:
    """Whether some statement of *document* lets an AWS principal do *action*, as far as it is known."""
    found = statements(document)
    return found is None or any(
        statement.get("Effect") == "Allow"
        and any(":" in principal or principal == "*" or principal.isdigit() for principal in _of_aws(statement))
        and any(fnmatch.fnmatchcase(action.lower(), given.lower()) for given in values(statement, "Action"))
        for statement in found
    )


def _of_aws(statement: Mapping[str, Any]) -> list[str]:
    found = statement.get("Principal")
    return values(fields(found), "AWS") if isinstance(found, Mapping) else values(statement, "Principal")


def spelt_out(document: str) -> str:
    """Return *document* with ``"Principal": "*"`` in its long form, which means the same in resource policies."""
    found = statements(document)
    if not found or all(statement.get("Principal") != "*" for statement in found):
        return document
    parsed = json.loads(document)
    parsed["Statement"] = [
        {**statement, "Principal": {"AWS": "*"}} if statement.get("Principal") == "*" else statement
        for statement in found
    ]
    return json.dumps(parsed)


def _narrowed(statement: Mapping[str, Any]) -> bool:
    conditions: Mapping[str, Any] = fields(statement.get("Condition"))
    keys = {str(key).lower() for operands in conditions.values() for key in operands}
    return bool(keys & _NARROWING)
