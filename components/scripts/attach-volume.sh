#!/usr/bin/env bash
# attach-volume.sh VOLUME_ID xfs|ext4
#
# Attach the EBS volume to this instance, make a file system on it if it is new, and grow the file
# system to the size of the volume. Safe to run again at any time, also after a kill at any point.
set -euo pipefail

volume=$1
file_system=$2

device=${ELASTICWEB_DEVICES:-/dev/disk/by-id}/nvme-Amazon_Elastic_Block_Store_${volume/-/}
staging=${ELASTICWEB_RUN:-/run}/elasticweb/$volume
note=${ELASTICWEB_STATE:-/var/lib/elasticweb}/making-$volume
tries=180 # of 5 seconds: a previous holder that is being terminated has 15 minutes to let go
export PATH="$PATH:/snap/bin" # where Ubuntu keeps the AWS CLI
# shellcheck source=components/scripts/file-system.sh
. "${BASH_SOURCE[0]%/*}/file-system.sh"

fail() {
  echo "attach-volume: $*" >&2
  exit 1
}

install_cli() {
  command -v aws >/dev/null && return
  snap wait system seed.loaded
  snap install aws-cli --classic
}

metadata() {
  curl --fail --silent --show-error --retry 5 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}

attach() {
  local answer state holder attachment try
  local letters=(p o n m l k) # of /dev/sd?: another volume may hold a name, so each try takes the next
  for ((try = 0; try < tries; try++)); do
    # A refused or failed call is tried again: the permission may be seconds old.
    answer=$(aws ec2 describe-volumes --volume-ids "$volume" --output text \
      --query 'Volumes[0].[State,Attachments[0].InstanceId,Attachments[0].State]') || answer="unknown - -"
    read -r state holder attachment <<<"$answer"
    if [ "$state" = in-use ] && [ "$holder" = "$instance" ] && [ "$attachment" = attached ]; then
      return
    fi
    if [ "$state" = available ]; then
      # Losing a race is no failure, the next look tells. Never by force: EBS attaches a volume to one
      # instance only, and that is what keeps two servers from writing to it.
      aws ec2 attach-volume --volume-id "$volume" --instance-id "$instance" \
        --device "/dev/sd${letters[try % ${#letters[@]}]}" >/dev/null || true
    fi
    sleep 5
  done
  fail "$volume is still $state (held by $holder, $attachment), not attached to $instance"
}

wait_for_device() {
  local try
  for ((try = 0; try < tries; try++)); do
    if [ -e "$device" ]; then return; fi
    sleep 1
  done
  fail "$device did not appear (instances that are not built on Nitro are not supported)"
}

install_cli
token=$(curl --fail --silent --show-error --retry 5 --request PUT \
  --header "X-aws-ec2-metadata-token-ttl-seconds: 3600" http://169.254.169.254/latest/api/token)
instance=$(metadata instance-id)
AWS_DEFAULT_REGION=$(metadata placement/region)
export AWS_DEFAULT_REGION
attach
wait_for_device
file_system "$device" "$file_system" ew-data "$note"
grow_file_system "$device" "$file_system" "$staging"
