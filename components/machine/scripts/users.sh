# shellcheck shell=bash
# shellcheck disable=SC2034  # `changed` belongs to the common steps

# make_user NAME SHELL HOME SYSTEM GROUP...: HOME may be empty, SYSTEM is yes or no. No password, no keys.
make_user() {
  local name=$1 shell=$2 home=$3 system=$4 group options=()
  shift 4
  for group in "$@"; do
    if ! getent group "$group" >/dev/null; then groupadd --system "$group"; fi
  done
  if ! getent passwd "$name" >/dev/null; then
    if [ "$system" = yes ]; then options+=(--system); fi
    if getent group "$name" >/dev/null; then options+=(--gid "$name"); else options+=(--user-group); fi
    if [ -n "$home" ]; then options+=(--home-dir "$home" --create-home); else options+=(--no-create-home); fi
    useradd --shell "$shell" "${options[@]}" "$name"
    changed=yes
  fi
  if [ "$(getent passwd "$name" | cut -d: -f7)" != "$shell" ]; then usermod --shell "$shell" "$name"; fi
  for group in "$@"; do
    if ! id -nG "$name" | tr ' ' '\n' | grep -qxF "$group"; then
      usermod --append --groups "$group" "$name"
      changed=yes # a program has the groups that its user had when it started
    fi
  done
}
