# Shared by the scripts that run a sound server without hardware, session bus or rights; after lib.sh.
run=$work/run
mkdir -m 700 "$run"
export XDG_RUNTIME_DIR=$run PIPEWIRE_RUNTIME_DIR=$run PULSE_RUNTIME_PATH=$run PULSE_SERVER=unix:$run/native
unset DBUS_SESSION_BUS_ADDRESS DISPLAY JACK_DEFAULT_SERVER

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

# A room: what is played on the sink `room` is heard by the microphone `ear`.
pipewire_room() {
  start room pw-loopback --name room --capture-props='media.class=Audio/Sink node.name=room' \
    --playback-props='media.class=Audio/Source node.name=ear'
  wait_for has_node room
  wait_for has_node ear
}

# At least 20 000 samples have been recorded.
heard_something() { [ -s "$work/heard.wav" ] && [ "$(stat -c %s "$work/heard.wav")" -gt 40000 ]; }
