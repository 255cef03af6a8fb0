#!/usr/bin/env bash
# mountpoint-client.sh
#
# Install Mountpoint for Amazon S3 where the distribution has no package of it (Ubuntu), after checking
# AWS's signature.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mountpoint-installation.html
set -euo pipefail

# AWS's release keys, the newer first
# (https://github.com/awslabs/mountpoint-s3/blob/main/doc/INSTALL.md, August 2026).
keys='8AEFE705EBE329C0948C75A66F1C3B3AEF4B030B|673FE4061506BB469A0EF857BE397A52B086DA5A'
releases=https://s3.amazonaws.com/mountpoint-s3-release

if command -v mount-s3 >/dev/null; then exit 0; fi

case $(uname -m) in
  x86_64) architecture=x86_64 ;;
  aarch64) architecture=arm64 ;;
  *)
    echo "mountpoint-client: no package for $(uname -m)" >&2
    exit 1
    ;;
esac

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
export GNUPGHOME=$work

download() {
  curl --fail --silent --show-error --location --retry 5 --output "$work/$2" "$releases/$1"
}

download public_keys/KEYS KEYS
download "latest/$architecture/mount-s3.deb" mount-s3.deb
download "latest/$architecture/mount-s3.deb.asc" mount-s3.deb.asc
gpg --batch --quiet --import "$work/KEYS"
# VALIDSIG ends with the fingerprint of the primary key that made a good signature.
status=$(gpg --batch --status-fd 1 --verify "$work/mount-s3.deb.asc" "$work/mount-s3.deb") || status=
if ! grep --quiet --extended-regexp "^\[GNUPG:\] VALIDSIG .*($keys)\$" <<<"$status"; then
  echo "mountpoint-client: the package is not signed by AWS" >&2
  exit 1
fi
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install --assume-yes "$work/mount-s3.deb"
