// Where the engine of QuickJS is: a module of WebAssembly within the tool that makes components of it.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { Reader, imports, sections } from "./wasm.js";

const PREAMBLE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const [CUSTOM, IMPORTS, DATA, LAST] = [0, 2, 11, 13];

/** The engine that `componentize` uses for components without asynchronous functions. The tool is loaded already. */
export async function quickjsEngine() {
  const { cache } = createRequire(import.meta.url);
  const libraries = Object.keys(cache).filter((file) => /componentize-qjs[^/\\]*\.node$/.test(file));
  for (const file of libraries) {
    const engines = [...modules(await readFile(file))].filter(isEngine);
    // One is made for speed, one for size.
    if (engines.length > 0) return engines.reduce((a, b) => (a.length >= b.length ? a : b));
  }
  throw new RangeError(`there is no engine in ${libraries.join(", ") || "componentize-qjs: its library is not loaded"}`);
}

function isEngine(module) {
  const section = [...sections(module)].find(({ id }) => id === IMPORTS);
  const imported = section ? imports(section.body) : [];
  // What asynchronous functions are made of comes from "$root".
  return imported.some(({ module }) => module === "local:init/module-loader") && !imported.some(({ module }) => module === "$root");
}

/** The modules in a file of whatever kind. */
function* modules(file) {
  for (let at = file.indexOf(PREAMBLE); at >= 0; at = file.indexOf(PREAMBLE, at + 1)) {
    const end = endOf(file, at + PREAMBLE.length);
    if (end !== undefined) yield file.subarray(at, end);
  }
}

/** Where a module's last section ends; nothing if it has no code and data. */
function endOf(file, at) {
  const reader = new Reader(file, at);
  let end;
  try {
    for (;;) {
      const id = reader.byte();
      const body = reader.bytes(reader.number());
      if (id > LAST) return end;
      if (id === CUSTOM) new Reader(body).text();
      // Behind the data, there are only sections with names.
      else if (end !== undefined) return end;
      if (id === DATA || end !== undefined) end = reader.at;
    }
  } catch {
    return end;
  }
}
