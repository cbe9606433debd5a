// Async functions that tell what they lose. Nothing waits for promises in a run: what an async function throws does not
// reach its command, and what follows an `await` comes too late or never. So each of them calls a function of the SDK
// first (src/promises.js), which writes that to the log.

import { parseAst } from "rolldown/parseAst";

const THREW = "globalThis.__gantryThrew";
const AWAITS = "globalThis.__gantryAwaits";

/** The source of a module, with calls in its async functions. Lines stay where they are. */
export function telling(source) {
  const added = [];
  const add = (at, text) => added.push({ at, text });
  visit(parseAst(source), (node) => {
    if (node.type === "AwaitExpression") {
      // A comma in it would be an argument of its own.
      add(node.argument.start, `${AWAITS}((`);
      added.push({ at: node.end, text: "))", closes: node.start });
    }
    if (!node.async || !node.body) return;
    if (node.body.type === "BlockStatement") {
      // One that does nothing throws nothing.
      if (node.body.body.length === 0) return;
      add(node.body.start + 1, " try {");
      added.push({ at: node.body.end - 1, text: `} catch (error) { throw ${THREW}(error); } `, closes: node.start });
    } else {
      // The body of an arrow, with whatever parentheses are around it.
      add(arrow(source, node) + 2, " { try { return (");
      added.push({ at: node.end, text: `); } catch (error) { throw ${THREW}(error); } }`, closes: node.start });
    }
  });
  if (added.length === 0) return source;
  // Where several end, the innermost comes first.
  added.sort((a, b) => a.at - b.at || (b.closes ?? -1) - (a.closes ?? -1));
  let told = "";
  let at = 0;
  for (const { at: place, text } of added) {
    told += source.slice(at, place) + text;
    at = place;
  }
  return told + source.slice(at);
}

/** Where the arrow of an arrow function is: what stands in a comment is none. */
function arrow(source, node) {
  const from = node.params.at(-1)?.end ?? node.start;
  const blank = source.slice(from, node.body.start).replace(/\/\*[^]*?\*\/|\/\/.*/g, (comment) => " ".repeat(comment.length));
  return from + blank.indexOf("=>");
}

function visit(node, look) {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, look);
  } else if (typeof node?.type === "string") {
    look(node);
    for (const value of Object.values(node)) if (typeof value === "object") visit(value, look);
  }
}
