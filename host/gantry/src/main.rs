//! `gantry`: runs robots whose commands are WebAssembly plugins.

use std::process::ExitCode;

fn main() -> ExitCode {
    gantry::cli::main()
}
