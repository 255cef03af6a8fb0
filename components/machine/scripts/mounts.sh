# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # `changed` and `state` belong to the common steps

fstab=/etc/fstab

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
