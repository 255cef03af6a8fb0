# shellcheck shell=bash
# The steps that a machine's preparation is made of. Each may run again and then changes nothing.

state=/var/lib/elasticweb
environment=/etc/elasticweb/environment
fstab=/etc/fstab
changed=no
doing=start

step() {
  doing=$1
  echo "elasticweb: $doing"
}

# What everything ends with, however it ends: one line in the log and one in the file.
verdict() {
  local status=$?
  if [ "$status" -eq 0 ]; then
    echo ready >"$state/verdict"
    echo 'elasticweb: this machine is READY'
  else
    echo "failed: $doing" >"$state/verdict"
    echo "elasticweb: preparation FAILED at '$doing' (exit status $status)" >&2
  fi
}

# begin UNIT...: with the units that the machine declares to be enabled, disabled or masked.
begin() {
  # shellcheck disable=SC2034  # for the packages of the distributions that start what they install
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

# mapped_name DEVICE: how the launch template calls an EBS disk; it tells in bytes 3072 to 3103 of its NVMe
# controller's data, with or without /dev/.
mapped_name() {
  local name
  # Read to the end: a pipe that closes early would look like a failure.
  name=$(nvme id-ctrl --raw-binary "$1" | { dd bs=1 skip=3072 count=32 status=none && cat >/dev/null; } | tr -d '\0 ')
  echo "${name#/dev/}"
}

# attached_as NAME: the disk that the launch template calls /dev/NAME, under which Amazon Linux has a link to it.
attached_as() {
  local device
  for device in "/dev/$1" "/dev/xvd${1#sd}"; do
    if [ -b "$device" ]; then
      readlink -f "$device"
      return 0
    fi
  done
  for device in /dev/nvme*n1; do
    if ! grep -qs '^Amazon Elastic Block Store' "/sys/class/block/${device##*/}/device/model"; then
      continue
    fi
    if [ "$(mapped_name "$device")" = "$1" ]; then
      echo "$device"
      return 0
    fi
  done
  return 1
}

# format_volume LABEL NAME: only a disk on which there is nothing at all.
format_volume() {
  local device found=0
  if blkid -L "$1" >/dev/null; then return 0; fi
  retry 12 5 attached_as "$2" >/dev/null
  device=$(attached_as "$2")
  blkid -p "$device" || found=$?
  if [ "$found" -ne 2 ]; then # blkid(8): 2 says that nothing could be identified
    echo "elasticweb: $device ($2) is not empty and is left alone" >&2
    return 1
  fi
  mkfs.xfs -q -L "$1" "$device"
  udevadm settle
}

# mount_at PATH TYPE SOURCE OPTIONS OWNER: now and at every boot.
mount_at() {
  local path=$1 owner=$5 entry="$3 $1 $2 $4 0 0"
  mkdir -p "$path"
  if ! grep -qxF "$entry" "$fstab"; then
    awk -v path="$path" '$2 != path' "$fstab" >"$state/fstab"
    echo "$entry" >>"$state/fstab"
    cat "$state/fstab" >"$fstab"
    systemctl daemon-reload
    changed=yes
  fi
  if ! mountpoint -q "$path"; then
    # Started by systemd, so that a mount's helper process does not live and die with cloud-init's.
    retry 12 10 systemctl start "$(systemd-escape --path --suffix=mount "$path")"
    mountpoint -q "$path"
    changed=yes
  fi
  if [ -n "$owner" ] && [ "$(stat -c %U:%G "$path")" != "$owner" ]; then
    chown "$owner" "$path"
  fi
}

enable_unit() {
  systemctl enable "$1"
  # A service may have been started by its package, before its files and mounts were there.
  if [ "$changed" = yes ]; then systemctl restart "$1"; else systemctl start "$1"; fi
}

disable_unit() {
  if systemctl cat "$1" >/dev/null 2>&1; then systemctl disable --now "$1"; fi
}

mask_unit() {
  systemctl mask --now "$1"
}
