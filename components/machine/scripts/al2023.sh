# shellcheck shell=bash
# shellcheck disable=SC2034  # `changed` belongs to the common steps

install_packages() {
  local package missing=()
  for package in "$@"; do
    if ! rpm --quiet -q --whatprovides "$package"; then missing+=("$package"); fi
  done
  if [ "${#missing[@]}" -eq 0 ]; then return 0; fi
  retry 5 15 dnf install -y "${missing[@]}"
  changed=yes
}
