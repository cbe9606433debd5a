#!/usr/bin/env node
// `gantry-build`: makes a plugin of a folder with a package.json.

import { parseArgs } from "node:util";

import { BuildError, build } from "./build.js";

const USAGE = `Usage: gantry-build [FOLDER] [--engine quickjs|starlingmonkey] [-o FILE]

Makes build/<name>.wasm of the plugin in the folder (default: here). Its package.json says
"name", "version", "description" and "main", which may be a TypeScript file.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: "string", default: "quickjs" },
      output: { type: "string", short: "o" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(USAGE);
  } else {
    const { file, bytes } = await build({ folder: positionals[0] ?? ".", ...values });
    console.log(`${file} (${(bytes / 1e6).toFixed(1)} MB)`);
  }
} catch (error) {
  const known = error instanceof BuildError || error.code?.startsWith("ERR_PARSE_ARGS");
  console.error(known ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
