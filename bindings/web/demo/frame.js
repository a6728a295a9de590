// The same recording at zero frames and at one.
import { denoise, score, spectrogram } from "./framewise/index.js";
import { drawDifference, drawLevels } from "./picture.js";
import { Player } from "./player.js";
import { COLUMNS, example, takesFiles } from "./recording.js";
import { decoded } from "./sound.js";
import { $, hide, show, showError } from "./words.js";

export class Frame {
  result = null;
  #noisy = null;
  #clean = null;
  #abort = null;
  #player;

  constructor() {
    this.#player = new Player($("frame-player"), ["Noisy", "Zero", "One"], { held: 0, chosen: 2 });
    takesFiles($("frame-drop"), $("frame-file"), ([noisy, clean]) => this.take(noisy, clean));
    takesFiles($("frame-drop"), $("frame-clean"), ([clean]) => this.take(null, clean));
    $("frame-example").onclick = async () => {
      this.#clean = null;
      this.take(await example());
    };
    $("frame-cancel").onclick = () => this.#abort?.abort();
    addEventListener("resize", () => this.draw());
  }

  /** A noisy recording, its clean reference, or both. */
  async take(noisy, clean) {
    hide();
    try {
      if (noisy) {
        this.#noisy = await decoded(noisy);
        if (!clean) this.#clean = null;
      }
      if (clean) this.#clean = await decoded(clean);
    } catch (error) {
      showError(error);
      return;
    }
    if (!this.#noisy) {
      $("frame-state").textContent = "The reference is there; now the noisy recording.";
      return;
    }
    await this.#run();
  }

  async #run() {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    const { channels, rate, name } = this.#noisy;
    $("frame-progress").hidden = false;
    try {
      const shares = [0, 0];
      const onProgress = (latency) => (share) => {
        shares[latency] = share;
        $("frame-bar").value = (shares[0] + shares[1]) / 2;
      };
      const versions = await Promise.all([0, 1].map((latency) => denoise(channels, rate, { latency, signal, onProgress: onProgress(latency) })));
      const pictures = await Promise.all(versions.map(([plane]) => spectrogram(plane, rate, { columns: COLUMNS, signal })));
      this.result = { rate, versions, pictures };
      $("frame-result").hidden = false;
      this.#player.set([channels, ...versions], rate);
      this.draw();
      await this.#scores([channels, ...versions], rate, signal);
      $("frame-state").textContent = `${name}: ${(channels[0].length / rate).toFixed(1)} s at ${rate} Hz`;
    } catch (error) {
      if (signal.aborted) $("frame-state").textContent = "Cancelled";
      else showError(error);
    } finally {
      if (this.#abort === abort) {
        $("frame-progress").hidden = true;
        this.#abort = null;
      }
    }
  }

  async #scores(versions, rate, signal) {
    const rows = ["noisy", "0", "1"].map((row) => document.querySelectorAll(`#frame-scores [data-row="${row}"] td`));
    for (const [, siSdr, stoi] of rows) siSdr.textContent = stoi.textContent = "–";
    const clean = this.#clean;
    if (!clean) return;
    if (clean.rate !== rate || clean.channels[0].length !== versions[0][0].length) {
      const says = (sound, length) => `${length} samples at ${sound} Hz`;
      show("lengths", { detail: `The recording has ${says(rate, versions[0][0].length)}, its reference ${says(clean.rate, clean.channels[0].length)}.` });
      return;
    }
    const scores = await Promise.all(versions.map(([plane]) => score(clean.channels[0], plane, rate, { signal })));
    scores.forEach(({ siSdr, stoi }, i) => {
      rows[i][1].textContent = siSdr.value === null ? siSdr.reason : `${siSdr.value.toFixed(2)} dB`;
      rows[i][2].textContent = stoi.value === null ? stoi.reason : stoi.value.toFixed(3);
    });
  }

  draw() {
    if (!this.result) return;
    const { pictures: [zero, one], rate } = this.result;
    drawLevels($("frame-zero"), zero, rate);
    drawLevels($("frame-one"), one, rate);
    drawDifference($("frame-difference"), one, zero, rate);
  }
}
