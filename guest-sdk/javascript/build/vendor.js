// Puts the contract into the package before it is packed.

import { cp } from "node:fs/promises";

await cp(new URL("../../../wit/command/0.1", import.meta.url), new URL("../wit/command", import.meta.url), { recursive: true });
