//! Bounds on what is compiled, after memory operations have become loops.
//!
//! The time that compiling takes is linear in the length of code that runs straight on, and grows
//! faster in the branches of one function, of which memory operations become ten each, and in how deep its
//! blocks are nested. Of the
//! languages' runtimes, StarlingMonkey's interpreter has the largest functions: 171,628 bytes, 11,601
//! branches with their targets, and 126 memory operations. A function at one of the limits takes some
//! seconds of processor time.

use wasmparser::{CustomSectionReader, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

use super::pieces::Unreadable;
use crate::log::visible;

/// Bytes of one function.
const FUNCTION_BYTES: u64 = 4 << 20;
/// Branches of one function, with their targets, each of which begins a basic block.
const FUNCTION_BLOCKS: u64 = 40_000;
/// What an indirect call, another use of a table or the growth of a memory counts for in them: the compiler
/// makes branches of each. 10,000 in one function take four seconds, and twice as many four times as long.
const HIDDEN_BLOCKS: u64 = 4;
/// Blocks and loops within each other: 4,000 loops take four seconds, twice as many five times as long.
const FUNCTION_DEPTH: u64 = 4_000;
/// Memory operations of one function.
const FUNCTION_OPERATIONS: u64 = 2_000;
/// Functions of one module.
const MODULE_FUNCTIONS: u64 = 100_000;
/// Functions of all modules.
const FUNCTIONS: u64 = 200_000;

/// A component has more of something than can be compiled in reasonable time.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{place} has {count} {what}, and the limit is {most}; {remedy}")]
pub struct TooLarge {
    /// A function, a module or the component.
    pub place: String,
    /// What there is too much of.
    pub what: &'static str,
    /// How much of it there is; at least, if it was not counted to the end.
    pub count: u64,
    /// The limit.
    pub most: u64,
    /// What can be done about it.
    pub remedy: &'static str,
}

/// What is counted in one function.
#[derive(Default)]
struct Function {
    bytes: u64,
    blocks: u64,
    operations: u64,
    /// Blocks that are open, and the most of them so far.
    depth: u64,
    deepest: u64,
}

impl Function {
    fn count(&mut self, operator: &Operator<'_>) {
        self.blocks += match operator {
            Operator::Loop { .. } | Operator::If { .. } => 2,
            Operator::Block { .. }
            | Operator::Else
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::Return
            | Operator::Unreachable => 1,
            Operator::BrTable { targets } => u64::from(targets.len()) + 1,
            // What a table has is looked at, and put there if it is not yet; growth may fail.
            Operator::CallIndirect { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::TableGet { .. }
            | Operator::TableSet { .. }
            | Operator::MemoryGrow { .. } => HIDDEN_BLOCKS,
            _ => 0,
        };
        self.operations += match operator {
            Operator::MemoryFill { .. }
            | Operator::MemoryCopy { .. }
            | Operator::MemoryInit { .. }
            | Operator::TableFill { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::TableGrow { .. } => 1,
            _ => 0,
        };
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.depth += 1;
                self.deepest = self.deepest.max(self.depth);
            }
            Operator::End => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// What there is too much of, how much, and how much there may be.
    fn excess(&self) -> Option<(&'static str, u64, u64)> {
        [
            ("bytes of code", self.bytes, FUNCTION_BYTES),
            ("branches and their targets", self.blocks, FUNCTION_BLOCKS),
            ("memory operations", self.operations, FUNCTION_OPERATIONS),
            ("blocks within each other", self.deepest, FUNCTION_DEPTH),
        ]
        .into_iter()
        .find(|(_, count, most)| count > most)
    }
}

/// Whether a component can be compiled in reasonable time. One that is not valid may pass.
pub(super) fn check(component: &[u8]) -> Result<Result<(), TooLarge>, Unreadable> {
    // Of each module that contains the one that is looked at, and of that one: functions that it
    // imports, and functions of its own that were looked at.
    let mut modules: Vec<(u64, u64)> = Vec::new();
    let mut all = 0;
    let split = "split it, or build it with less inlining";
    let fewer = "leave out what the plugin does not use";
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::Version { .. } => modules.push((0, 0)),
            Payload::End(_) => drop(modules.pop()),
            Payload::ImportSection(imports) => {
                let count = count_imported(imports)?;
                if let Some((imported, _)) = modules.last_mut() {
                    *imported += count;
                }
            }
            Payload::CodeSectionStart { count, .. } => {
                let count = u64::from(count);
                all += count;
                let bounds = [
                    ("a module", count, MODULE_FUNCTIONS),
                    ("it", all, FUNCTIONS),
                ];
                if let Some((place, count, most)) = bounds.into_iter().find(|(_, n, m)| n > m) {
                    return Ok(Err(TooLarge {
                        place: place.to_owned(),
                        what: "functions",
                        count,
                        most,
                        remedy: fewer,
                    }));
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut function = Function {
                    bytes: body.range().len() as u64,
                    ..Function::default()
                };
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() && function.excess().is_none() {
                    function.count(&operators.read()?);
                }
                let index = modules.last_mut().map_or(0, |(imported, own)| {
                    *own += 1;
                    *imported + *own - 1
                });
                if let Some((what, count, most)) = function.excess() {
                    return Ok(Err(TooLarge {
                        place: place(component, body.range().start, index),
                        what,
                        count,
                        most,
                        remedy: split,
                    }));
                }
            }
            _ => {}
        }
    }
    Ok(Ok(()))
}

fn count_imported(imports: wasmparser::ImportSectionReader<'_>) -> Result<u64, Unreadable> {
    let mut count = 0;
    for import in imports.into_imports() {
        if matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
            count += 1;
        }
    }
    Ok(count)
}

/// A function by its index, and by its name if the module that has it says one.
fn place(component: &[u8], start: usize, index: u64) -> String {
    match name(component, start, index) {
        Some(name) => format!("the function {index} (`{name}`)"),
        None => format!("the function {index}"),
    }
}

/// The name of the function of this index in the module with code at this position.
fn name(component: &[u8], start: usize, index: u64) -> Option<String> {
    let mut is_here = false;
    for payload in Parser::new(0).parse_all(component) {
        match payload.ok()? {
            Payload::CodeSectionStart { range, .. } => is_here = range.contains(&start),
            Payload::CustomSection(section) if is_here => {
                if let Some(name) = name_in(&section, index) {
                    return Some(name);
                }
            }
            Payload::End(_) if is_here => return None,
            _ => {}
        }
    }
    None
}

fn name_in(section: &CustomSectionReader<'_>, index: u64) -> Option<String> {
    /// The most bytes of a name.
    const MAX: usize = 160;
    let KnownCustom::Name(names) = section.as_known() else {
        return None;
    };
    for subsection in names {
        let Name::Function(names) = subsection.ok()? else {
            continue;
        };
        for naming in names {
            let naming = naming.ok()?;
            if u64::from(naming.index) == index {
                let end = naming.name.floor_char_boundary(MAX);
                return Some(visible(&naming.name.as_bytes()[..end]));
            }
        }
    }
    None
}
