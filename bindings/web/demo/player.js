// Several versions of one recording, played in turns from the same place.

const FADE = 0.01;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Player {
  #context = null;
  #versions = [];
  #gains = [];
  #sources = [];
  #chosen = 0;
  #rate = 1;
  #length = 0;
  #place = 0;
  #began = null;
  #parts;

  /** `held` is the version that is heard while the key A is held. */
  constructor(root, names, { held = 0, chosen = names.length - 1, more = [] } = {}) {
    const play = Object.assign(document.createElement("button"), { type: "button", textContent: "Play", className: "primary" });
    const group = Object.assign(document.createElement("fieldset"), { className: "segments" });
    group.append(Object.assign(document.createElement("legend"), { className: "hidden", textContent: "What is heard" }));
    const radios = names.map((name, i) => {
      const label = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: `${root.id}-heard`, checked: i === chosen });
      radio.onchange = () => this.choose(i);
      label.append(radio, Object.assign(document.createElement("span"), { textContent: name }));
      group.append(label);
      return radio;
    });
    const time = Object.assign(document.createElement("div"), { className: "player-time" });
    const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, value: 0 });
    slider.setAttribute("aria-label", "Place in the recording");
    const output = document.createElement("output");
    time.append(slider, output);
    const hint = Object.assign(document.createElement("p"), { className: "hint" });
    hint.innerHTML = `Hold <kbd>A</kbd> for ${names[held].toLowerCase()}`;
    root.replaceChildren(play, group, time, ...more, hint);
    play.onclick = () => (this.playing ? this.pause() : this.play());
    slider.oninput = () => this.seek((slider.value / 1000) * this.#length);
    this.#parts = { play, radios, slider, output };
    this.#chosen = chosen;
    let before = null;
    addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "a" || event.repeat || event.ctrlKey || event.metaKey || !root.checkVisibility()) return;
      before = this.#chosen;
      this.choose(held);
    });
    addEventListener("keyup", (event) => {
      if (event.key.toLowerCase() !== "a" || before === null) return;
      this.choose(before);
      before = null;
    });
  }

  get playing() {
    return this.#began !== null;
  }

  /** Channels of every version, all of one rate and length. */
  set(versions, rate) {
    this.pause();
    [this.#versions, this.#rate, this.#length, this.#place] = [versions, rate, versions[0][0].length / rate, 0];
    this.#show();
  }

  choose(version) {
    this.#chosen = version;
    this.#parts.radios[version].checked = true;
    const now = this.#context?.currentTime ?? 0;
    this.#gains.forEach((gain, i) => gain.gain.setTargetAtTime(i === version ? 1 : 0, now, FADE / 3));
  }

  async play() {
    this.#context ??= new AudioContext();
    await this.#context.resume();
    if (this.#place >= this.#length - 0.01) this.#place = 0;
    const at = this.#context.currentTime + 0.02;
    this.#gains = [];
    this.#sources = this.#versions.map((channels, i) => {
      const buffer = this.#context.createBuffer(channels.length, channels[0].length, this.#rate);
      channels.forEach((channel, c) => buffer.copyToChannel(channel, c));
      const gain = new GainNode(this.#context, { gain: i === this.#chosen ? 1 : 0 });
      const source = new AudioBufferSourceNode(this.#context, { buffer });
      source.connect(gain).connect(this.#context.destination);
      source.start(at, this.#place);
      this.#gains.push(gain);
      return source;
    });
    this.#sources[0].onended = () => {
      if (this.playing && this.place >= this.#length - 0.05) this.pause(this.#length);
    };
    this.#began = at - this.#place;
    this.#parts.play.textContent = "Pause";
    const follow = () => {
      if (!this.playing) return;
      this.#show();
      requestAnimationFrame(follow);
    };
    follow();
  }

  get place() {
    return this.playing ? Math.min(Math.max(this.#context.currentTime - this.#began, 0), this.#length) : this.#place;
  }

  pause(at = this.place) {
    this.#place = at;
    this.#began = null;
    for (const source of this.#sources) {
      source.onended = null;
      source.stop();
    }
    [this.#sources, this.#gains] = [[], []];
    this.#parts.play.textContent = "Play";
    this.#show();
  }

  seek(seconds) {
    const { playing } = this;
    this.pause(seconds);
    if (playing) this.play();
  }

  #show() {
    const { slider, output } = this.#parts;
    slider.value = this.#length ? Math.round((1000 * this.place) / this.#length) : 0;
    output.textContent = `${clock(this.place)} / ${clock(this.#length)}`;
    slider.setAttribute("aria-valuetext", output.textContent);
  }
}
