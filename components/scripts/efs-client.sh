#!/usr/bin/env bash
# efs-client.sh
#
# Install amazon-efs-utils where the distribution has no package of it (Ubuntu), by AWS's own installer.
# https://github.com/aws/efs-utils/blob/master/INSTALL.md
set -euo pipefail

if command -v mount.efs >/dev/null; then exit 0; fi

installer=$(mktemp)
trap 'rm -f "$installer"' EXIT

install_client() {
  curl --fail --silent --show-error --location --retry 5 --output "$installer" \
    https://amazon-efs-utils.aws.com/efs-utils-installer.sh
  DEBIAN_FRONTEND=noninteractive sh "$installer" --install
}

# The distribution's own updates may hold the package lock right after boot.
for ((try = 1; ; try++)); do
  if install_client && command -v mount.efs >/dev/null; then break; fi
  if ((try == 5)); then
    echo "efs-client: amazon-efs-utils could not be installed" >&2
    exit 1
  fi
  sleep 15
done
