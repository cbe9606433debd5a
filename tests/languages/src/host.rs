//! The real binary, and the robot that it simulates.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::{Behaviour, Language, Trace};

/// What every robot of the suite has: an arm to drive, and channels of each kind.
const ROBOT: &str = include_str!("robot.toml");

/// What every plugin of the suite is granted. Nobody is pre-empted for less than the whole tick.
const GRANTS: &str = r#"
mechanisms = ["arm", "base"]
reads = ["arm.*", "base.*", "robot.enabled"]
publishes = ["lang/*"]
commands = ["*"]
config = { greeting = "größe", pid.kp = 4 }
limits = { slice = "20 ms", time-per-tick = "200 ms", preemption-limit = 1000, "#;

/// The binary that plays the list.
#[derive(Debug)]
pub struct Host {
    binary: PathBuf,
    cache: PathBuf,
}

/// A plugin of a robot: the name it is loaded as, and its component.
#[derive(Debug)]
pub struct Plugin<'a> {
    /// In front of the names of its commands.
    pub name: &'a str,
    /// The component.
    pub file: &'a Path,
}

impl Host {
    /// A host by its binary, and the folder where it keeps compiled code.
    pub fn new(binary: impl Into<PathBuf>, cache: impl Into<PathBuf>) -> Self {
        Self {
            binary: binary.into(),
            cache: cache.into(),
        }
    }

    /// Plays one behaviour of the list, with the plugin in Rust beside it as `other`.
    ///
    /// # Errors
    ///
    /// When the simulation cannot be played, with what the binary says.
    pub fn play(&self, behaviour: &Behaviour, component: &Path) -> Result<Trace> {
        let other = Language::Rust.component()?;
        let plugins = [
            Plugin {
                name: "lang",
                file: component,
            },
            Plugin {
                name: "other",
                file: &other,
            },
        ];
        self.simulate_with(
            &plugins,
            &behaviour.schedule(),
            behaviour.seconds,
            behaviour.limits,
        )
    }

    /// Plays a robot with these plugins, on which these commands are started.
    ///
    /// # Errors
    ///
    /// When the simulation cannot be played, with what the binary says.
    pub fn simulate(&self, plugins: &[Plugin<'_>], schedule: &str, seconds: f64) -> Result<Trace> {
        self.simulate_with(plugins, schedule, seconds, "cleanup = \"20 ms\"")
    }

    fn simulate_with(
        &self,
        plugins: &[Plugin<'_>],
        schedule: &str,
        seconds: f64,
        limits: &str,
    ) -> Result<Trace> {
        let mut robot = ROBOT.to_owned();
        for Plugin { name, file } in plugins {
            write!(
                robot,
                "\n[plugins.{name}]\nfile = {:?}\n{GRANTS}{limits} }}\n",
                file.display().to_string()
            )?;
        }
        write!(
            robot,
            "\n[opmodes.go]\nmode = \"test\"\nschedule = [{schedule}]\n"
        )?;
        let folder = TempDir::new()?;
        let (file, events) = (
            folder.path().join("robot.toml"),
            folder.path().join("events.jsonl"),
        );
        fs::write(&file, robot)?;
        let mut command = self.command();
        command.arg("sim").arg(&file).args([
            "--opmode",
            "go",
            "--for",
            &format!("{seconds} s"),
            "--events",
        ]);
        run(command.arg(&events))?;
        let text = fs::read_to_string(events)?;
        let events = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        Ok(Trace::new(events))
    }

    /// What `gantry inspect --json` says of a component.
    ///
    /// # Errors
    ///
    /// When it cannot be loaded, with what the binary says.
    pub fn inspect(&self, component: &Path) -> Result<Value> {
        let said = run(self.command().args(["inspect", "--json"]).arg(component))?;
        Ok(serde_json::from_str(&said)?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        // The secret of the cache is that of the tests, not that of who runs them.
        command.env("XDG_STATE_HOME", &self.cache);
        command.arg("--cache").arg(self.cache.join("code"));
        command
    }
}

fn run(command: &mut Command) -> Result<String> {
    let done = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !done.status.success() {
        bail!(
            "{command:?}: {}\n{}",
            done.status,
            String::from_utf8_lossy(&done.stderr)
        );
    }
    Ok(String::from_utf8(done.stdout)?)
}
