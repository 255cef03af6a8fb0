# shellcheck shell=bash
# shellcheck disable=SC2154  # `state` belongs to the common steps

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

# format_volume LABEL NAME TYPE: only a disk on which there is nothing at all.
format_volume() {
  local device
  if blkid -L "$1" >/dev/null; then return 0; fi
  retry 12 5 attached_as "$2" >/dev/null
  device=$(attached_as "$2")
  file_system "$device" "$3" "$1" "$state/making-$1"
  udevadm settle
}
