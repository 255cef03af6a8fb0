#!/usr/bin/env bash
# nfs-follow.sh HOST PATH: what nfs-client.sh runs every few seconds.
set -euo pipefail

host=$1
path=$2
now=$(getent ahostsv4 "$host" | awk '{ print $1; exit }')
mounted=$(findmnt --noheadings --output OPTIONS --mountpoint "$path" | sed -n 's/.*\<addr=\([^,]*\).*/\1/p') || true
if [ -z "$now" ] || [ "$now" = "$mounted" ]; then exit 0; fi
echo "elasticweb-nfs: $host has moved from ${mounted:-nowhere} to $now" >&2
# What programs have open on the old server is lost with it: they get an error and open it anew.
if [ -n "$mounted" ]; then umount --force --lazy "$path"; fi
systemctl start "$(systemd-escape --path --suffix=mount "$path")"
