# shellcheck shell=bash
# shellcheck disable=SC2154  # `changed` belongs to the common steps

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
