# Shared by the scripts that run sound in software: a folder of their own, their processes, waiting.
work=$(mktemp -d)
tidy() {
  local status=$?
  # Only what was started here and still runs.
  end_all TERM
  if [ "$(jobs -pr)" ]; then sleep 2; end_all KILL; fi
  for id in $(jobs -p); do wait "$id" 2>/dev/null || true; done
  if [ $status -ne 0 ]; then
    for log in "$work"/*.log; do echo "--- ${log##*/}"; tail -c 3000 "$log"; done
  fi
  if declare -F last_tidy >/dev/null; then last_tidy; fi
  rm -rf "$work"
  exit $status
}
end_all() { for id in $(jobs -pr); do kill -"$1" "$id" 2>/dev/null || true; done; }
trap tidy EXIT
export HOME=$work LC_ALL=C
unset ALSA_CONFIG_PATH

# Sound first, where that is permitted: a machine that builds beside it is no test of sound. What only computes stands back.
renice -n -19 -p $$ >/dev/null 2>&1 || true
compute() { nice -n 19 "$@"; }

# start NAME COMMAND...: in the background, its words in NAME.log, its id in $started.
start() {
  local name=$1; shift
  "$@" >>"$work/$name.log" 2>&1 &
  started=$!
}

# Waits until a command succeeds; a machine that is busy may take its time. In vain, it asks for another try.
wait_for() {
  local end=$((SECONDS + 90))
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then echo "in vain: $*" >&2; return 75; fi
    sleep 0.05
  done
}

# Runs a command that answers 75 where the machine was too busy for what it found to count; then once more, a few times.
steadily() {
  local try status
  for try in 1 2 3 4 5 6; do
    status=0
    "$@" || status=$?
    if ((status != 75)); then return $status; fi
    echo "  disturbed: the machine is busy; once more" >&2
    # A script may have something to make it easier.
    if declare -F calmer >/dev/null; then calmer; fi
    sleep $try
  done
  echo "the machine is too busy to tell anything: $*" >&2
  return 1
}

# A place for sound servers of a script's own, so that nobody else's is met.
sound_servers() {
  run=$work/run
  mkdir -m 700 "$run"
  export XDG_RUNTIME_DIR=$run PIPEWIRE_RUNTIME_DIR=$run PULSE_RUNTIME_PATH=$run PULSE_SERVER=unix:$run/native
  unset DBUS_SESSION_BUS_ADDRESS DISPLAY JACK_DEFAULT_SERVER
}

has_node() { pw-cli ls Node | grep -q "node.name = \"$1\""; }

# Without a session bus, WirePlumber must not ask for cards, cameras, Bluetooth or a portal.
pipewire_runs() {
  local settings=$work/.config/wireplumber
  mkdir -p "$settings/main.lua.d" "$settings/bluetooth.lua.d"
  printf '%s\n' 'alsa_monitor.enabled = false' 'v4l2_monitor.enabled = false' 'libcamera_monitor.enabled = false' \
    'default_access.properties["enable-flatpak-portal"] = false' >"$settings/main.lua.d/60-headless.lua"
  echo 'bluez_monitor.enabled = false' >"$settings/bluetooth.lua.d/60-headless.lua"
  start pipewire pipewire
  wait_for pw-cli info 0
  start wireplumber wireplumber
  wait_for pw-cli info 0
}
