// The program, whose file mode the package has to equal. FRAMEWISE names it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readWav, writeWav } from "./wav.mjs";

const beside = (folder) => fileURLToPath(new URL(`../../../target/${folder}/framewise`, import.meta.url));
export const program = [process.env.FRAMEWISE, beside("release"), beside("debug")].find((path) => path && existsSync(path)) ?? null;

/** What the program makes of sound. */
export function byProgram(channels, rate, { latency = 0, kernels = "scalar", more = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "framewise-"));
  try {
    writeWav(join(folder, "in.wav"), channels, rate);
    const words = ["wav", "in.wav", "-o", "out.wav", "--latency", ["zero", "one"][latency], "--quiet", ...more];
    execFileSync(program, words, { cwd: folder, env: { ...process.env, FRAMEWISE_KERNELS: kernels } });
    return readWav(join(folder, "out.wav")).channels;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The largest difference of two sounds, from a place on. */
export function distance(a, b, from = 0) {
  let most = 0;
  for (let i = from; i < Math.min(a.length, b.length); i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** How alike two sounds of one length are, from -1 to 1. */
export function correlation(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}
