//! Components that are attacks by their size or their structure, one function per attack.

use super::guest::from_text;

/// A module with something more than a plugin needs.
fn with(more: &str) -> Vec<u8> {
    from_text(&format!("(module @memory @describe @realloc @run {more})"))
}

/// A component that is nothing but this, and a plugin by its export.
fn hollow(more: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component {more} (instance $i) (export "gantry:command/plugin@0.1.0" (instance $i)))"#
    ))
    .unwrap()
}

/// 32 MiB of a custom section.
pub fn huge_component() -> Vec<u8> {
    let mut bytes = with("");
    let size = 32 << 20;
    // The section's id, its size and its name's length, both in LEB128, and the name.
    bytes.push(0);
    let mut rest = size + 2;
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.extend([rest as u8, 1, b'x']);
    bytes.resize(bytes.len() + size, 7);
    bytes
}

/// 20,000 functions.
pub fn thousands_of_functions() -> Vec<u8> {
    let function = "(func (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))";
    with(&function.repeat(20_000))
}

/// A function of half a million instructions.
pub fn giant_function() -> Vec<u8> {
    let step = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 31)) (local.get 1)))";
    with(&format!(
        "(func (param i32 i32) {})",
        step.repeat(500_000 / 6)
    ))
}

/// Blocks within blocks, 30,000 deep.
pub fn pathological_nesting() -> Vec<u8> {
    let depth = 30_000;
    // As folded text it would be too deep for the assembler, too.
    with(&format!(
        "(func {} {})",
        "block ".repeat(depth),
        "end ".repeat(depth)
    ))
}

/// Components within components, 2,000 deep.
pub fn nested_components() -> Vec<u8> {
    // A component is its header and its sections; section 4 holds a component.
    const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";
    let mut inner = HEADER.to_vec();
    for _ in 0..2_000 {
        let mut outer = HEADER.to_vec();
        outer.push(4);
        let mut rest = inner.len();
        while rest >= 0x80 {
            outer.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        outer.push(rest as u8);
        outer.extend(inner);
        inner = outer;
    }
    inner
}

/// Functions with 50,000 locals each.
pub fn thousands_of_locals() -> Vec<u8> {
    let function = format!("(func (local {}))", "i64 ".repeat(50_000));
    with(&function.repeat(20))
}

/// Jump tables of 100,000 targets that all matter.
pub fn giant_jump_tables() -> Vec<u8> {
    let table = format!(
        "(func (param i32) (block (block (br_table {} (local.get 0))) unreachable))",
        "0 1 ".repeat(50_000)
    );
    with(&table.repeat(10))
}

/// 300 modules with a memory each, all of them instantiated.
pub fn hundreds_of_memories() -> Vec<u8> {
    let instance = "(core instance (instantiate $m))";
    hollow(&format!(
        "(core module $m (memory 1)) {}",
        instance.repeat(300)
    ))
}

/// 5,000 instances of an empty module.
pub fn thousands_of_instances() -> Vec<u8> {
    let instance = "(core instance (instantiate $m))";
    hollow(&format!("(core module $m) {}", instance.repeat(5_000)))
}

/// A type that doubles with each of 100 levels.
pub fn exponential_types() -> Vec<u8> {
    let mut types = "(type $t0 (tuple u8 u8))".to_owned();
    for level in 1..=100 {
        let below = level - 1;
        types.push_str(&format!("(type $t{level} (tuple $t{below} $t{below}))"));
    }
    hollow(&types)
}

/// 4 GiB of memory from the beginning.
pub fn giant_initial_memory() -> Vec<u8> {
    from_text(
        r#"(module (memory (export "memory") 65536)
            @realloc @run
            (func (export "gantry:command/plugin@0.1.0#describe") (result i32) (i32.const 0)))"#,
    )
}

/// A table of ten million elements from the beginning.
pub fn giant_initial_table() -> Vec<u8> {
    with("(table 10000000 funcref)")
}

/// A tenth of a file.
pub fn half_a_file() -> Vec<u8> {
    let mut bytes = thousands_of_functions();
    bytes.truncate(bytes.len() / 10);
    bytes
}
