// The microphone, heard through the denoiser.
import { createDenoiser, missing } from "./framewise/index.js";
import { Scrolling } from "./picture.js";
import { $, decibels, hide, show, showError, strengthOf } from "./words.js";

/** What the browser would do to the sound by itself. */
const OWN = { echoCancellation: "echo cancellation", noiseSuppression: "noise suppression", autoGainControl: "gain control" };

const WAITING = $("live-state").textContent;

export class Live {
  graph = null;
  #pictures = [];
  #starting = false;

  constructor() {
    $("live-start").onclick = () => (this.graph ? this.stop() : this.start());
    for (const radio of document.querySelectorAll("input[name=latency]")) {
      radio.onchange = () => this.graph?.denoiser.setLatency(Number(radio.value));
    }
    $("strength").oninput = () => {
      const strength = strengthOf($("strength"), $("strength-value"));
      this.graph?.denoiser.setStrength(strength);
    };
    $("volume").oninput = () => {
      $("volume-value").textContent = decibels(Number($("volume").value));
      this.graph?.volume.gain.setTargetAtTime(this.#volume(), this.graph.context.currentTime, 0.01);
    };
    $("bypass").onclick = () => this.#bypass($("bypass").getAttribute("aria-pressed") !== "true");
    let held = false;
    addEventListener("keydown", (event) => {
      const typing = event.target.matches?.("input[type=text], textarea, select");
      if (event.key.toLowerCase() !== "b" || event.repeat || typing || event.ctrlKey || event.metaKey || $("live").hidden) return;
      held = $("bypass").getAttribute("aria-pressed") !== "true";
      if (held) this.#bypass(true);
    });
    addEventListener("keyup", (event) => {
      if (event.key.toLowerCase() === "b" && held) this.#bypass(false);
    });
  }

  #volume() {
    const value = Number($("volume").value);
    return value <= Number($("volume").min) ? 0 : 10 ** (value / 20);
  }

  #bypass(on) {
    $("bypass").setAttribute("aria-pressed", String(on));
    this.graph?.denoiser.setBypass(on);
  }

  async start() {
    if (this.#starting) return;
    hide();
    const lacking = missing();
    if (lacking) return showError(lacking);
    if (!navigator.mediaDevices?.getUserMedia) return show("no-media");
    this.#starting = true;
    $("live-start").disabled = true;
    $("live-state").textContent = "Asking for the microphone";
    let stream = null;
    let context = null;
    try {
      const off = Object.fromEntries(Object.keys(OWN).map((name) => [name, false]));
      stream = await navigator.mediaDevices.getUserMedia({ audio: { ...off, channelCount: 1 } });
      $("live-state").textContent = "Loading the denoiser";
      context = new AudioContext({ latencyHint: "interactive" });
      const denoiser = await createDenoiser(context, {
        latency: Number(document.querySelector("input[name=latency]:checked").value),
        strength: strengthOf($("strength"), $("strength-value")),
        bypass: $("bypass").getAttribute("aria-pressed") === "true",
      });
      this.#connect(context, stream, denoiser);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      context?.close();
      $("live-state").textContent = WAITING;
      showError(error);
    } finally {
      this.#starting = false;
      $("live-start").disabled = false;
    }
  }

  #connect(context, stream, denoiser) {
    const source = context.createMediaStreamSource(stream);
    const analyser = () => new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
    const [before, after] = [analyser(), analyser()];
    const volume = new GainNode(context, { gain: this.#volume() });
    source.connect(before);
    source.connect(denoiser).connect(after);
    denoiser.connect(volume).connect(context.destination);
    this.graph = { context, stream, source, denoiser, before, after, volume };
    this.#pictures = [new Scrolling($("in-picture"), before), new Scrolling($("out-picture"), after)];
    denoiser.addEventListener("change", () => this.#delay());
    denoiser.addEventListener("fault", (event) => {
      this.stop();
      showError(event.detail);
    });
    context.onstatechange = () => this.#suspended();
    const [track] = stream.getAudioTracks();
    track.addEventListener("ended", () => {
      this.stop();
      show("unplugged");
    });
    $("live-start").textContent = "Stop";
    $("live-start").classList.remove("primary");
    $("live-state").textContent = `Listening to ${track.label || "the microphone"}`;
    this.#processed(track);
    this.#suspended();
    this.#delay();
    this.#follow();
  }

  /** A browser may refuse to leave the sound alone; then the page says so. */
  #processed(track) {
    const settings = track.getSettings?.() ?? {};
    const on = Object.keys(OWN).filter((name) => settings[name]).map((name) => OWN[name]);
    if (on.length > 0) show("processed", { detail: `Although asked not to, it keeps on: ${on.join(", ")}. What you see and hear is not the denoiser's work alone.` });
  }

  #suspended() {
    const context = this.graph?.context;
    if (!context) return;
    if (context.state === "running") {
      if ($("fault").dataset.code === "suspended") hide();
    } else if (context.state !== "closed") {
      context.resume().catch(() => {});
      show("suspended", { action: () => context.resume(), label: "Go on" });
    }
  }

  #delay() {
    const { delay, context } = this.graph.denoiser;
    const fill = (cause, samples) => {
      const cells = document.querySelectorAll(`#delay [data-cause=${cause}] td`);
      cells[0].textContent = samples;
      cells[1].textContent = ((1000 * samples) / context.sampleRate).toFixed(1);
    };
    for (const cause of ["window", "lookAhead", "blocking", "resampling", "total"]) fill(cause, delay[cause]);
    fill("output", Math.round(((context.baseLatency || 0) + (context.outputLatency || 0)) * context.sampleRate));
  }

  /** Pictures at every frame of the screen, figures four times a second. */
  #follow() {
    const { graph } = this;
    const samples = new Float32Array(2048);
    let told = 0;
    const peaks = [-60, -60];
    const step = (now) => {
      if (this.graph !== graph) return;
      [graph.before, graph.after].forEach((analyser, i) => {
        this.#pictures[i].draw(now);
        analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, v) => sum + v * v, 0) / samples.length;
        peaks[i] = Math.max(10 * Math.log10(power + 1e-12), peaks[i] - 0.6);
        const meter = $(["in-meter", "out-meter"][i]);
        meter.firstElementChild.style.transform = `scaleX(${Math.min(Math.max(1 + peaks[i] / 60, 0), 1)})`;
      });
      if (now - told > 250) {
        told = now;
        this.#tell(peaks);
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #tell(levels) {
    levels.forEach((level, i) => {
      const shown = Math.min(Math.max(Math.round(level), -60), 0);
      $(["in-meter", "out-meter"][i]).setAttribute("aria-valuenow", shown);
      $(["in-level", "out-level"][i]).textContent = decibels(shown);
    });
    const { stats, context } = this.graph.denoiser;
    const share = stats.deadline ? stats.mean / stats.deadline : 0;
    $("work-mean").textContent = stats.quanta ? `${stats.mean.toFixed(3)} ms` : "–";
    $("work-deadline").textContent = `${stats.deadline.toFixed(2)} ms`;
    $("work-late").textContent = `${stats.late} of ${stats.quanta}`;
    $("work-rate").textContent = `${context.sampleRate} Hz`;
    $("work-meter").firstElementChild.style.transform = `scaleX(${Math.min(share, 1)})`;
    $("work-meter").setAttribute("aria-valuenow", Math.round(100 * Math.min(share, 1)));
    $("work-hint").textContent = `${(100 * share).toFixed(1)} % of the deadline is used`;
    this.#delay();
  }

  stop() {
    const { graph } = this;
    if (!graph) return;
    this.graph = null;
    graph.stream.getTracks().forEach((track) => track.stop());
    graph.denoiser.destroy();
    graph.context.onstatechange = null;
    graph.context.close();
    if ($("fault").dataset.code === "suspended") hide();
    $("live-start").textContent = "Start the microphone";
    $("live-start").classList.add("primary");
    $("live-state").textContent = WAITING;
  }
}
