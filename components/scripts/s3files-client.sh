#!/usr/bin/env bash
# s3files-client.sh
#
# See to it that this machine can mount S3 Files: amazon-efs-utils 3 or later.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-prereq-policies.html
set -euo pipefail

settings=${ELASTICWEB_S3FILES_SETTINGS:-/etc/amazon/efs/s3files-utils.conf}

install_client() {
  if command -v dnf >/dev/null; then
    # An image pinned to a release from before S3 Files brings version 2.
    dnf --assumeyes --releasever=latest upgrade amazon-efs-utils
  else
    curl --fail --silent --show-error --location --retry 5 --output "$installer" \
      https://amazon-efs-utils.aws.com/efs-utils-installer.sh
    DEBIAN_FRONTEND=noninteractive sh "$installer" --install
  fi
}

if ! command -v mount.s3files >/dev/null; then
  installer=$(mktemp)
  trap 'rm -f "$installer"' EXIT
  # The distribution's own updates may hold the package lock right after boot.
  for ((try = 1; ; try++)); do
    if install_client && command -v mount.s3files >/dev/null; then break; fi
    if ((try == 5)); then
      echo "s3files-client: amazon-efs-utils 3 could not be installed" >&2
      exit 1
    fi
    sleep 15
  done
fi

# By default the mount helper logs to a log group of its own making and publishes metrics. Machines are
# not allowed to, and without an endpoint for CloudWatch in a closed network the mount hangs on it.
sed --in-place \
  -e '/^\[cloudwatch-log\]/,/^\[/s/^enabled = true/enabled = false/' \
  -e 's/^metrics_enabled = true/metrics_enabled = false/' "$settings"
