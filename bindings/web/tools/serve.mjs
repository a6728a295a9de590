// Serves the page on this machine, under a strict content-security policy. Usage: node tools/serve.mjs [PORT]
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm",
  ".wav": "audio/wav", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
};

/** The only thing beyond the page's own origin is that WebAssembly may be compiled. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; " +
  "img-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'";

/** A server of a folder; `more` may answer a path by itself. */
export function serve(folder, { port = 0, host = "127.0.0.1", policy = POLICY, more = () => null } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const headers = { "content-security-policy": policy, "cache-control": "no-cache" };
    const own = more(path);
    if (own !== null) {
      response.writeHead(200, { ...headers, "content-type": TYPES[extname(path)] ?? TYPES[".html"] }).end(own);
      return;
    }
    try {
      const body = await readFile(join(folder, path.endsWith("/") ? `${path}index.html` : path));
      const type = path.endsWith("/") ? TYPES[".html"] : (TYPES[extname(path)] ?? "application/octet-stream");
      response.writeHead(200, { ...headers, "content-type": type }).end(body);
    } catch {
      response.writeHead(404, headers).end("not found");
    }
  });
  return new Promise((resolve) => {
    server.listen(port, host, () => resolve({ server, port: server.address().port, close: () => server.close() }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { port } = await serve(fileURLToPath(new URL("../site", import.meta.url)), { port: Number(process.argv[2] ?? 8080) });
  console.log(`http://localhost:${port}/`);
}
