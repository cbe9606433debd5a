// From a folder to a component: bundle, then componentize.

import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { quickjsEngine } from "./engine.js";
import { telling } from "./promises.js";
import { awake, reproducible } from "./snapshot.js";
import { SOURCE, starlingmonkeyEngine, withoutPaths } from "./starlingmonkey.js";

const SDK = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const ENGINES = { quickjs, starlingmonkey };
/** The optional engine; it brings some 100 MB. It imports preview2-shim without asking for it. */
const STARLINGMONKEY = "@bytecodealliance/componentize-js@0.22.0 @bytecodealliance/preview2-shim@0.25.0";

/** What is wrong, where, and what would be right. */
export class BuildError extends Error {}

/** Makes the component of the plugin in a folder. */
export async function build({ folder, engine = "quickjs", output }) {
  if (!Object.hasOwn(ENGINES, engine)) throw new BuildError(`there is no engine "${engine}": quickjs or starlingmonkey`);
  const about = await readPackage(resolve(folder));
  const file = resolve(output ?? join(folder, "build", `${about.name}.wasm`));
  const temporary = await mkdtemp(join(tmpdir(), "gantry-"));
  try {
    const wit = join(temporary, "wit");
    await assembleWit(wit);
    const source = await bundle(about, temporary);
    const component = await ENGINES[engine](source, wit, temporary);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, component);
    return { file, bytes: component.length };
  } finally {
    await rm(temporary, { recursive: true });
  }
}

async function readPackage(folder) {
  const path = join(folder, "package.json");
  let table;
  try {
    table = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error.code === "ENOENT" ? "it is missing" : error.message;
    throw new BuildError(`${path}: ${why}; a plugin needs one with "name", "version", "description" and "main"`);
  }
  const { name, version = "0.1.0", description = "", main = "index.js" } = table;
  if (typeof name !== "string" || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new BuildError(`${path}: "name" is the plugin's name, in lower-case words joined by "-", not ${JSON.stringify(name)}`);
  }
  const entry = resolve(folder, main);
  if (!(await exists(entry))) throw new BuildError(`${path}: "main" is the module with the commands; there is no ${entry}`);
  return { name, version, summary: description, entry };
}

/** The world with the contract and what else it includes, in one folder as the tools want it. */
async function assembleWit(folder) {
  const places = [join(SDK, "wit", "command"), resolve(SDK, "../../wit/command/0.1")];
  const found = await Promise.all(places.map(exists));
  const contract = places[found.indexOf(true)];
  if (!contract) throw new BuildError(`the contract is missing in ${places[0]}: install the SDK again`);
  await cp(contract, join(folder, "deps", "command"), { recursive: true });
  await cp(join(SDK, "wit", "random.wit"), join(folder, "deps", "random", "random.wit"));
  await cp(join(SDK, "wit", "world.wit"), join(folder, "world.wit"));
}

async function bundle({ entry, name, version, summary }, folder) {
  const { rolldown } = await tool("rolldown", "rolldown");
  const main = join(folder, "entry.js");
  const guest = JSON.stringify(join(SDK, "src", "guest.js"));
  await writeFile(
    main,
    `import { about } from "./about.js";
import ${JSON.stringify(entry)};
import { exports } from ${guest};
export const plugin = exports;
`,
  );
  await writeFile(
    join(folder, "about.js"),
    `import { plugin } from ${guest};
plugin(${JSON.stringify({ name, version, summary })});
export const about = undefined;
`,
  );
  let made;
  try {
    made = await rolldown({
      input: main,
      external: [/^gantry:/, /^wasi:/],
      resolve: { alias: { "gantry-sdk": join(SDK, "src", "index.js") } },
      // A tsconfig.json is for editors: its paths would lead to another copy of the SDK.
      tsconfig: false,
      treeshake: { moduleSideEffects: true },
      // Comments with paths of this machine.
      experimental: { attachDebugInfo: "none" },
      logLevel: "warn",
      onLog(level, log) {
        if (log.code === "UNRESOLVED_IMPORT") throw new BuildError(log.message);
      },
    });
    const { output } = await made.generate({ format: "esm" });
    return telling(output[0].code);
  } catch (error) {
    throw new BuildError(`the plugin cannot be bundled: ${error.message}`);
  } finally {
    await made?.close();
  }
}

async function quickjs(source, witPath) {
  const { componentize } = await tool("componentize-qjs", "componentize-qjs@0.4.5");
  const { engine, answers } = await known("componentize-qjs@0.4.5", async () => reproducible(await quickjsEngine()));
  return made(async () => {
    const { component } = await componentize({ witPath, jsSource: source, world: "plugin", runtimeBytes: engine });
    return awake(component, answers);
  });
}

async function starlingmonkey(source, witPath, folder) {
  const { componentize } = await tool("@bytecodealliance/componentize-js", STARLINGMONKEY);
  const { engine, answers } = await known(STARLINGMONKEY, async () => reproducible(await starlingmonkeyEngine()));
  const file = join(folder, "engine.wasm");
  await writeFile(file, engine);
  return made(async () => {
    const disableFeatures = ["http", "fetch-event"];
    const options = { witPath, worldName: "plugin", sourceName: SOURCE, engine: file, disableFeatures };
    const { component } = await withoutPaths(() => componentize(source, options));
    return awake(component, answers);
  });
}

/** An engine, made ready for a snapshot. */
async function known(install, ready) {
  try {
    return await ready();
  } catch (error) {
    throw new BuildError(`this SDK does not know the engine that is installed (${error.message}); install another with

    npm install --prefix ${SDK} --no-save ${install}
`);
  }
}

async function made(componentize) {
  try {
    return await componentize();
  } catch (error) {
    throw new BuildError(`the component could not be made; its modules run once for that: ${error.message}`);
  }
}

async function tool(module, install) {
  try {
    return await import(module);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new BuildError(`${module} is missing; install it with\n\n    npm install --prefix ${SDK} --no-save ${install}\n`);
  }
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
