"""Secrets: that they are there, never what they say."""

from collections.abc import Iterator

from .scene import Scene, Section


def sections(scene: Scene) -> Iterator[Section]:
    """One for every secret."""
    for resource in scene.all("secretsmanager/secret:Secret"):
        secret = scene.ask(resource, "secretsmanager", "describe_secret", SecretId=resource.id)
        current = [k for k, stages in secret.get("VersionIdsToStages", {}).items() if "AWSCURRENT" in stages]
        section = Section("Secret", secret["Name"])
        section.rows.append(("value", "set, not shown" if current else "not set"))
        section.rows.append(("key", secret.get("KmsKeyId") or "aws/secretsmanager"))
        yield section
