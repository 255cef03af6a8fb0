# shellcheck shell=bash
# shellcheck disable=SC2034  # `changed` belongs to the common steps

swap_file=/swapfile
swap_table=/etc/fstab

# make_swap GIB: a swap file that is there is left as it is.
make_swap() {
  local entry="$swap_file none swap defaults 0 0"
  if [ ! -e "$swap_file" ]; then
    (umask 077 && fallocate --length "$1GiB" "$swap_file.new")
    mkswap "$swap_file.new"
    mv "$swap_file.new" "$swap_file"
    changed=yes
  fi
  if ! grep -qxF "$entry" "$swap_table"; then echo "$entry" >>"$swap_table"; fi
  if ! swapon --noheadings --show=NAME | grep -qxF "$swap_file"; then swapon "$swap_file"; fi
}
