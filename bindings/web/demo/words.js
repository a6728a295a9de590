// What can go wrong, in words, and where on the page they stand.

const FAULTS = {
  NotAllowedError: ["The microphone is not allowed.", "Allow it for this page, in the address bar or the browser's settings, and start again."],
  SecurityError: ["The microphone is not allowed.", "The browser's policy forbids it for this page."],
  NotFoundError: ["There is no microphone.", "Connect one, and start again."],
  NotReadableError: ["The microphone cannot be opened.", "Another program may hold it, or the system refuses it."],
  AbortError: ["The microphone could not be started.", "Start again."],
  "no-media": ["This browser gives no microphone to this page.", "It needs https or localhost."],
  "insecure-origin": ["This page is not secure.", "Live sound and the microphone need https, or localhost. Recordings can still be cleaned."],
  "no-audio-worklet": ["This browser has no AudioWorklet.", "Live sound needs Chrome 66, Firefox 76, Safari 14.1 or later. Recordings can still be cleaned."],
  "no-webassembly": ["This browser has no WebAssembly.", "It may be switched off, for instance by a lockdown mode."],
  "no-simd": ["This browser's WebAssembly has no vectors (SIMD).", "It needs Chrome 91, Firefox 89, Safari 16.4 or later."],
  "no-module": ["The denoiser could not be loaded.", "Look at the connection, and load the page again."],
  "not-compiled": ["The denoiser could not be compiled.", "The page's security policy may forbid WebAssembly."],
  failed: ["The denoiser stopped.", "Start again."],
  suspended: ["Sound waits for you.", "The browser plays nothing before a click."],
  unplugged: ["The microphone is gone.", "It was unplugged, or the permission was withdrawn. Connect it, and start again."],
  processed: ["The browser works on the sound before this page gets it.", ""],
  EncodingError: ["This file holds no sound that this browser decodes.", ""],
  empty: ["This file holds no sound.", ""],
  lengths: ["The reference does not fit.", ""],
};

export const $ = (id) => document.getElementById(id);

/** Shows a fault by its code, with a way on if there is one. */
export function show(code, { detail = "", action, label } = {}) {
  const [title, words] = FAULTS[code] ?? ["Something went wrong.", ""];
  $("fault-title").textContent = title;
  $("fault-words").textContent = [words, detail].filter(Boolean).join(" ");
  const button = $("fault-action");
  button.hidden = !action;
  button.textContent = label ?? "";
  button.onclick = action ? () => { hide(); action(); } : null;
  $("fault").dataset.code = code;
  $("fault").hidden = false;
}

/** Shows an error: by its code or name if those are known, by its own words otherwise. */
export function showError(error) {
  const code = [error.code, error.name].find((key) => key in FAULTS);
  if (code) show(code, { detail: code === "failed" ? error.message : "" });
  else show("unknown", { detail: error.message });
}

export function hide() {
  $("fault").hidden = true;
  delete $("fault").dataset.code;
}

/** The code of what is shown, if anything is. */
export const shown = () => $("fault").dataset.code ?? null;

export const decibels = (value) => (value > -60 ? `${value.toFixed(0).replace("-", "−")} dB` : "−∞ dB");

/** Strengths are whole dB up to the end of the slider, which sets no limit. */
export function strengthOf(slider, output) {
  const value = Number(slider.value);
  const limit = Number(slider.max);
  const words = value === limit ? "no limit" : `${value} dB`;
  output.textContent = words;
  slider.setAttribute("aria-valuetext", words);
  return value === limit ? Infinity : value;
}
