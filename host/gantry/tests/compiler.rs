//! The process that compiles: what it makes is what this process makes, and it cannot take more than
//! it is allowed, whatever it is given.

mod support;

use std::path::PathBuf;
use std::time::Duration;

use gantry_plugin::{
    CompileFailure, CompileLimits, Compiler, CompilerProcess, Inspection, LoadError, LoadErrorKind,
    Policy, Pool, Runtime, RuntimeConfig, Source,
};
use support::{TestRobot, guest, large};

/// This program, as the command line starts it.
fn process() -> CompilerProcess {
    CompilerProcess {
        program: PathBuf::from(env!("CARGO_BIN_EXE_gantry")),
        arguments: vec!["compile-worker".into()],
        limits: CompileLimits::default(),
    }
}

fn inspect(
    compiler: Compiler,
    config: RuntimeConfig,
    bytes: &[u8],
) -> Result<Inspection, LoadError> {
    let runtime = Runtime::new(RuntimeConfig {
        compiler,
        pool: Pool::for_runs(8),
        ..config
    });
    let source = Source {
        name: "plugin".to_owned(),
        origin: "plugin.wasm".to_owned(),
        bytes: bytes.to_vec(),
        signature: None,
    };
    runtime.unwrap().inspect(&source, &Policy::default())
}

/// Why the process does not compile it.
#[track_caller]
fn failure(process: CompilerProcess, bytes: &[u8]) -> CompileFailure {
    let process = Compiler::Process(process);
    let error = inspect(process, RuntimeConfig::deterministic(), bytes).unwrap_err();
    match *error.kind {
        LoadErrorKind::Compile(failure) => failure,
        other => panic!("{other}"),
    }
}

#[test]
fn a_process_compiles_what_this_one_compiles() {
    for config in [RuntimeConfig::default(), RuntimeConfig::deterministic()] {
        let outside = inspect(Compiler::Process(process()), config.clone(), guest("hello"));
        let inside = inspect(Compiler::Inside, config, guest("hello"));
        let (outside, inside) = (outside.unwrap(), inside.unwrap());
        assert_eq!(outside.description, inside.description);
        assert!(outside.description.is_some());
        assert_eq!(outside.compiled, inside.compiled);
    }
    // And refuses it for the same reason.
    let wrong = wat::parse_str(
        r#"(component (core module (func (result i32)))
            (instance $i) (export "gantry:command/plugin@0.1.0" (instance $i)))"#,
    )
    .unwrap();
    let reason = |compiler| {
        let refused = inspect(compiler, RuntimeConfig::deterministic(), &wrong);
        refused.unwrap_err().to_string()
    };
    let inside = reason(Compiler::Inside);
    assert!(inside.contains("it is not valid here"), "{inside}");
    assert_eq!(reason(Compiler::Process(process())), inside);
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_that_takes_too_much_is_ended() {
    let component = large(120);
    let mut little_time = process();
    little_time.limits.time = Duration::from_secs(1);
    little_time.limits.time_per_mebibyte = Duration::ZERO;
    let failed = failure(little_time, &component);
    assert_eq!(failed, CompileFailure::Time { seconds: 1 });
    assert_eq!(
        failed.to_string(),
        "compiling it took more than 1 s of processor time, the limit for its size; split its \
         largest functions, or build it with less inlining"
    );

    let mut little_memory = process();
    little_memory.limits.memory = 64 << 20;
    let failed = failure(little_memory, &component);
    assert_eq!(failed, CompileFailure::Memory { bytes: 64 << 20 });
}

#[test]
#[cfg(unix)]
fn a_program_that_does_not_compile_is_told() {
    let program = |path: &str| CompilerProcess {
        program: PathBuf::from(path),
        ..process()
    };
    let failed = failure(program("/no/such/program"), guest("hello"));
    assert!(matches!(failed, CompileFailure::NotStarted(_)), "{failed}");
    let failed = failure(program("/bin/false"), guest("hello"));
    assert!(
        failed
            .to_string()
            .starts_with("the compiler crashed (exit status: 1)"),
        "{failed}"
    );
}

#[test]
fn bombs_are_refused_by_name_and_number() {
    let robot = TestRobot::new("");
    let fill = "(memory.fill (local.get 0) (local.get 1) (local.get 0))".repeat(5_555);
    let bomb = wat::parse_str(format!(
        r#"(component (core module (memory 1) (func $fills (param i32 i32) {fill}))
            (instance $i) (export "gantry:command/plugin@0.1.0" (instance $i)))"#
    ))
    .unwrap();
    robot.write("bomb.wasm", &bomb);
    let said = robot.fails(&["inspect", "bomb.wasm"]);
    assert!(
        said.contains("compiling: the function 0 (`fills`) has ") && said.contains("the limit is"),
        "{said}"
    );
}
