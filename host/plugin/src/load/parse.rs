//! Taking a file apart: what kind it is, what it imports and exports, and how large it is.

use serde::Serialize;
use wasmparser::{Encoding, Parser, Payload};

use super::LoadErrorKind;
use crate::log::visible;

/// What can be seen of a component without compiling it.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) sizes: Sizes,
}

/// How large a component is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Sizes {
    /// The whole file, in bytes.
    pub component: u64,
    /// Code of all core modules in it, in bytes.
    pub code: u64,
    /// Initial data of all core modules in it, in bytes.
    pub data: u64,
    /// Core modules in it.
    pub modules: u32,
    /// Linear memories of all core modules in it.
    pub memories: u32,
    /// Bytes that all memories together have at the start.
    pub initial_memory: u64,
    /// Bytes that all memories together can grow to by their own account; none if one says no
    /// limit.
    pub maximum_memory: Option<u64>,
}

/// Takes a file apart. The code in it is not validated.
pub(crate) fn parse(bytes: &[u8]) -> Result<Shape, LoadErrorKind> {
    check_magic(bytes)?;
    let sizes = Sizes {
        component: bytes.len() as u64,
        maximum_memory: Some(0),
        ..Sizes::default()
    };
    let mut shape = Shape {
        imports: Vec::new(),
        exports: Vec::new(),
        sizes,
    };
    // Modules and components inside the component are handed out in line.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| damaged(&error, bytes))?;
        match payload {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } if depth == 0 => {
                return Err(LoadErrorKind::CoreModule);
            }
            Payload::ModuleSection { .. } => {
                depth += 1;
                shape.sizes.modules += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            payload => shape
                .look_at(&payload, depth)
                .map_err(|error| damaged(&error, bytes))?,
        }
    }
    Ok(shape)
}

impl Shape {
    fn look_at(&mut self, payload: &Payload<'_>, depth: usize) -> wasmparser::Result<()> {
        let sizes = &mut self.sizes;
        match payload {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section.clone() {
                    self.imports.push(visible(import?.name.name.as_bytes()));
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section.clone() {
                    self.exports.push(visible(export?.name.name.as_bytes()));
                }
            }
            Payload::CodeSectionStart { size, .. } => sizes.code += u64::from(*size),
            Payload::DataSection(section) => sizes.data += section.range().len() as u64,
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let memory = memory?;
                    let page = 1_u64 << memory.page_size_log2.unwrap_or(16).min(16);
                    sizes.memories += 1;
                    sizes.initial_memory = sizes
                        .initial_memory
                        .saturating_add(memory.initial.saturating_mul(page));
                    sizes.maximum_memory = sizes.maximum_memory.and_then(|sum| {
                        Some(sum.saturating_add(memory.maximum?.saturating_mul(page)))
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn check_magic(bytes: &[u8]) -> Result<(), LoadErrorKind> {
    const MAGIC: &[u8] = b"\0asm";
    if bytes.is_empty() {
        return Err(LoadErrorKind::Empty);
    }
    if MAGIC.starts_with(&bytes[..bytes.len().min(4)]) && bytes.len() < 8 {
        return Err(LoadErrorKind::Truncated(bytes.len()));
    }
    if !bytes.starts_with(MAGIC) {
        let is_text = bytes.trim_ascii_start().starts_with(b"(");
        return Err(LoadErrorKind::NotWasm(match is_text {
            true => "; it seems to be WebAssembly text, which has to be assembled first",
            false => "",
        }));
    }
    Ok(())
}

fn damaged(error: &wasmparser::BinaryReaderError, bytes: &[u8]) -> LoadErrorKind {
    if error.message().starts_with("unexpected end") {
        return LoadErrorKind::Truncated(bytes.len());
    }
    LoadErrorKind::Malformed {
        offset: error.offset(),
        message: visible(error.message().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8]) -> String {
        parse(bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_a_component_is_said_to_be_something_else() {
        assert_eq!(
            error(b""),
            "the file is empty; it may not have been copied to its end"
        );
        assert_eq!(
            error(b"\x7fELF1234567"),
            "it is not WebAssembly: it does not begin with the bytes `\\0asm`"
        );
        assert!(error(b" (component)").contains("WebAssembly text"));
        assert!(error(b"\0asm\x01\0\0\0").starts_with("it is a core module, and plugins are"));
        assert!(error(b"\0asm\x0d\0").contains("ends in the middle, after 6 bytes"));
        assert!(error(b"\0asm\x63\0\x01\0").contains("damaged at byte 4"));
    }

    #[test]
    fn an_empty_component_has_nothing() {
        let shape = parse(b"\0asm\x0d\0\x01\0").unwrap();
        assert!(shape.imports.is_empty() && shape.exports.is_empty());
        assert_eq!(shape.sizes.component, 8);
        assert_eq!(shape.sizes.maximum_memory, Some(0));
    }
}
