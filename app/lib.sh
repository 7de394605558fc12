# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the two commands (app/run, tests/run) share: which packages there must be, getting them, setting up and building.
# The one who sources it has set `source_dir`; the build folder is `build_dir` (default: build in the source folder).

# What the three uses need on Debian and Ubuntu. What another package pulls in anyway is not named.
packages_build=(
  meson ninja-build gcc libc6-dev pkgconf gettext libxml2-utils
  libgtk-4-dev libadwaita-1-dev libmosquitto-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libgstreamer-plugins-bad1.0-dev
  libnice-dev libjson-glib-dev libsqlite3-dev libgnutls28-dev libssl-dev libqrencode-dev libzbar-dev
  libportal-gtk4-dev libsecret-1-dev
)
packages_run=(
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
  gstreamer1.0-nice gstreamer1.0-pipewire gstreamer1.0-pulseaudio gstreamer1.0-alsa
  glib-networking librsvg2-common adwaita-icon-theme dconf-gsettings-backend
)
# For the demo where there is no screen: a virtual one, and what arranges windows on it and takes its picture.
packages_screenless=(xvfb xdotool gstreamer1.0-tools)
# For networks in namespaces: tests/lab.
packages_lab=(iproute2 tcpdump iptables conntrack libnetfilter-queue-dev coturn avahi-daemon dbus python3)
# For the libraries as programs in other languages find them: tests/embed.
packages_embed=(gobject-introspection libgirepository1.0-dev valac gi-docgen gir1.2-gtk-4.0 gir1.2-gst-plugins-base-1.0 python3-gi gjs)
# For the Flatpak in its sandbox: tests/flatpak.
packages_flatpak=(flatpak flatpak-builder elfutils bubblewrap xdg-dbus-proxy mmdebstrap debian-archive-keyring gnupg gpg-agent weston)
packages_test=(
  "${packages_screenless[@]}" "${packages_lab[@]}" "${packages_embed[@]}"
  openbox xcompmgr x11-utils imagemagick dbus dunst at-spi2-core gir1.2-atspi-2.0
  pipewire pipewire-bin wireplumber pulseaudio-utils espeak-ng
  sway swaybg xdg-desktop-portal xdg-desktop-portal-wlr
  mosquitto mosquitto-clients procps openssl gnome-keyring
  flatpak-builder bubblewrap desktop-file-utils appstream man-db groff-base mandoc bash-completion shellcheck
)

build_dir=${build_dir:-$source_dir/build}

say () { printf '%s\n' "$*"; }
complain () { printf '%s\n' "$*" >&2; }
give_up () { complain "$@"; exit 1; }

# Debian and what is made from it.
is_debian () {
  local ID='' ID_LIKE=''
  [ -r /etc/os-release ] || return 1
  # shellcheck disable=SC1091
  . /etc/os-release
  case " $ID $ID_LIKE " in
    *' debian '* | *' ubuntu '*) command -v dpkg-query apt-get > /dev/null ;;
    *) return 1 ;;
  esac
}

# Of the packages named, sets `missing` to those that are not installed: one question to dpkg.
find_missing () {
  local installed name
  installed=" $(dpkg-query --show --showformat='${db:Status-Status}:${Package}\n' "$@" 2> /dev/null \
    | sed -n 's/^installed://p' | tr '\n' ' ')"
  missing=()
  for name in "$@"; do
    case $installed in
      *" $name "*) ;;
      *) missing+=("$name") ;;
    esac
  done
}

# Tests want both PulseAudio and PipeWire's stand-in for it. Somebody's desktop has one of them at work, and the other would get in
# its way: only where there is neither are both installed; elsewhere the tests of the absent one skip.
add_sound_servers () {
  is_debian || return 0
  find_missing pulseaudio pipewire-pulse
  [ "${#missing[@]}" != 2 ] || packages_test+=("${missing[@]}")
}

# What apt would do, in its words; needs no rights. It must never take anything away to make room.
apt_plan () {
  LC_ALL=C apt-get install --no-install-recommends --no-remove --assume-no -o Debug::NoLocking=1 "$@" 2>&1 < /dev/null
}

# Runs a command as root.
as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo ${sudo_quiet:+-n} "$@"
  fi
}

# Whether this person may install, as far as one can tell without asking for a password.
may_install () {
  [ "$(id -u)" = 0 ] && return 0
  if ! command -v sudo > /dev/null; then
    complain "You are not the administrator here, and sudo is not installed."
  elif [ ! -t 0 ] && ! sudo -n true 2> /dev/null; then
    complain "You may not install packages here without a password, and there is no terminal to ask for it."
  else
    [ -t 0 ] || sudo_quiet=yes
    return 0
  fi
  complain "Please ask an administrator of this computer to run this once, and start me again:"
  complain "  apt-get install --no-install-recommends ${missing[*]}"
  return 1
}

# Runs apt-get so that it asks nothing. On a terminal its progress is seen, elsewhere only what went wrong.
quiet_apt () {
  if [ -t 1 ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@"
  else
    local log status=0
    log=$(mktemp)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" > "$log" 2>&1 < /dev/null || status=$?
    [ "$status" = 0 ] || tail -n 15 "$log" >&2
    rm -f -- "$log"
    return "$status"
  fi
}

update_lists () {
  say "Fetching the list of packages…"
  quiet_apt update
}

# The plan for `missing`; fetches apt's lists if it cannot be made without. Sets `plan`.
make_plan () {
  plan=$(apt_plan "${missing[@]}")
  case $plan in *'newly installed'*) return 0 ;; esac
  may_install || exit 1
  update_lists || true
  plan=$(apt_plan "${missing[@]}")
  case $plan in *'newly installed'*) return 0 ;; esac
  complain "The packages that are needed cannot be installed: ${missing[*]}"
  complain "$(grep '^[EW]:' <<< "$plan" || tail -n 5 <<< "$plan")"
  give_up "Is this computer offline, or are its package sources too old? Please look there and start me again."
}

ask_first () {
  [ -t 0 ] && [ -t 1 ] || return 0
  local answer
  read -r -p "Install them now? [Y/n] " answer || answer=n
  case $answer in
    '' | [yYoOjJ]*) return 0 ;;
    *) give_up "Nothing was installed. I can't go on without these packages." ;;
  esac
}

# Makes sure that the Debian packages named are there. Asks apt for nothing when nothing is missing.
ensure_debian_packages () {
  local plan missing begun=$SECONDS
  find_missing "$@"
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "These packages are needed and not installed yet:"
  say "  ${missing[*]}" | fold -s -w 100
  make_plan
  sed -n -e 's/^\([0-9]* upgraded, [0-9]* newly installed\).*/With what they need themselves: \1./p' \
    -e 's/^Need to get \([^/]*\).* of archives\./To fetch: \1./p' \
    -e 's/^After this operation, \(.*\) of additional disk space will be used\./On disk: \1./p' <<< "$plan"
  may_install || exit 1
  ask_first
  say "Installing…"
  if ! quiet_apt install --yes --no-install-recommends --no-remove "${missing[@]}"; then
    update_lists && quiet_apt install --yes --no-install-recommends --no-remove "${missing[@]}" \
      || give_up "The packages could not be installed; apt's own words stand above. Is this computer offline?"
  fi
  say "Installed in $((SECONDS - begun)) s."
}

# On other systems we know no names: say what is needed, and go on if it is there.
advise_other_system () {
  command -v meson > /dev/null && command -v ninja > /dev/null && command -v cc > /dev/null && [ -e "$build_dir/build.ninja" ] && return
  say "This is not Debian or Ubuntu, so I can't install what is needed by myself. It is:"
  say "  meson (1.0 or newer), ninja, a C compiler, pkg-config, gettext, xmllint;"
  say "  by the names of pkg-config: libmosquitto >= 2.0, gtk4 >= 4.8, libadwaita-1 >= 1.2, gstreamer-1.0 >= 1.22 with gstreamer-app-1.0,"
  say "  gstreamer-audio-1.0, gstreamer-video-1.0, gstreamer-rtp-1.0, gstreamer-sdp-1.0, gstreamer-webrtc-1.0, nice >= 0.1.21,"
  say "  json-glib-1.0 >= 1.6, sqlite3 >= 3.35, gnutls >= 3.7, libportal-gtk4 >= 0.6, libsecret-1 >= 0.20; and to run: GStreamer's plugins base, good and bad, the nice"
  say "  plugin of libnice, and glib-networking."
  say "On Debian the packages are called:"
  say "  $*" | fold -s -w 100
  say "Trying with what is there…"
}

ensure_packages () {
  if is_debian; then
    ensure_debian_packages "$@"
  else
    advise_other_system "$@"
  fi
  command -v meson > /dev/null && command -v ninja > /dev/null || give_up "meson or ninja is missing: please install them and start me again."
}

# Whether the build folder was set up, completely, for this source at this place.
is_set_up () {
  [ -e "$build_dir/build.ninja" ] && [ -e "$build_dir/meson-private/coredata.dat" ] \
    && [ -e "$build_dir/meson-info/meson-info.json" ] || return 1
  grep -qsF "\"source\": \"$source_dir\"" "$build_dir/meson-info/meson-info.json" \
    && grep -qsF "\"build\": \"$build_dir\"" "$build_dir/meson-info/meson-info.json" && return 0
  # A name that JSON writes in another way.
  python3 -I -S -c 'import json, sys
where = json.load (open (sys.argv[1]))["directories"]
sys.exit (0 if [where["source"], where["build"]] == sys.argv[2:] else 1)' \
    "$build_dir/meson-info/meson-info.json" "$source_dir" "$build_dir" 2> /dev/null
}

# Sets the build folder up if it is absent, half-made, moved or of another source. Arguments: options for meson.
set_up_build () {
  local log
  is_set_up && return 0
  mkdir -p -- "$build_dir" 2> /dev/null && [ -w "$build_dir" ] \
    || give_up "I can't write in $build_dir. Please copy the folder $source_dir to a place of your own and start me from there."
  say "Setting up the build…"
  log=$(mktemp)
  if [ -e "$build_dir/meson-private" ] || [ -e "$build_dir/build.ninja" ]; then
    # Only what meson made goes; other people's files in there stay.
    rm -rf -- "$build_dir"/{meson-private,meson-info,meson-logs,build.ninja,compile_commands.json,.ninja_deps,.ninja_log}
  fi
  if ! meson setup "$@" -- "$build_dir" "$source_dir" > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f -- "$log"
    give_up "The build could not be set up; the lines above say what is missing."
  fi
  rm -f -- "$log"
}

# Builds the targets named (none: all). Silent when there is nothing to do.
build () {
  local todo log begun=$SECONDS
  todo=$(ninja -C "$build_dir" -n "$@" 2>&1)
  case $todo in *'no work to do'*) return 0 ;; esac
  if [ -t 1 ]; then
    NINJA_STATUS='Building [%f/%t] ' ninja -C "$build_dir" "$@" || give_up "The build failed; the lines above say why."
    return 0
  fi
  say "Building…"
  log=$(mktemp)
  if ! ninja -C "$build_dir" "$@" > "$log" 2>&1; then
    grep -v '^\[[0-9]*/[0-9]*\] ' "$log" | tail -n 60 >&2
    rm -f -- "$log"
    give_up "The build failed; the lines above say why."
  fi
  rm -f -- "$log"
  say "Built in $((SECONDS - begun)) s."
}
