//! Putting the guests that are written as text together.

use std::path::Path;

/// What most of them have in common, by the word that stands for it in their files.
const PARTS: [(&str, &str); 4] = [
    (
        "@memory",
        r#"(memory (export "memory") 1)
        (data (i32.const 256) "hostile")
        (data (i32.const 272) "0.1.0")
        (data (i32.const 288) "attack")
        (data (i32.const 512) "\20\01\00\00\06\00\00\00")"#,
    ),
    // An ok with a name, a version and one command, all else being empty.
    (
        "@describe",
        r#"(func (export "gantry:command/plugin@0.1.0#describe") (result i32)
            (i32.store (i32.const 4) (i32.const 256))
            (i32.store (i32.const 8) (i32.const 7))
            (i32.store (i32.const 12) (i32.const 272))
            (i32.store (i32.const 16) (i32.const 5))
            (i32.store (i32.const 28) (i32.const 512))
            (i32.store (i32.const 32) (i32.const 1))
            (i32.const 0))"#,
    ),
    (
        "@realloc",
        r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (i32.const 4096))"#,
    ),
    // An ok with nothing.
    (
        "@run",
        r#"(func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
            (i32.const 1024))"#,
    ),
];

/// The component of `tests/guests/hostile/wat/NAME.wat`.
pub fn from_file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests/hostile/wat");
    let path = folder.join(format!("{}.wat", name.replace('-', "_")));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    from_text(&text)
}

/// The component of a core module in which words stand for the common parts, or of a component.
pub fn from_text(text: &str) -> Vec<u8> {
    let mut whole = text.to_owned();
    for (word, part) in PARTS {
        whole = whole.replace(word, part);
    }
    let bytes = wat::parse_str(&whole).unwrap_or_else(|error| panic!("{error}"));
    match bytes[6] {
        0 => component(bytes),
        _ => bytes,
    }
}

fn component(mut module: Vec<u8>) -> Vec<u8> {
    let mut wit = wit_parser::Resolve::default();
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/command/0.1");
    let (package, _) = wit.push_path(contract).unwrap();
    let world = wit
        .select_world(&[package], Some("command-plugin"))
        .unwrap();
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &wit, world, encoding).unwrap();
    let mut encoder = wit_component::ComponentEncoder::default();
    // Not validated: what it is made of is for the host to judge.
    encoder
        .validate(false)
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}
