// Files of sound: decoded at their own rate, and written as WAV.

const ascii = (view, at, length) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));

/** The sample rate that a file says it has; null where it is not known to be said. */
export function rateOf(bytes) {
  const view = new DataView(bytes);
  const size = view.byteLength;
  if (size > 36 && ["RIFF", "RF64"].includes(ascii(view, 0, 4)) && ascii(view, 8, 4) === "WAVE") {
    for (let at = 12; at + 16 <= size; at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) & 1)) {
      if (ascii(view, at, 4) === "fmt ") return view.getUint32(at + 12, true);
    }
  }
  if (size > 30 && ascii(view, 0, 4) === "fLaC") return view.getUint32(18) >>> 12;
  if (size > 60 && ascii(view, 0, 4) === "OggS" && ascii(view, 29, 6) === "vorbis") return view.getUint32(40, true);
  return null;
}

/** Channels and rate of a file, which is decoded at its own rate where that is known, so that nothing is resampled twice. */
export async function decoded(file) {
  const bytes = await file.arrayBuffer();
  const said = rateOf(bytes);
  const rate = said >= 8000 && said <= 96000 ? said : 48000;
  const context = new OfflineAudioContext(1, 1, rate);
  const buffer = await context.decodeAudioData(bytes);
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c).slice());
  if (buffer.length === 0) throw Object.assign(new Error("no samples"), { code: "empty" });
  return { name: file.name ?? "example.wav", channels, rate };
}

/** A WAV file of 16 bits. */
export function wavOf(channels, rate) {
  const [count, length] = [channels.length, channels[0].length];
  const view = new DataView(new ArrayBuffer(44 + 2 * count * length));
  const write = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + 2 * count * length, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, count, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * count * rate, true);
  view.setUint16(32, 2 * count, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, 2 * count * length, true);
  for (let n = 0, at = 44; n < length; n++) {
    for (const channel of channels) {
      view.setInt16(at, Math.min(Math.max(Math.round(channel[n] * 32768), -32768), 32767), true);
      at += 2;
    }
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}
