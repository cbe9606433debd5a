// The binary format of WebAssembly modules, as far as the build rewrites it.

/** The sections of a module or component. */
export function* sections(bytes) {
  for (const reader = new Reader(bytes, 8); reader.at < bytes.length; ) {
    const id = reader.byte();
    yield { id, body: reader.bytes(reader.number()) };
  }
}

/** Reads from the front to the back. */
export class Reader {
  constructor(bytes, at = 0) {
    this.all = bytes;
    this.at = at;
  }

  byte() {
    if (this.at >= this.all.length) throw new RangeError("the module is cut off");
    return this.all[this.at++];
  }

  bytes(length) {
    if (this.at + length > this.all.length) throw new RangeError("the module is cut off");
    this.at += length;
    return this.all.subarray(this.at - length, this.at);
  }

  /** An unsigned number. */
  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Passes over some numbers of any size, signed or not. */
  skip(count = 1) {
    for (; count > 0; count--) while (this.byte() >= 0x80);
  }

  text() {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(this.number()));
  }

  /** Passes over the limits of a memory or a table. */
  limits() {
    const flags = this.byte();
    this.skip(flags & 1 ? 2 : 1);
  }

  /** The type of a value; of one that refers to a type of the module, its kind. */
  type() {
    const kind = this.byte();
    if (kind === 0x63 || kind === 0x64) this.skip();
    return kind;
  }
}

/** An unsigned number. */
export function number(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return [...bytes, value];
}

/** A signed number of up to 64 bits. */
export function signed(value) {
  const bytes = [];
  for (let rest = BigInt.asIntN(64, BigInt(value)); ; rest >>= 7n) {
    const byte = Number(rest & 0x7fn);
    const isLast = rest >> 6n === 0n || rest >> 6n === -1n;
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

/** A section, or a function's body: with its length in front. */
export function sized(body) {
  return Buffer.concat([Uint8Array.from(number(body.length)), body]);
}

/** A section of items, with `more` of them behind those that it has. */
export function extended(body, more) {
  const reader = new Reader(body);
  const count = reader.number() + more.length;
  return Buffer.concat([Uint8Array.from(number(count)), body.subarray(reader.at), ...more.map((item) => Uint8Array.from(item))]);
}

/** What a module imports, in order. `kind` is one of `KIND`; a function has the index of its type. */
export function imports(body) {
  return items(body, (reader) => {
    const [module, name, kind] = [reader.text(), reader.text(), reader.byte()];
    const it = { module, name, kind };
    switch (kind) {
      case KIND.function:
        it.type = reader.number();
        break;
      case KIND.table:
        reader.type();
        reader.limits();
        break;
      case KIND.memory:
        reader.limits();
        break;
      case KIND.global:
        reader.type();
        reader.byte();
        break;
      default:
        throw new RangeError(`an import of kind ${kind} is unknown`);
    }
    return it;
  });
}

export const KIND = { function: 0, table: 1, memory: 2, global: 3 };

/** The types of functions, as pairs of lists: parameters and results. */
export function functionTypes(body) {
  return items(body, (reader) => {
    const kind = reader.byte();
    if (kind !== 0x60) throw new RangeError(`a type of kind ${kind} is unknown`);
    return [0, 1].map(() => Array.from({ length: reader.number() }, () => reader.type()));
  });
}

/** The bodies of a module's functions. */
export function functionBodies(body) {
  return items(body, (reader) => reader.bytes(reader.number()));
}

/** A section of items. */
function items(body, read) {
  const reader = new Reader(body);
  return Array.from({ length: reader.number() }, () => read(reader));
}

/** A function's body that calls other functions: `targets` maps indices to those that take their place. */
export function redirected(body, targets) {
  const reader = new Reader(body);
  // Its local variables.
  for (let count = reader.number(); count > 0; count--) {
    reader.skip();
    reader.type();
  }
  const parts = [];
  let copied = 0;
  while (reader.at < body.length) {
    const code = reader.byte();
    if (code !== CALL && code !== RETURN_CALL) {
      immediates(reader, code);
      continue;
    }
    const start = reader.at;
    const target = targets.get(reader.number());
    if (target === undefined) continue;
    parts.push(body.subarray(copied, start), Uint8Array.from(number(target)));
    copied = reader.at;
  }
  return parts.length === 0 ? body : Buffer.concat([...parts, body.subarray(copied)]);
}

const CALL = 0x10;
const RETURN_CALL = 0x12;
/** How many numbers follow an instruction, where there is no more to it. */
const NUMBERS = new Map([
  ...[0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x14, 0x15, 0x18].map((code) => [code, 1]),
  ...[0x11, 0x13].map((code) => [code, 2]),
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].map((code) => [code, 1]),
]);
/** The same of those that begin with 0xfc. */
const BULK = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** Passes over what follows an instruction. */
function immediates(reader, code) {
  if (NUMBERS.has(code)) reader.skip(NUMBERS.get(code));
  else if (code === 0x0e) reader.skip(reader.number() + 1);
  else if (code === 0x1c) for (let count = reader.number(); count > 0; count--) reader.type();
  else if (code >= 0x28 && code <= 0x3e) address(reader);
  else if (code === 0x43) reader.bytes(4);
  else if (code === 0x44) reader.bytes(8);
  else if (code === 0xfc) bulk(reader);
  else if (code === 0xfd) vector(reader);
  else if (![0x00, 0x01, 0x05, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1].includes(code) && !(code >= 0x45 && code <= 0xc4)) unknown(code);
}

/** Passes over an alignment and an offset, between which a memory may be named. */
function address(reader) {
  const flags = reader.number();
  reader.skip(flags & 0x40 ? 2 : 1);
}

function bulk(reader) {
  const code = reader.number();
  if (code >= BULK.length) unknown(0xfc, code);
  reader.skip(BULK[code]);
}

function vector(reader) {
  const code = reader.number();
  if (code <= 11 || code === 92 || code === 93) address(reader);
  else if (code === 12 || code === 13) reader.bytes(16);
  else if (code >= 21 && code <= 34) reader.byte();
  else if (code >= 84 && code <= 91) {
    address(reader);
    reader.byte();
  }
}

function unknown(...codes) {
  throw new RangeError(`an instruction is unknown: ${codes.map((code) => `0x${code.toString(16)}`).join(" ")}`);
}
