// What is particular to the tool for StarlingMonkey, which starts another one for the snapshot.

import childProcess from "node:child_process";
import { readFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/** The name of the plugin's source. */
export const SOURCE = "plugin.js";

/** The engine that comes with the tool. */
export async function starlingmonkeyEngine() {
  return readFile(new URL("../lib/starlingmonkey_embedding.wasm", import.meta.resolve("@bytecodealliance/componentize-js")));
}

/** Runs `task`. The tool that it starts shows the sources to the engine as `/`: by default, the engine sees the path of
 * a temporary folder, and keeps it. */
export async function withoutPaths(task) {
  const { spawnSync } = childProcess;
  const isFolder = /^--(?:map)?dir=/;
  childProcess.spawnSync = (program, given, options) => {
    const sources = given.find((argument) => argument.startsWith("--dir="))?.slice("--dir=".length);
    if (!sources) return spawnSync(program, given, options);
    const others = given.filter((argument) => !isFolder.test(argument));
    const input = `--initializer-script-path /initializer.js --strip-path-prefix / ${SOURCE}`;
    return spawnSync(program, [`--mapdir=/::${sources}`, ...others], { ...options, input });
  };
  syncBuiltinESMExports();
  try {
    return await task();
  } finally {
    childProcess.spawnSync = spawnSync;
    syncBuiltinESMExports();
  }
}
