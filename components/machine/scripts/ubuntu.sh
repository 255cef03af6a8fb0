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
# elasticweb
case " $units " in *" \${1%.service}.service "* | *" \$1 "*) exit 101 ;; esac
END
  chmod 0755 "$policy"
}

# Also after a run that was killed.
release_units() {
  if grep -qsx '# elasticweb' "$policy"; then rm -f "$policy"; fi
}

apt_get() {
  retry 5 15 apt_get_once "$@"
}

# apt refuses to work with what a run that was killed has left half installed.
apt_get_once() {
  dpkg --force-confdef --force-confold --configure --pending || true
  apt-get -q -o APT::Get::Fix-Broken=true -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Options::=--force-confold "$@"
}

install_packages() {
  local package status=0 missing=()
  release_units
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
