#!/usr/bin/env bash
# nfs-client.sh HOST PATH: mount again when HOST has moved to another zone, and so to another address, which the
# kernel's client never looks up again. A server that is replaced in its zone keeps its address, and mounts go on.
set -euo pipefail

host=$1
path=$2
unit=elasticweb-nfs-$(systemd-escape --path "$path")
units=${ELASTICWEB_UNITS:-/etc/systemd/system}

cat >"$units/$unit.service" <<END
[Unit]
Description=Follows $host to another zone

[Service]
Type=oneshot
ExecStart=/bin/bash ${BASH_SOURCE[0]%/*}/nfs-follow.sh $host $path
END
cat >"$units/$unit.timer" <<END
[Unit]
Description=Follows $host to another zone

[Timer]
OnBootSec=1min
OnUnitActiveSec=20s

[Install]
WantedBy=timers.target
END
systemctl daemon-reload
systemctl enable --now "$unit.timer"
