//! What may be in a component that is compiled, whoever made it.

mod support;

use gantry_plugin::{LoadErrorKind, Stage};
use support::{Bench, trusting};

/// A component with a core module that nobody instantiates, and a plugin by its export.
fn component(module: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component (core module {module})
            (instance $i) (export "gantry:command/plugin@0.1.0" (instance $i)))"#
    ))
    .unwrap()
}

/// Why it is not compiled.
#[track_caller]
fn refused(module: &str) -> String {
    let bytes = component(module);
    let error = Bench::new()
        .load_with("bomb", &bytes, &trusting())
        .unwrap_err();
    assert_eq!(error.stage, Stage::Compile);
    let LoadErrorKind::TooLarge(excess) = *error.kind else {
        panic!("{error}");
    };
    assert!(excess.count > excess.most, "{excess}");
    excess.to_string()
}

#[test]
fn thousands_of_memory_operations_in_one_function_are_not_compiled() {
    let fill = "(memory.fill (local.get 0) (local.get 1) (local.get 0))";
    let function = format!("(func $fills (param i32 i32) {})", fill.repeat(50_000 / 9));
    let error = refused(&format!(
        r#"(import "a" "b" (func)) (memory 1) (func) {function}"#
    ));
    assert!(
        error.starts_with("the function 2 (`fills`) has ") && error.contains("the limit is "),
        "{error}"
    );
    assert!(
        error.ends_with("split it, or build it with less inlining"),
        "{error}"
    );
}

#[test]
fn tens_of_thousands_of_branches_in_one_function_are_not_compiled() {
    let step =
        "(block (br_if 0 (local.get 0)) (local.set 1 (i32.add (local.get 1) (i32.const 1))))";
    let error = refused(&format!("(func (param i32 i32) {})", step.repeat(90_000)));
    assert!(error.starts_with("the function 0 has "), "{error}");
}

/// Found by fuzzing: 32,768 of them took half a minute.
#[test]
fn tens_of_thousands_of_indirect_calls_in_one_function_are_not_compiled() {
    let call = "(call_indirect (param i32 i32) (local.get 0) (local.get 1) (local.get 0))";
    let error = refused(&format!(
        "(table 1 funcref) (func (param i32 i32) {})",
        call.repeat(10_001)
    ));
    assert_eq!(
        error,
        "the function 0 has 40004 branches and their targets, and the limit is 40000; split it, or \
         build it with less inlining"
    );
}

#[test]
fn thousands_of_loops_within_each_other_are_not_compiled() {
    const DEPTH: usize = 4_001;
    let open = "(loop (br_if 0 (local.get 0)) ";
    let error = refused(&format!(
        "(func (param i32) {}{})",
        open.repeat(DEPTH),
        ")".repeat(DEPTH)
    ));
    assert!(
        error.starts_with(
            "the function 0 has 4001 blocks within each other, and the limit is 4000;"
        ),
        "{error}"
    );
}

#[test]
fn growing_is_bounded_as_what_the_compiler_makes_of_it() {
    let memory = "(drop (memory.grow (i32.const 0)))";
    let error = refused(&format!("(memory 1) (func {})", memory.repeat(10_001)));
    assert!(error.contains("has 40004 branches"), "{error}");
    let table = "(drop (table.grow (ref.null func) (i32.const 0)))";
    let error = refused(&format!("(table 1 funcref) (func {})", table.repeat(2_001)));
    assert!(error.contains("has 2001 memory operations"), "{error}");
}

#[test]
fn the_largest_of_each_that_is_allowed_is_not_too_large() {
    // Half of the limits, in a function each: nothing is too large about it, and it is compiled.
    let fill = "(memory.fill (local.get 0) (local.get 1) (local.get 0))";
    let step =
        "(block (br_if 0 (local.get 0)) (local.set 1 (i32.add (local.get 1) (i32.const 1))))";
    let bytes = component(&format!(
        "(memory 1) (func (param i32 i32) {}) (func (param i32 i32) {})",
        fill.repeat(100),
        step.repeat(2_000)
    ));
    let error = Bench::new()
        .load_with("large", &bytes, &trusting())
        .unwrap_err();
    // It has no `describe`.
    assert!(matches!(*error.kind, LoadErrorKind::Mismatch(_)), "{error}");
}

#[test]
fn a_crowd_of_functions_is_not_compiled() {
    let error = refused(&"(func)".repeat(100_001));
    assert_eq!(
        error,
        "a module has 100001 functions, and the limit is 100000; leave out what the plugin does not use"
    );
}
