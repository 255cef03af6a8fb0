# shellcheck shell=bash

# install_agent URL KEY_URL FINGERPRINT: the package at URL, where it says ARCH for the architecture, if AWS signed it.
install_agent() (
  if [ "$(dpkg-query -W -f='${db:Status-Status}' amazon-cloudwatch-agent 2>&1)" = installed ]; then exit 0; fi
  work=$(mktemp --directory)
  trap 'rm -rf "$work"' EXIT
  export GNUPGHOME=$work
  url=${1/ARCH/$(dpkg --print-architecture)}
  download "$2" "$work/key"
  download "$url" "$work/agent.deb"
  download "$url.sig" "$work/agent.deb.sig"
  gpg --batch --quiet --import "$work/key"
  # VALIDSIG ends with the fingerprint of the primary key that made a good signature.
  status=$(gpg --batch --status-fd 1 --verify "$work/agent.deb.sig" "$work/agent.deb") || status=
  if ! grep -q "^\[GNUPG:\] VALIDSIG .*$3\$" <<<"$status"; then
    echo 'elasticweb: the CloudWatch agent is not signed by AWS' >&2
    exit 1
  fi
  apt_get install -y "$work/agent.deb"
)

download() {
  curl --fail --silent --show-error --location --retry 5 --retry-all-errors --output "$2" "$1"
}
