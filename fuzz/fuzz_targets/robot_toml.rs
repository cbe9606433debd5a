//! Any text as a robot.toml: it is read, or all that is wrong is said, with every place in it.
#![no_main]

use gantry::config::RobotConfig;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match RobotConfig::parse("robot.toml", text) {
    Ok(config) => {
        for warning in &config.warnings {
            warning.render(false);
        }
    }
    Err(errors) => {
        assert!(errors.error_count() > 0, "refused without a reason");
        errors.render(false);
        errors.render(true);
        for diagnostic in errors.diagnostics() {
            let position = diagnostic.position();
            assert!(position.line >= 1 && position.column >= 1);
        }
    }
});
