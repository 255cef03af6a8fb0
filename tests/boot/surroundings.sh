# shellcheck shell=bash
# What is around a throw-away machine, made in namespaces of its own: its disk and its network. Everything ends with the
# process that runs this.
# bash surroundings.sh BASE DIRECTORY CERTIFICATE HOST...
set -eu
base=$1 directory=$2 certificate=$3
shift 3

# A disk in memory over the base, which is never written to.
mkdir "$directory/layers" "$directory/root"
mount -t tmpfs -o mode=755 tmpfs "$directory/layers"
mkdir "$directory/layers/upper" "$directory/layers/work"
mount -t overlay -o "lowerdir=$base,upperdir=$directory/layers/upper,workdir=$directory/layers/work" overlay \
  "$directory/root"

# What the image knows of its surroundings: where AWS is and by whose certificate to know it.
cat "$certificate" >>"$directory/root/etc/ssl/certs/ca-certificates.crt"
printf '127.0.0.1 localhost\n169.254.169.253 %s\n' "$*" >"$directory/root/etc/hosts"
cat >"$directory/root/etc/cloud/cloud.cfg.d/99-surroundings.cfg" <<'END'
datasource_list: [Ec2]
datasource: {Ec2: {strict_id: false, timeout: 5, max_wait: 20}}
network: {config: disabled}
locale: C.UTF-8
apt: {preserve_sources_list: true}
END

# What ip and systemd-nspawn keep there is not for the real machine.
mount -t tmpfs -o mode=755 tmpfs /run
ip netns add machine
ip link add cloud0 type veth peer name eth0 netns machine
ip address add 10.0.1.1/24 dev cloud0
ip address add 169.254.169.254/32 dev cloud0
ip address add 169.254.169.253/32 dev cloud0
ip link set cloud0 up
ip link set lo up
ip -n machine address add 10.0.1.7/24 dev eth0
ip -n machine link set eth0 up
ip -n machine link set lo up
ip -n machine route add default via 10.0.1.1
touch "$directory/surrounded"
exec sleep infinity
