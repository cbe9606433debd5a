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
    let mut plugin = PLUGINS[0].clone();
    // A section with a component in it, whose length is five bytes of seven bits.
    plugin.push(4);
    for digit in 0..5 {
        let more = u8::from(digit < 4) << 7;
        plugin.push((component.len() >> (7 * digit)) as u8 & 0x7f | more);
    }
    plugin.extend(component);
    Ok(plugin)
}

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
