"""The environment of the CLI: the user's, without anything that leads to an account, a backend or a home."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .places import Places

PASSPHRASE = "rehearsal"  # noqa: S105
"""Encrypts secrets in the state as on a real backend; what it protects lives in an emulator."""

_DROPPED = ("AWS_", "PULUMI_", "MOTO_", "REHEARSAL_", "XDG_")


def surroundings(given: Mapping[str, str], places: Places, endpoint: str | None) -> dict[str, str]:
    """Return the environment for the CLI, made from the *given* one; *endpoint* is the emulator's address."""
    kept = {name: value for name, value in given.items() if not name.upper().startswith(_DROPPED)}
    if sys.prefix != sys.base_prefix:
        kept["PATH"] = os.pathsep.join([str(Path(sys.prefix, "bin")), kept.get("PATH", os.defpath)])
    hosts = "127.0.0.1,localhost"
    return kept | {
        "HOME": str(places.user_home),
        "USERPROFILE": str(places.user_home),
        "NO_PROXY": hosts,
        "no_proxy": hosts,
        "PULUMI_HOME": str(places.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{places.state}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # A `pulumi-resource-aws` on PATH would come before the one in PULUMI_HOME.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **({"AWS_ENDPOINT_URL": endpoint, "REHEARSAL_ENDPOINT_URL": endpoint} if endpoint else {}),
    }
