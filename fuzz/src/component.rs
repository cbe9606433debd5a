//! Components out of any bytes: as they are, made by wasm-smith, or a plugin that loads, with changes.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What may be a plugin.
#[derive(Clone, Debug)]
pub struct AnyComponent {
    /// The file.
    pub bytes: Vec<u8>,
}

impl<'a> Arbitrary<'a> for AnyComponent {
    /// A byte that says what the rest stands for: the file itself, choices of wasm-smith for a component
    /// or for the code of a plugin, or which plugin is changed in which places.
    fn arbitrary(rest: &mut Unstructured<'a>) -> Result<Self> {
        let bytes = match rest.arbitrary::<u8>()? % 4 {
            0 => rest.bytes(rest.len())?.to_vec(),
            1 => made(rest)?,
            2 => {
                let module = wasm_smith::Module::new(config_of_plugins(), rest)?.to_bytes();
                wrapped(module).ok_or(arbitrary::Error::IncorrectFormat)?
            }
            _ => changed(rest)?,
        };
        Ok(Self { bytes })
    }
}

/// A plugin that does nothing, as text.
const NOTHING: &str = r#"(module
    (memory (export "memory") 1)
    (data (i32.const 256) "fuzzed")
    (data (i32.const 272) "0.1.0")
    (data (i32.const 288) "attack")
    (data (i32.const 512) "\20\01\00\00\06\00\00\00")
    (func (export "gantry:command/plugin@0.1.0#describe") (result i32)
        (i32.store (i32.const 4) (i32.const 256))
        (i32.store (i32.const 8) (i32.const 6))
        (i32.store (i32.const 12) (i32.const 272))
        (i32.store (i32.const 16) (i32.const 5))
        (i32.store (i32.const 28) (i32.const 512))
        (i32.store (i32.const 32) (i32.const 1))
        (i32.const 0))
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        (i32.const 1024))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (i32.const 4096)))"#;

static NOTHING_MODULE: LazyLock<Vec<u8>> =
    LazyLock::new(|| wat::parse_str(NOTHING).expect("a module"));

/// What changes start from: the small one first, which is the quickest to compile.
static PLUGINS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let small = wrapped(NOTHING_MODULE.clone()).expect("a component");
    let others = [
        gantry_test_guests::KEEPS_LOCALS,
        gantry_test_guests::INNOCENT,
        gantry_plugins::LEDS,
    ];
    let others = others.into_iter().map(<[u8]>::to_vec);
    std::iter::once(small).chain(others).collect()
});

/// What the host's engine has switched on.
fn config() -> wasm_smith::Config {
    wasm_smith::Config {
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 2,
        ..wasm_smith::Config::default()
    }
}

/// Modules that export what a plugin has to, and import nothing.
fn config_of_plugins() -> wasm_smith::Config {
    wasm_smith::Config {
        exports: Some(NOTHING_MODULE.clone()),
        allow_start_export: true,
        max_imports: 0,
        max_memories: 1,
        max_memory32_bytes: 4 << 20,
        max_table_elements: 1_000,
        reference_types_enabled: false,
        ..config()
    }
}

/// A component, by itself or as a part of a plugin that loads without it.
fn made(rest: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let alone = rest.arbitrary()?;
    let component = wasm_smith::Component::new(config(), rest)?.to_bytes();
    if alone {
        return Ok(component);
    }
    Ok(with_section(4, &component))
}

/// A plugin that loads, with one more section.
fn with_section(id: u8, contents: &[u8]) -> Vec<u8> {
    let mut plugin = PLUGINS[0].clone();
    section(&mut plugin, id, contents);
    plugin
}

fn section(bytes: &mut Vec<u8>, id: u8, contents: &[u8]) {
    bytes.push(id);
    number(bytes, contents.len());
    bytes.extend(contents);
}

/// A number in five bytes of seven bits.
fn number(bytes: &mut Vec<u8>, number: usize) {
    for digit in 0..5 {
        let more = u8::from(digit < 4) << 7;
        bytes.push((number >> (7 * digit)) as u8 & 0x7f | more);
    }
}

/// A plugin with a module whose functions repeat a few instructions very often: cheap to write, and
/// dear to whatever takes more than linear time in the length of a function.
#[derive(Clone, Debug)]
pub struct Repetitive {
    /// The file.
    pub bytes: Vec<u8>,
}

/// The most bytes of one function of a [`Repetitive`] module.
const MAX_BODY: usize = 2 << 20;

impl<'a> Arbitrary<'a> for Repetitive {
    /// For each function, which sequences it is made of and how often each is repeated.
    fn arbitrary(rest: &mut Unstructured<'a>) -> Result<Self> {
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        // The limits before compiling are those of one function; of many, the compiler's process is
        // limited, which is not what is tested here.
        for _ in 0..rest.int_in_range(1..=2)? {
            // Two locals of the type i32 beside the two parameters.
            let mut body = vec![1, 2, 0x7f];
            let mut ends = 0;
            for _ in 0..rest.int_in_range(1..=8)? {
                let sequence = *rest.choose(SEQUENCES)?;
                let times = 1_usize << rest.int_in_range(0..=17)?;
                for _ in 0..times.min((MAX_BODY - body.len()) / (sequence.0.len() + 1)) {
                    body.extend(sequence.0);
                    ends += sequence.1;
                }
            }
            body.extend(std::iter::repeat_n(END, ends + 1));
            bodies.push(body);
        }
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        section(&mut module, 1, &[1, 0x60, 2, 0x7f, 0x7f, 0]);
        let mut functions = vec![bodies.len() as u8];
        functions.extend(std::iter::repeat_n(0, bodies.len()));
        section(&mut module, 3, &functions);
        section(&mut module, 4, &[1, 0x70, 0, 1]);
        section(&mut module, 5, &[1, 0, 1]);
        let mut code = vec![bodies.len() as u8];
        for body in bodies {
            number(&mut code, body.len());
            code.extend(body);
        }
        section(&mut module, 10, &code);
        Ok(Self {
            bytes: with_section(1, &module),
        })
    }
}

const END: u8 = 0x0b;

/// Instructions that can be repeated, and how many blocks each leaves open. `i` and `n` are the
/// parameters, `a` and `b` the locals.
const SEQUENCES: &[(&[u8], usize)] = &[
    // i = i * 31 + n
    (b"\x20\x00\x41\x1f\x6c\x20\x01\x6a\x21\x00", 0),
    // memory.fill, memory.copy
    (b"\x20\x00\x20\x01\x20\x00\xfc\x0b\x00", 0),
    (b"\x20\x00\x20\x01\x20\x00\xfc\x0a\x00\x00", 0),
    // n = select i n i
    (b"\x20\x00\x20\x01\x20\x00\x1b\x21\x01", 0),
    // block, leave it if i, n = n + 1, end
    (
        b"\x02\x40\x20\x00\x0d\x00\x20\x01\x41\x01\x6a\x21\x01\x0b",
        0,
    ),
    // block, left open; leave it if i
    (b"\x02\x40\x20\x00\x0d\x00", 1),
    // loop, left open; again if n
    (b"\x03\x40\x20\x01\x0d\x00", 1),
    // if i: a = n, else: b = i
    (
        b"\x20\x00\x04\x40\x20\x01\x21\x02\x05\x20\x00\x21\x03\x0b",
        0,
    ),
    // block, a table of nine ways out of it
    (b"\x02\x40\x20\x00\x0e\x08\0\0\0\0\0\0\0\0\0\x0b", 0),
    // i = load n; store a i
    (
        b"\x20\x01\x28\x02\x00\x21\x00\x20\x02\x20\x00\x36\x02\x00",
        0,
    ),
    // call of the first function, and through the table
    (b"\x20\x00\x20\x01\x10\x00", 0),
    (b"\x20\x00\x20\x01\x20\x00\x11\x00\x00", 0),
    // a = i / n; trap
    (b"\x20\x00\x20\x01\x6d\x21\x02", 0),
    // the length of the memory, and its growth
    (b"\x3f\x00\x40\x00\x1a", 0),
    // a tee of a long expression: a = b = i + n
    (b"\x20\x00\x20\x01\x6a\x22\x02\x22\x03\x1a", 0),
];

/// The component of a core module.
fn wrapped(mut module: Vec<u8>) -> Option<Vec<u8>> {
    let mut wit = Resolve::default();
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/command/0.1");
    let (package, _) = wit.push_path(contract).expect("the contract");
    let world = wit.select_world(&[package], Some("command-plugin"));
    let world = world.expect("the contract's world");
    embed_component_metadata(&mut module, &wit, world, StringEncoding::UTF8).ok()?;
    // Not validated: what it is made of is for the host to judge.
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(false).module(&module).ok()?;
    encoder.encode().ok()
}

/// A plugin that loads, with changes, of which each says what, where, and with what.
fn changed(rest: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let which = usize::from(rest.arbitrary::<u8>()?);
    // Mostly the small one.
    let mut bytes = PLUGINS[which.saturating_sub(223) % PLUGINS.len()].clone();
    while !rest.is_empty() && !bytes.is_empty() {
        let (what, place) = (rest.arbitrary::<u8>()?, rest.arbitrary::<u16>()?);
        let value = rest.arbitrary::<u8>()?;
        let at = (usize::from(place) * bytes.len()) >> 16;
        let end = (at + usize::from(value)).min(bytes.len());
        match what % 8 {
            0..=2 => bytes[at] = value,
            3 => bytes[at] ^= 1 << (value % 8),
            4 => bytes.insert(at, value),
            5 => drop(bytes.drain(at..end)),
            6 => bytes.extend_from_within(at..end),
            _ => bytes.truncate(at),
        }
    }
    Ok(bytes)
}
