//! Splitting large memory operations, so that they can be interrupted.
//!
//! A `memory.fill`, `memory.copy` or `memory.init` is one instruction however long it takes, and
//! the engine looks at the time only before it. Each whose length is not known to be small becomes
//! a loop of pieces here, before anything is compiled. All else of a component stays as it is, byte
//! by byte.

mod loops;

pub(crate) use loops::NOP_COST;

use wasmparser::{
    BinaryReader, BinaryReaderError, CodeSectionReader, CompositeInnerType, FunctionBody,
    FunctionSectionReader, Operator, TypeSectionReader,
};

use loops::{Operation, PIECE, Pieces, unsigned};

/// Goes up when the same component comes out of this differently, so that code which was compiled
/// before is not used.
pub(crate) const PIECES_REVISION: u32 = 2;

/// Length of what modules and components begin with.
const PREAMBLE: usize = 8;

/// Sections that matter here.
mod section {
    pub(super) const TYPES: u8 = 1;
    pub(super) const FUNCTIONS: u8 = 3;
    pub(super) const CODE: u8 = 10;
    /// Within components.
    pub(super) const MODULE: u8 = 1;
    pub(super) const COMPONENT: u8 = 4;
}

/// The type i32.
const I32: u8 = 0x7f;

type Read<T> = Result<T, Unreadable>;

/// What cannot be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unreadable {
    pub(super) offset: usize,
    pub(super) message: String,
}

impl From<BinaryReaderError> for Unreadable {
    fn from(error: BinaryReaderError) -> Self {
        Self {
            offset: error.offset(),
            message: error.message().to_owned(),
        }
    }
}

/// A component whose memory operations are in pieces.
///
/// The input may be anything: what cannot be read is an error, and what can be read but is not
/// valid stays invalid.
pub(super) fn split(component: &[u8]) -> Read<Vec<u8>> {
    // Deeper nesting than wasmtime accepts is not worth a stack.
    const MAX_DEPTH: usize = 100;
    split_component(component, 0, MAX_DEPTH)
}

fn split_component(bytes: &[u8], offset: usize, depth: usize) -> Read<Vec<u8>> {
    sections(bytes, offset, |id, contents, offset| {
        Ok(match id {
            section::MODULE => Some(split_module(contents, offset)?),
            section::COMPONENT if depth > 0 => Some(split_component(contents, offset, depth - 1)?),
            section::COMPONENT => {
                let message = "components are nested too deeply".to_owned();
                return Err(Unreadable { offset, message });
            }
            _ => None,
        })
    })
}

fn split_module(bytes: &[u8], offset: usize) -> Read<Vec<u8>> {
    // Of every type and then of every function, how many parameters it has.
    let (mut types, mut functions) = (Vec::new(), Vec::new());
    sections(bytes, offset, |id, contents, offset| {
        let reader = BinaryReader::new(contents, offset);
        match id {
            section::TYPES => {
                for group in TypeSectionReader::new(reader)? {
                    types.extend(
                        group?
                            .into_types()
                            .map(|sub| match sub.composite_type.inner {
                                CompositeInnerType::Func(function) => function.params().len(),
                                _ => 0,
                            }),
                    );
                }
            }
            section::FUNCTIONS => {
                for index in FunctionSectionReader::new(reader)? {
                    functions.push(types.get(index? as usize).copied().unwrap_or_default());
                }
            }
            section::CODE => return split_code(reader, &functions).map(Some),
            _ => {}
        }
        Ok(None)
    })
}

/// Copies a module or component, letting `replace` say what becomes of a section's contents.
fn sections(
    bytes: &[u8],
    offset: usize,
    mut replace: impl FnMut(u8, &[u8], usize) -> Read<Option<Vec<u8>>>,
) -> Read<Vec<u8>> {
    let mut reader = BinaryReader::new(bytes, offset);
    let mut copy = reader.read_bytes(PREAMBLE)?.to_vec();
    while !reader.eof() {
        let start = position(&reader, offset);
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()? as usize;
        let contents_start = reader.original_position();
        let contents = reader.read_bytes(size)?;
        match replace(id, contents, contents_start)? {
            Some(new) => {
                copy.push(id);
                size_of(new.len(), &mut copy)?;
                copy.extend_from_slice(&new);
            }
            None => copy.extend_from_slice(&bytes[start..position(&reader, offset)]),
        }
    }
    Ok(copy)
}

fn position(reader: &BinaryReader<'_>, offset: usize) -> usize {
    reader.original_position() - offset
}

fn split_code(reader: BinaryReader<'_>, functions: &[usize]) -> Read<Vec<u8>> {
    let mut code = Vec::new();
    let bodies = CodeSectionReader::new(reader)?;
    unsigned(bodies.count(), &mut code);
    for (index, body) in bodies.into_iter().enumerate() {
        let body = body?;
        let parameters = functions.get(index).copied().unwrap_or_default();
        match split_body(&body, parameters)? {
            Some(new) => {
                size_of(new.len(), &mut code)?;
                code.extend_from_slice(&new);
            }
            None => {
                size_of(body.as_bytes().len(), &mut code)?;
                code.extend_from_slice(body.as_bytes());
            }
        }
    }
    Ok(code)
}

/// The same function with its memory operations in pieces; none if it has none that is large.
fn split_body(body: &FunctionBody<'_>, parameters: usize) -> Read<Option<Vec<u8>>> {
    let bytes = body.as_bytes();
    let start = body.range().start;
    let mut locals = parameters as u64;
    let mut locals_reader = body.get_locals_reader()?;
    let group_count = locals_reader.get_count();
    let groups_start = locals_reader.original_position();
    for _ in 0..group_count {
        locals += u64::from(locals_reader.read()?.0);
    }
    let operators_start = locals_reader.original_position();
    let within = |position| position - start;
    let groups = &bytes[within(groups_start)..within(operators_start)];
    // More than may be declared, so the body is not valid whatever is done to it.
    let Ok(first) = u32::try_from(locals) else {
        return Ok(None);
    };

    let mut operators = body.get_operators_reader()?;
    let mut new: Option<Vec<u8>> = None;
    let mut copied = operators_start;
    let mut is_small = false;
    while !operators.eof() {
        let at = operators.original_position();
        let operator = operators.read()?;
        let operation = match operator {
            Operator::MemoryFill { mem } => Some(Operation::Fill { mem }),
            Operator::MemoryInit { data_index, mem } => Some(Operation::Init { data_index, mem }),
            Operator::MemoryCopy { dst_mem, src_mem } => Some(Operation::Copy { dst_mem, src_mem }),
            _ => None,
        };
        if let Some(operation) = operation.filter(|_| !is_small) {
            let new = new.get_or_insert_with(Vec::new);
            new.extend_from_slice(&bytes[within(copied)..within(at)]);
            Pieces { first, to: new }.operation(operation);
            copied = operators.original_position();
        }
        // The length is what was pushed last.
        is_small = matches!(operator, Operator::I32Const { value } if (0..=PIECE).contains(&value));
    }
    Ok(new.map(|mut operators| {
        operators.extend_from_slice(&bytes[within(copied)..]);
        let mut body = Vec::new();
        unsigned(group_count + 1, &mut body);
        body.extend_from_slice(groups);
        unsigned(Pieces::LOCALS, &mut body);
        body.push(I32);
        body.extend_from_slice(&operators);
        body
    }))
}

/// A size, in LEB128.
fn size_of(size: usize, to: &mut Vec<u8>) -> Read<()> {
    let size = u32::try_from(size).map_err(|_| Unreadable {
        offset: to.len(),
        message: format!("a section would have {size} bytes"),
    })?;
    unsigned(size, to);
    Ok(())
}

#[cfg(test)]
mod tests {
    use wasmtime::{Engine, Instance, Memory, Module, Store, TypedFunc};

    use super::*;

    const MODULE: &str = r#"(module
        (type (func))
        (type (func (param i32 i32 i32)))
        (import "" "" (func $imported (type 0)))
        (memory (export "memory") 16)
        (data $passive "0123456789abcdef")
        (func (export "fill") (param i32 i32 i32) (local i64 f32 i64)
            (memory.fill (local.get 0) (local.get 1) (local.get 2)))
        (func (export "copy") (type 1)
            (memory.copy (local.get 0) (local.get 1) (local.get 2)))
        (func (export "init") (param i32 i32 i32)
            (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
        (func (export "small") (param i32 i32 i32)
            (memory.copy (local.get 0) (local.get 1) (i32.const 7)))
        (func (export "several") (param i32 i32 i32)
            (if (local.get 0) (then
                (memory.fill (local.get 0) (local.get 1) (local.get 2))
                (memory.copy (local.get 1) (local.get 0) (local.get 2))))))"#;

    struct Machine {
        store: Store<()>,
        instance: Instance,
        memory: Memory,
    }

    impl Machine {
        /// One with something in its memory.
        fn new(module: &[u8]) -> Self {
            let mut machine = Self::empty(module);
            for (at, byte) in machine
                .memory
                .data_mut(&mut machine.store)
                .iter_mut()
                .enumerate()
            {
                *byte = (at % 251) as u8;
            }
            machine
        }

        fn empty(module: &[u8]) -> Self {
            let engine = Engine::default();
            let module = Module::from_binary(&engine, module).unwrap();
            let mut store = Store::new(&engine, ());
            let imported = wasmtime::Func::wrap(&mut store, || ());
            let instance = Instance::new(&mut store, &module, &[imported.into()]).unwrap();
            let memory = instance.get_memory(&mut store, "memory").unwrap();
            Self {
                store,
                instance,
                memory,
            }
        }

        /// Whether it went well.
        fn call(&mut self, name: &str, arguments: (u32, u32, u32)) -> bool {
            let function: TypedFunc<(u32, u32, u32), ()> =
                self.instance.get_typed_func(&mut self.store, name).unwrap();
            function.call(&mut self.store, arguments).is_ok()
        }

        fn memory(&self) -> &[u8] {
            self.memory.data(&self.store)
        }
    }

    fn split_text(text: &str) -> (Vec<u8>, Vec<u8>) {
        let module = wat::parse_str(text).unwrap();
        let split = split_module(&module, 0).unwrap();
        (module, split)
    }

    #[test]
    fn in_pieces_everything_comes_to_the_same() {
        let (module, split) = split_text(MODULE);
        let piece = PIECE as u32;
        let size = 16 << 16;
        let lengths = [
            0,
            1,
            16,
            piece - 1,
            piece,
            piece + 1,
            3 * piece + 5,
            size,
            u32::MAX,
        ];
        let addresses = [
            0,
            1,
            100,
            piece,
            piece + 7,
            size - piece,
            size - 1,
            size,
            size + 1,
            u32::MAX,
        ];
        let (mut whole, mut pieces) = (Machine::new(&module), Machine::new(&split));
        for name in ["fill", "copy", "init", "small", "several"] {
            for length in lengths {
                for destination in addresses {
                    for source in addresses {
                        let arguments = (destination, source, length);
                        let case = format!("{name} {arguments:?}");
                        let went_well = whole.call(name, arguments);
                        assert_eq!(pieces.call(name, arguments), went_well, "{case}");
                        if !went_well {
                            // What is in the memory of a run that trapped is of no interest.
                            let same = whole.memory().to_vec();
                            pieces
                                .memory
                                .data_mut(&mut pieces.store)
                                .copy_from_slice(&same);
                        }
                        assert!(whole.memory() == pieces.memory(), "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn addresses_end_with_the_largest_memory() {
        let text = MODULE.replace("\"memory\") 16", "\"memory\") 65536");
        let (module, split) = split_text(&text);
        let piece = PIECE as u32;
        // Up to the last byte, and one more.
        let cases = [piece, 2 * piece, 2 * piece + 3].map(|length| length.wrapping_neg());
        for name in ["fill", "copy"] {
            for start in cases {
                for length in [start.wrapping_neg(), start.wrapping_neg() + 1, 5 * piece] {
                    for (destination, source) in [(start, 1), (start, start), (1, start)] {
                        let arguments = (destination, source, length);
                        // Only what is touched of them is ever there.
                        let went_well = Machine::empty(&module).call(name, arguments);
                        let mut pieces = Machine::empty(&split);
                        let case = format!("{name} {arguments:x?}");
                        assert_eq!(pieces.call(name, arguments), went_well, "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_small_or_no_memory_operation_stays_as_it_is() {
        let (module, split) = split_text(
            r#"(module (memory 1)
                (func (param i32) (result i32) (i32.mul (local.get 0) (i32.const -3)))
                (func (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))))"#,
        );
        assert_eq!(module, split);
        let (module, split) = split_text(
            "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 1) (i32.const 65537))))",
        );
        assert!(split.len() > module.len());
    }

    #[test]
    fn modules_are_found_however_deep_they_are_nested() {
        let inner = "(component (core module (memory 1) (func (param i32)
            (memory.fill (local.get 0) (local.get 0) (local.get 0)))))";
        let component = |depth: usize| {
            (0..depth).fold(wat::parse_str(inner).unwrap(), |inner, _| {
                let mut outer = inner[..PREAMBLE].to_vec();
                outer.push(section::COMPONENT);
                size_of(inner.len(), &mut outer).unwrap();
                outer.extend_from_slice(&inner);
                outer
            })
        };
        let grown = |depth| split(&component(depth)).unwrap().len() - component(depth).len();
        assert!(grown(0) > 40);
        // Three more sizes, of which some take a byte more.
        assert!((grown(0)..grown(0) + 8).contains(&grown(3)));
        let error = split(&component(120)).unwrap_err();
        assert_eq!(error.message, "components are nested too deeply");
    }

    #[test]
    fn half_of_a_component_is_an_error() {
        let component = wat::parse_str("(component (core module (memory 1) (func)))").unwrap();
        for end in 0..component.len() {
            let _ = split(&component[..end]);
        }
        assert!(split(&component[..component.len() - 1]).is_err());
    }
}
