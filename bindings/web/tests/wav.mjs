// WAV files for tests.
import { readFileSync, writeFileSync } from "node:fs";

/** The channels of a file of 16 or 32 bits. */
export function readWav(path) {
  const file = readFileSync(path);
  let format, data;
  for (let at = 12; at + 8 <= file.length; ) {
    const [name, size] = [file.toString("latin1", at, at + 4), file.readUInt32LE(at + 4)];
    if (name === "fmt ") format = { channels: file.readUInt16LE(at + 10), rate: file.readUInt32LE(at + 12), bits: file.readUInt16LE(at + 22) };
    if (name === "data") data = file.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size & 1);
  }
  const { channels: count, rate, bits } = format;
  const length = data.length / (bits / 8) / count;
  const sample = bits === 32 ? (i) => data.readFloatLE(4 * i) : (i) => data.readInt16LE(2 * i) / 32768;
  const channels = Array.from({ length: count }, (_, c) => Float32Array.from({ length }, (_, n) => sample(n * count + c)));
  return { channels, rate, bits };
}

/** Writes 32-bit floats, of which the program makes 32-bit floats. */
export function writeWav(path, channels, rate) {
  const [count, length] = [channels.length, channels[0].length];
  const file = Buffer.alloc(44 + 4 * count * length);
  file.write("RIFF");
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  [[16, 4], [3, 2], [count, 2], [rate, 4], [4 * count * rate, 4], [4 * count, 2], [32, 2]].reduce((at, [value, size]) => file.writeUIntLE(value, at, size), 16);
  file.write("data", 36);
  file.writeUInt32LE(file.length - 44, 40);
  for (let n = 0; n < length; n++) for (let c = 0; c < count; c++) file.writeFloatLE(channels[c][n], 44 + 4 * (n * count + c));
  writeFileSync(path, file);
}
