// Makes the package in dist and the page in site. FRAMEWISE_WASM names a module that is built already.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => join(root, ...parts);

rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"));
if (process.env.FRAMEWISE_WASM) cpSync(process.env.FRAMEWISE_WASM, at("dist/framewise.wasm"));
else execFileSync(at("tools/module.sh"), [at("dist/framewise.wasm")], { stdio: "inherit" });

for (const file of ["index.js", "index.d.ts", "engine.js", "engine.d.ts"]) cpSync(at("js", file), at("dist", file));
await build({
  entryPoints: [at("js/worklet.js"), at("js/worker.js")],
  outdir: at("dist"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minifySyntax: true,
  logLevel: "warning",
});

// The page: its own files, and the package beside them.
rmSync(at("site"), { recursive: true, force: true });
cpSync(at("demo"), at("site"), { recursive: true });
cpSync(at("dist"), at("site/framewise"), { recursive: true, filter: (path) => !path.endsWith(".d.ts") });
cpSync(at("../../examples/noisy.wav"), at("site/noisy.wav"));

// What the service worker keeps, and a name that changes with any of it.
const files = readdirSync(at("site"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "service-worker.js")
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(at("site/").length))
  .sort();
const hash = createHash("sha256");
for (const file of files) hash.update(file).update(readFileSync(at("site", file)));
const worker = readFileSync(at("demo/service-worker.js"), "utf8")
  .replace('"VERSION"', JSON.stringify(hash.digest("hex").slice(0, 16)))
  .replace('["FILES"]', JSON.stringify(["./", ...files.filter((file) => file !== "index.html")]));
writeFileSync(at("site/service-worker.js"), worker);

const sizes = readdirSync(at("dist"))
  .filter((file) => !file.endsWith(".d.ts"))
  .map((file) => [file, gzipSync(readFileSync(at("dist", file)), { level: 9 }).length]);
for (const [file, size] of sizes) console.log(`${file}: ${(size / 1000).toFixed(1)} kB after gzip`);
console.log(`together: ${(sizes.reduce((sum, [, size]) => sum + size, 0) / 1000).toFixed(0)} kB`);
