# shellcheck shell=bash
# What a server may do to the file system of a volume: make one where there is nothing, and let it grow.

# A file system carries this label until it is complete. Only one that still carries it, and so was never mounted, is
# ever made again.
making=ew-making

# file_system DEVICE xfs|ext4 LABEL NOTE: see to it that DEVICE holds a whole file system of that type, called LABEL if
# it is made here. NOTE is a file on another disk, which stays for as long as the file system is being made.
file_system() {
  local device=$1 type=$2 label=$3 note=$4 found held name size again=yes status=0
  # blkid also answers 2 for a device that it cannot read; such a device must not look empty.
  head --bytes=1048576 "$device" >/dev/null || refuse "$device cannot be read" || return
  found=$(blkid --probe --output export "$device") || status=$?
  held=$(sed -n 's/^TYPE=//p' <<<"$found")
  name=$(sed -n 's/^LABEL=//p' <<<"$found")
  if [ "$held" = "$type" ] && [ "$name" != "$making" ]; then
    rm -f "$note"
    return
  fi
  if [ "$held" != "$type" ]; then
    if [ "$status" -ne 2 ] || [ -n "$found" ]; then
      refuse "$device holds ${held:-something unknown} (blkid: $status), not $type: left alone" || return
    fi
    # What has no signature may still be somebody's data. A volume that nobody wrote to reads as zeros (EBS user
    # guide); one on which the note says that a cut ended mkfs may hold anything.
    if [ ! -e "$note" ]; then
      size=$(blockdev --getsize64 "$device") || refuse "$device does not tell its size: left alone" || return
      blank "$device" "$size" || refuse "$device holds something that is no file system: left alone" || return
      again=
    fi
  fi
  mkdir -p "$(dirname "$note")"
  echo "$device" >"$note"
  sync "$note"
  case $type in
    xfs) mkfs.xfs -q ${again:+-f} -L "$making" "$device" && sync "$device" && xfs_admin -L "$label" "$device" >/dev/null ;;
    ext4) mkfs.ext4 -q ${again:+-F} -L "$making" "$device" && sync "$device" && e2label "$device" "$label" ;;
  esac || return
  sync "$device"
  rm -f "$note"
}

# blank DEVICE SIZE: whether it reads as zeros where whatever lost its beginning still has something: the first 64 MiB,
# the last MiB (where a GPT has its copy), a MiB around every 64th of it (XFS keeps its superblock four times or more),
# and one where ext4 keeps copies of its own.
blank() {
  local mib=1048576 at
  cmp --silent --bytes="$(($2 < 64 * mib ? $2 : 64 * mib))" "$1" /dev/zero || return
  for at in $(for n in {1..63}; do echo $(($2 * n / 64 - mib / 2)); done) $((128 * mib)) $((384 * mib)) \
    $((640 * mib)) $((896 * mib)) $(($2 - mib)); do
    if [ "$2" -le $((64 * mib)) ] || [ $((at + mib)) -gt "$2" ]; then continue; fi
    cmp --silent --ignore-initial="$at:0" --bytes=$mib "$1" /dev/zero || return
  done
}

refuse() {
  echo "elasticweb: $*" >&2
  return 1
}

# grow_file_system DEVICE xfs|ext4 DIRECTORY: to the size of the volume; mounted at DIRECTORY meanwhile, unless it is
# mounted somewhere. Both kinds grow while mounted, and never shrink.
grow_file_system() (
  disk=$(readlink --canonicalize "$1") kind=$2 directory=$3
  if ! target=$(findmnt --noheadings --first-only --output TARGET --source "$disk"); then
    # What a cut left half written is put right; more than that is for a person to decide, and stays unmounted.
    if [ "$kind" = ext4 ]; then e2fsck -p "$disk" >/dev/null || [ $? -eq 1 ]; fi || return
    mkdir -p "$directory"
    mount -t "$kind" "$disk" "$directory" || return
    target=$directory
    trap 'umount "$directory"' EXIT
  elif [ "$target" = "$directory" ]; then # a cut left it there
    trap 'umount "$directory"' EXIT
  fi
  case $kind in
    xfs) xfs_growfs "$target" >/dev/null ;;
    ext4) resize2fs "$disk" ;;
  esac
)
