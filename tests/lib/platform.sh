# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Another Debian than this computer's, in a folder: made once by mmdebstrap, entered by chroot in a mount namespace of its own.
# What is installed in there is found and got by tests/run itself, which is run again inside. The one who sources it has sourced app/lib.sh.

# Where apt gets this computer's own packages; another suite of Debian is beside it.
find_mirror () {
  local mirror
  mirror=$(sed -nE -e 's,^URIs: *(https?://[^ ]+/debian/?)( .*)?$,\1,p' -e 's,^deb (\[[^]]*\] )?(https?://[^ ]+/debian/?) .*$,\2,p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2> /dev/null | head -n 1)
  printf '%s\n' "${mirror:-http://deb.debian.org/debian}"
}

# The options of unshare by which one is root in there: who is not is it in a user namespace.
platform_unshare=(unshare --mount --pid --fork --kill-child)
[ "$(id -u)" = 0 ] || platform_unshare+=(--map-root-user --map-auto)

# Makes the root of a Debian suite in a folder. Half of one is not left.
make_platform () {
  local suite=$1 root=$2 log begun=$SECONDS
  say "Making a root of Debian $suite in $root…"
  mkdir -p -- "$(dirname -- "$root")" || exit 1
  log=$(mktemp)
  # nobody minds a root that a power cut spoilt: it is made anew; and a mirror may be a copy of some day, signed but not for ever
  if ! (set -o pipefail; "${platform_unshare[@]}" rm -rf --one-file-system -- "$root.part" && mkdir -- "$root.part" \
    && mmdebstrap --quiet --variant=apt --include=ca-certificates --dpkgopt=force-unsafe-io \
      --aptopt='Acquire::Check-Valid-Until "false"' "$suite" - "$(find_mirror)" \
    | "${platform_unshare[@]}" tar --extract --directory "$root.part" --exclude='./dev/*' --numeric-owner \
    && mv -- "$root.part" "$root") > "$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f -- "$log"
    "${platform_unshare[@]}" rm -rf --one-file-system -- "$root.part"
    give_up "The root could not be made; the lines above say why."
  fi
  rm -f -- "$log"
  say "Made in $((SECONDS - begun)) s."
}

# Runs a command in a root: it sees this computer's devices and network, the source folder at its place, and nothing else of it.
# Its mounts and processes end with it.
enter_platform () {
  local suite=$1 root=$2
  shift 2
  # shellcheck disable=SC2016
  "${platform_unshare[@]}" bash -c '
    set -e
    suite=$1 root=$2 source_dir=$3
    shift 3
    mount --bind -- "$root" "$root" # a mount of its own: who unshares mounts in there asks for that
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    mount -t tmpfs -o mode=755 run "$root/run"
    mkdir -p -- "$root$source_dir"
    mount --rbind -- "$source_dir" "$root$source_dir"
    cat /etc/resolv.conf > "$root/etc/resolv.conf"
    exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin VISAVIS_TEST_PLATFORM="$suite" "$@"
  ' bash "$suite" "$root" "$source_dir" "$@" < /dev/null
}

# Runs a command on a Debian suite, making its root if there is none.
run_on_platform () {
  local suite=$1 root=${XDG_CACHE_HOME:-$HOME/.cache}/visavis/platforms/$1
  shift
  case $suite in
    *[!a-z]* | '') give_up "I know no Debian suite called $suite; trixie is one." ;;
  esac
  if [ ! -d "$root" ]; then
    ensure_packages meson ninja-build mmdebstrap debian-archive-keyring
    make_platform "$suite" "$root"
  fi
  enter_platform "$suite" "$root" "$@"
}
