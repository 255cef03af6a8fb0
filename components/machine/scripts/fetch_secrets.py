"""Fetches the machine's secrets into /run/elasticweb/secrets: in memory, for one group to read, and never printed."""

import grp
import json
import os
import sys

import aws

ROOT = os.environ.get("ELASTICWEB_ROOT", "")
DECLARED = f"{ROOT}/etc/elasticweb/secrets.json"
DIRECTORY = f"{ROOT}/run/elasticweb/secrets"


def fetch(arn: str) -> str:
    """Return the text of a secret."""
    answer = aws.ask_json("secretsmanager", arn.split(":")[3], "secretsmanager.GetSecretValue", {"SecretId": arn})
    if "SecretString" not in answer:
        raise aws.Refused("it holds no text")
    return answer["SecretString"]


def keep(name: str, text: str, group: int) -> None:
    """Write a secret so that whoever opens it finds the old one or the new one, whole."""
    path = f"{DIRECTORY}/{name}.json"
    new = os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
    with os.fdopen(new, "w", encoding="utf-8") as file:
        os.fchown(new, -1, group)
        os.fchmod(new, 0o440)
        file.write(text)
    os.replace(f"{path}.new", path)


def arrived(name: str, arn: str, group: int) -> bool:
    """Return whether a secret was fetched; if not, what was fetched an hour ago is better than nothing."""
    try:
        keep(name, fetch(arn), group)
    except aws.Refused as refused:
        aws.say(f"the secret {name} could not be fetched: {refused}")
        return False
    return True


def main() -> int:
    """Fetch what is declared, and forget what no longer is; return the exit status."""
    with open(DECLARED, encoding="utf-8") as file:
        declared = json.load(file)
    group = grp.getgrnam(declared["group"]).gr_gid
    os.makedirs(DIRECTORY, exist_ok=True)
    os.chown(DIRECTORY, -1, group)
    os.chmod(DIRECTORY, 0o750)
    missed = [name for name, arn in declared["secrets"].items() if not arrived(name, arn, group)]
    for left in set(os.listdir(DIRECTORY)) - {f"{name}.json" for name in declared["secrets"]}:
        os.remove(f"{DIRECTORY}/{left}")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
