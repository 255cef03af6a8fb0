# shellcheck shell=bash

# run_unit UNIT: now, unless it has run since the boot, and at every boot; what it says goes into the log of the
# preparation, too.
run_unit() {
  local since status=0
  since=$(date '+%F %T')
  systemctl enable "$1"
  systemctl start "$1" || status=$?
  journalctl --no-pager --output=cat --unit="$1" --since="$since" || true
  return "$status"
}
