# shellcheck shell=bash
# shellcheck disable=SC2034  # `changed` and `units` are for the steps of packages and services
# The steps that a machine's preparation is made of. Each may run again and then changes nothing.

state=/var/lib/elasticweb
environment=/etc/elasticweb/environment
instance=/var/lib/cloud/data/instance-id
changed=no
doing=start

step() {
  doing=$1
  echo "elasticweb: $doing"
}

# What everything ends with, however it ends: one line in the log and one in the file. It is about one machine: an
# image that was made of a prepared machine has a verdict in it that says nothing about the next one.
verdict() {
  local status=$?
  if [ -e "$instance" ]; then cp "$instance" "$state/instance"; fi
  if [ "$status" -eq 0 ]; then
    echo ready >"$state/verdict"
    echo 'elasticweb: this machine is READY'
  else
    echo "failed: $doing" >"$state/verdict"
    echo "elasticweb: preparation FAILED at '$doing' (exit status $status)" >&2
  fi
}

# begin UNIT...: with the units that the machine declares to be enabled, disabled or masked, for the packages of the
# distributions that start what they install.
begin() {
  units=$*
  mkdir -p "$state/done"
  rm -f "$state/verdict"
  export HOME=${HOME:-/root}
  umask 022
  cd /
  trap verdict EXIT
}

# retry TIMES PAUSE COMMAND...
retry() {
  local times=$1 pause=$2 attempt
  shift 2
  for ((attempt = 1; attempt <= times; attempt++)); do
    if "$@"; then return 0; fi
    echo "elasticweb: attempt $attempt of $times failed: $*" >&2
    if [ "$attempt" -lt "$times" ]; then sleep "$pause"; fi
  done
  return 1
}

# run_script FILE: with the machine's environment, up to the first error.
run_script() (
  if [ -e "$environment" ]; then
    set -a
    # shellcheck source=/dev/null
    . "$environment"
    set +a
  fi
  exec bash -euo pipefail "$1"
)

# run_once FILE
run_once() {
  local stamp
  stamp=$state/done/$(basename "$1")-$(sha256sum <"$1" | cut -c1-16)
  if [ -e "$stamp" ]; then return 0; fi
  run_script "$1"
  touch "$stamp"
}

# place PATH OWNER GROUP MODE: from where cloud-init left the content to where it belongs.
place() {
  local path=$1 owner=$2 group=$3 mode=$4 staged=$state/files$1
  if cmp -s "$staged" "$path" && [ "$(stat -c %U:%G:%04a "$path")" = "$owner:$group:$mode" ]; then
    return 0
  fi
  install -D -o "$owner" -g "$group" -m "$mode" "$staged" "$path"
  changed=yes
}
