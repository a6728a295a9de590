// Runs a program for WASI, such as a test, in Node: cargo's runner for the target wasm32-wasip1.
// Usage: node --no-warnings .ci/wasi.mjs PROGRAM ARGUMENTS...
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, ...rest] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [program, ...rest],
  env: process.env,
  preopens: { "/": "/" },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
// Rust's library names functions of threads that the libc of Debian 12 lacks. Without threads nothing can call them.
const threads = () => {
  throw new Error("this target has no threads");
};
const lacking = WebAssembly.Module.imports(module).filter(({ name }) => name.startsWith("pthread_"));
const env = Object.fromEntries(lacking.map(({ name }) => [name, threads]));
const instance = await WebAssembly.instantiate(module, { ...wasi.getImportObject(), env });
process.exit(wasi.start(instance));
