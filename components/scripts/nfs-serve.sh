#!/usr/bin/env bash
# nfs-serve.sh start DEVICE xfs|ext4 USER GROUP NETWORK...   mount the volume and export it to the networks, as USER
# nfs-serve.sh address MAC ADDRESS SUBNET                    use the network interface that was attached
# nfs-serve.sh grow DEVICE xfs|ext4                          let the file system grow to the size of its volume
# nfs-serve.sh check                                         whether clients are served
# nfs-serve.sh stop                                          let clients write no more, or end the machine
#
# Each may run again at any time, also after a kill at any point.
set -eEuo pipefail

# shellcheck source=components/scripts/file-system.sh
. "${BASH_SOURCE[0]%/*}/file-system.sh"

volume=/srv/elasticweb
# What the NFS server knows of its clients. It is on the volume, so that a successor lets them have their locks back.
known=(/var/lib/nfs/nfsdcld /var/lib/nfs/v4recovery)

settings() {
  mkdir -p /etc/nfs.conf.d /etc/exports.d
  # NFS 4 only. Clients have grace-time to claim their locks; until it ends nobody gets new ones.
  cat >/etc/nfs.conf.d/elasticweb.conf <<'END'
[nfsd]
vers2=n
vers3=n
vers4=y
udp=n
tcp=y
threads=16
grace-time=30
lease-time=30
END
}

start() {
  local device=$1 type=$2 user=$3 group=$4 directory options network
  shift 4
  if ! mountpoint -q "$volume"; then
    mkdir -p "$volume"
    mount -t "$type" -o nosuid,nodev "$device" "$volume"
  fi
  if [ ! -d "$volume/files" ]; then
    rm -rf "$volume/files.new"
    mkdir "$volume/files.new"
    chown "$user:$group" "$volume/files.new"
    chmod 2775 "$volume/files.new"
    mv -T "$volume/files.new" "$volume/files"
  fi
  for directory in "${known[@]}"; do
    mkdir -p "$directory" "$volume/clients/${directory##*/}"
    if ! mountpoint -q "$directory"; then mount --bind "$volume/clients/${directory##*/}" "$directory"; fi
  done
  settings
  # fsid: file handles stay what they are on the next server. Everybody reads and writes as one user, root too.
  options="rw,sync,fsid=0,sec=sys,no_subtree_check,all_squash,anonuid=$user,anongid=$group,insecure"
  for network in "$@"; do echo "$volume/files $network($options)"; done >/etc/exports.d/elasticweb.exports
  # Anew: the one that may run already has its file in the directory that is hidden now.
  systemctl restart nfsdcld
  systemctl restart nfs-server
  exportfs -ra
}

address() {
  local mac=$1 address=$2 subnet=$3 link="" gateway octets try
  for ((try = 0; try < 60; try++)); do
    link=$(ip -oneline link | awk -v mac="$mac" 'index($0, mac) { sub(/[:@].*/, "", $2); print $2; exit }')
    if [ -n "$link" ]; then break; fi
    sleep 1
  done
  if [ -z "$link" ]; then refuse "no network interface has the address $mac"; fi
  IFS=./ read -r -a octets <<<"$subnet"
  gateway="${octets[0]}.${octets[1]}.${octets[2]}.$((octets[3] + 1))" # VPC user guide: the first host of a subnet
  ip link set "$link" up
  ip address replace "$address/${subnet#*/}" dev "$link" noprefixroute
  # Answers leave by the interface that was asked: EC2 drops what has another interface's address.
  ip route replace "$subnet" dev "$link" src "$address" table 2049
  ip route replace default via "$gateway" dev "$link" src "$address" table 2049
  ip rule show | grep -q "from $address lookup 2049" || ip rule add from "$address" table 2049
}

check() {
  mountpoint -q "$volume" && grep -q '[1-9]' /proc/fs/nfsd/threads && exportfs -s | grep -q "^$volume/files "
}

stop() {
  local directory try
  # Whatever cannot be stopped is ended: a successor counts on it.
  trap 'echo b >"${ELASTICWEB_SYSRQ:-/proc/sysrq-trigger}"' ERR
  rm -f /etc/exports.d/elasticweb.exports
  timeout 20 systemctl stop nfs-server
  timeout 5 systemctl stop nfsdcld || true # what it still holds, umount tells
  for directory in "${known[@]}" "$volume"; do
    for ((try = 0; try < 10; try++)); do
      if ! mountpoint -q "$directory"; then break; fi
      timeout 5 umount "$directory" || sleep 0.5
    done
    if mountpoint -q "$directory"; then false; fi
  done
  trap - ERR
}

case $1 in
  start) start "${@:2}" ;;
  address) address "${@:2}" ;;
  grow) grow_file_system "$2" "$3" /run/elasticweb/grow ;;
  check) check ;;
  stop) stop ;;
esac
