# shellcheck shell=bash
# shellcheck disable=SC2154  # `changed` belongs to the common steps

enable_unit() {
  local how=start
  # A service may have been started by its package, before its files and mounts were there.
  if [ "$changed" = yes ]; then how=restart; fi
  systemctl enable "$1"
  systemctl "$how" "$1" || {
    # Who reads why in the log of the preparation need not log in.
    journalctl --no-pager --output=cat --lines=20 --unit="$1" >&2
    return 1
  }
}

disable_unit() {
  if systemctl cat "$1" >/dev/null 2>&1; then systemctl disable --now "$1"; fi
}

mask_unit() {
  systemctl mask --now "$1"
}
