// A recording, cleaned, heard and saved.
import { denoise, spectrogram } from "./framewise/index.js";
import { drawLevels } from "./picture.js";
import { Player } from "./player.js";
import { decoded, wavOf } from "./sound.js";
import { $, hide, showError, strengthOf } from "./words.js";

/** Lets files be dropped on a panel, or chosen. */
export function takesFiles(drop, input, take) {
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
  input.addEventListener("change", () => {
    if (input.files.length) take([...input.files]);
    input.value = "";
  });
}

/** The recording that comes with the page. */
export async function example() {
  const response = await fetch("noisy.wav");
  return new File([await response.blob()], "noisy.wav");
}

/** Columns of a picture of a whole recording. */
export const COLUMNS = 800;

export class Recording {
  result = null;
  #abort = null;
  #decoded = null;
  #pictures = null;
  #player;

  constructor() {
    const save = Object.assign(document.createElement("button"), { type: "button", textContent: "Save as WAV", id: "recording-save" });
    save.onclick = () => this.#save();
    this.#player = new Player($("recording-player"), ["Before", "After"], { more: [save] });
    takesFiles($("recording-drop"), $("recording-file"), ([file]) => this.take(file));
    $("recording-example").onclick = async () => this.take(await example());
    $("recording-cancel").onclick = () => this.#abort?.abort();
    for (const radio of document.querySelectorAll("input[name=recording-latency]")) radio.onchange = () => this.#clean();
    $("recording-strength").oninput = () => strengthOf($("recording-strength"), $("recording-strength-value"));
    $("recording-strength").onchange = () => this.#clean();
    addEventListener("resize", () => this.draw());
  }

  async take(file) {
    hide();
    $("recording-state").textContent = `Reading ${file.name}`;
    try {
      this.#decoded = await decoded(file);
    } catch (error) {
      $("recording-state").textContent = "";
      showError(error);
      return;
    }
    await this.#clean();
  }

  async #clean() {
    if (!this.#decoded) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const { channels, rate, name } = this.#decoded;
    const strength = strengthOf($("recording-strength"), $("recording-strength-value"));
    const latency = Number(document.querySelector("input[name=recording-latency]:checked").value);
    $("recording-progress").hidden = false;
    $("recording-name").textContent = `Cleaning ${name}`;
    const began = performance.now();
    try {
      const cleaned = await denoise(channels, rate, {
        latency, strength, signal: abort.signal,
        onProgress: (share) => ($("recording-bar").value = share),
      });
      const took = performance.now() - began;
      const pictures = await Promise.all([channels[0], cleaned[0]].map((plane) => spectrogram(plane, rate, { columns: COLUMNS, signal: abort.signal })));
      this.result = { name, rate, noisy: channels, cleaned };
      this.#pictures = pictures;
      $("recording-result").hidden = false;
      this.#player.set([channels, cleaned], rate);
      this.draw();
      const seconds = channels[0].length / rate;
      $("recording-state").textContent = `${name}: ${seconds.toFixed(1)} s at ${rate} Hz, cleaned in ${(took / 1000).toFixed(2)} s`;
    } catch (error) {
      if (abort.signal.aborted) {
        if (this.#abort === abort) $("recording-state").textContent = "Cancelled";
      } else showError(error);
    } finally {
      if (this.#abort === abort) {
        $("recording-progress").hidden = true;
        this.#abort = null;
      }
    }
  }

  draw() {
    if (!this.#pictures) return;
    drawLevels($("recording-before"), this.#pictures[0], this.result.rate);
    drawLevels($("recording-after"), this.#pictures[1], this.result.rate);
  }

  #save() {
    const { name, cleaned, rate } = this.result;
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(wavOf(cleaned, rate)),
      download: `${name.replace(/\.[^.]*$/, "")}-clean.wav`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
