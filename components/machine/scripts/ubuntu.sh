# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # `changed` and `units` belong to the common steps

policy=/usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l

# Debian starts a service as soon as its package is there. The declared units have to wait for their files and
# mounts: a default page must not answer the load balancer's health check.
hold_units() {
  if [ -e "$policy" ]; then return 0; fi
  cat >"$policy" <<END
#!/bin/sh
case " $units " in *" \${1%.service}.service "* | *" \$1 "*) exit 101 ;; esac
END
  chmod 0755 "$policy"
  held=yes
}

release_units() {
  if [ "${held:-no}" = yes ]; then rm -f "$policy"; fi
}

apt_get() {
  retry 5 15 apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Options::=--force-confold "$@"
}

install_packages() {
  local package status=0 missing=()
  for package in "$@"; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "${package%%=*}" 2>&1)" != installed ]; then
      missing+=("$package")
    fi
  done
  if [ "${#missing[@]}" -eq 0 ]; then return 0; fi
  hold_units
  { apt_get update && apt_get install -y "${missing[@]}"; } || status=$?
  release_units
  changed=yes
  return "$status"
}
