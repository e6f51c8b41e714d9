/**
 * The files of the web page. They are TypeScript without a build step: the types are stripped when a file is first
 * asked for, in a checkout and when installed alike, so that both serve the very same code.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import type { FastifyInstance } from "fastify";
import { fail } from "../../errors.ts";
import { dependencyPath, pageAssetPath } from "../../paths.ts";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Files of other packages that the page uses, under the name it asks for. */
const DEPENDENCIES: Readonly<Record<string, readonly [packageName: string, file: string]>> = {
  "uplot.js": ["uplot", "dist/uPlot.esm.js"],
  "uplot.css": ["uplot", "dist/uPlot.min.css"],
};

interface PageFile {
  readonly content: string;
  readonly type: string;
  readonly etag: string;
}

/** Serves the page at `/` and its files at `/page/<name>`; only files that are there at the start exist. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  const paths = new Map<string, string>();
  for (const name of readdirSync(pageAssetPath(".")))
    if (/^[a-z0-9-]+\.(html|css|ts|svg)$/.test(name)) paths.set(name, pageAssetPath(name));
  for (const [name, [packageName, file]] of Object.entries(DEPENDENCIES))
    paths.set(name, dependencyPath(packageName, file));

  const loaded = new Map<string, PageFile>();
  const load = (name: string): PageFile => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const path = paths.get(name);
    if (path === undefined) return fail("ROUTE_UNKNOWN", { what: `the page has no file "${name}"` });
    const file = readPageFile(name, path);
    loaded.set(name, file);
    return file;
  };

  app.get<{ Params: { name: string } }>("/page/:name", async (request, reply) => {
    const file = load(request.params.name);
    reply.header("etag", file.etag).header("cache-control", "no-cache").type(file.type);
    if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
    return file.content;
  });

  const index = load("index.html");
  const policy = contentSecurityPolicy(index.content);
  app.get("/", async (_request, reply) => {
    reply.header("content-security-policy", policy).header("cache-control", "no-cache").type(index.type);
    return index.content;
  });
}

function readPageFile(name: string, path: string): PageFile {
  const text = readFileSync(path, "utf8");
  const content = name.endsWith(".ts") ? stripTypes(text) : text;
  return {
    content,
    type: CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
  };
}

/** Nothing but our own files may run or be fetched; the import map is the one inline script, allowed by its hash. */
function contentSecurityPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)].map(
    (match) =>
      `'sha256-${createHash("sha256")
        .update(match[1] ?? "")
        .digest("base64")}'`,
  );
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(" ")}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * Node calls the function experimental on stderr, once, in the middle of the progress line; the call is synchronous,
 * so nobody else's warning is lost.
 */
function stripTypes(source: string): string {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
