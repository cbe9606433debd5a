//! One attack beside an innocent robot, tick by tick.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gantry_plugin::{CacheConfig, Folder, Limits, Pattern, Plugin, Policy, Pool, RuntimeConfig};
use gantry_scheduler::Command;
use gantry_test_guests::INNOCENT;

use super::attacks::Attack;
use super::support::{Bench, PERIOD};

/// Ticks of a scene.
pub const TICKS: u64 = 80;
/// The ticks in which the attack is started, unless it runs already.
const STARTS: [u64; 3] = [10, 25, 40];
/// The tick before which the attack is canceled.
const CANCEL: u64 = 55;

/// Instructions that stand for a period: 500 per microsecond.
pub const PERIOD_FUEL: u64 = PERIOD.as_micros() as u64 * 500;

/// Pre-emption that is the same every time.
pub fn virtual_time() -> RuntimeConfig {
    sized(RuntimeConfig::deterministic())
}

/// Pre-emption by a clock.
pub fn real_time() -> RuntimeConfig {
    sized(RuntimeConfig::default())
}

/// Room for as many runs as an attack needs to be one, and one folder of compiled code for all.
fn sized(mut config: RuntimeConfig) -> RuntimeConfig {
    static CACHE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let cache = CACHE.get_or_init(|| tempfile::tempdir().unwrap());
    config.pool = Pool::for_runs(128);
    config.cache = Some(CacheConfig {
        folder: cache.path().join("compiled"),
        key: cache.path().join("key"),
        only: false,
    });
    config.describe_budget.fuel = 100_000_000;
    config
}

/// What was seen of one scene.
#[derive(Debug, Default)]
pub struct Report {
    /// What the innocent plugin did, with the tick: events, outputs, topics and log lines.
    pub innocent: Vec<String>,
    /// What the hostile one did, in the same way.
    pub hostile: Vec<String>,
    /// Why it was not loaded.
    pub refused: Option<String>,
    /// The greatest voltage of the lift, either way, while somebody owned it.
    pub highest: f64,
    /// Instructions of all runs in the tick in which there were most.
    pub busiest: u64,
    /// Processor time of the longest tick.
    pub longest: Duration,
}

/// Plays the innocent robot, with this attack beside it or alone.
pub fn play(attack: Option<&Attack>, config: RuntimeConfig) -> Report {
    let folder = Granted::new();
    if attack.is_some_and(|attack| attack.name == "folder-crowd") {
        folder.crowd();
    }
    let _flipping = attack
        .filter(|attack| attack.name == "path-race")
        .map(|_| folder.flip());
    let mut scene = Scene::new(config);
    for tick in 0..TICKS {
        if let Some(attack) = attack {
            if tick == 5 {
                scene.load(attack, &attack.bytes(), &folder);
            }
            if STARTS.contains(&tick) {
                scene.start(attack);
            }
        }
        if tick == CANCEL {
            scene.cancel();
        }
        scene.tick();
    }
    scene.report
}

/// A bench with the innocent plugin, and perhaps a hostile one.
pub struct Scene {
    pub bench: Bench,
    pub report: Report,
    plugins: Vec<Plugin>,
    running: Option<Command>,
    tick: u64,
    /// What a cleanup before this tick has taken.
    cleanup: (u64, Duration),
    /// After this tick nobody has a right to move the lift.
    quiet_from: u64,
}

impl Scene {
    pub fn new(config: RuntimeConfig) -> Self {
        let bench = Bench::with(config);
        let policy = Policy {
            mechanisms: vec!["arm".to_owned()],
            reads: vec![Pattern::from("arm.*")],
            publishes: vec![Pattern::from("innocent.*")],
            ..Policy::default()
        };
        let innocent = bench.load_with("innocent", INNOCENT, &policy).unwrap();
        bench.runtime.maintain();
        let mut scene = Self {
            bench,
            report: Report::default(),
            plugins: vec![innocent],
            running: None,
            tick: 0,
            cleanup: (0, Duration::ZERO),
            quiet_from: u64::MAX,
        };
        scene.bench.schedule("innocent/holds");
        scene
    }

    /// Loads the hostile plugin between two ticks.
    pub fn load(&mut self, attack: &Attack, bytes: &[u8], folder: &Granted) {
        let policy = Policy {
            mechanisms: vec!["lift".to_owned()],
            publishes: vec![Pattern::from("hostile.*")],
            folder: ["path-", "folder-"]
                .iter()
                .any(|start| attack.name.starts_with(start))
                .then(|| folder.grant()),
            // Less than usual: it is played often, and on a disk.
            limits: Limits {
                folder_bytes: 32 << 20,
                folder_files: 100,
                ..Limits::default()
            },
            ..Policy::default()
        };
        match self.bench.load_with("hostile", bytes, &policy) {
            Ok(plugin) => self.plugins.push(plugin),
            Err(error) => {
                let error = error.to_string();
                let start = "plugin `hostile` (plugins/hostile.wasm) was not loaded: ";
                self.report.refused = Some(error.strip_prefix(start).unwrap().to_owned());
            }
        }
    }

    /// Starts the attack, if it was loaded and is not running.
    pub fn start(&mut self, attack: &Attack) {
        if self.plugins.len() < 2 || self.is_attacked() {
            return;
        }
        let command = self.bench.command(&attack.command());
        self.bench.scheduler.schedule(&command);
        self.running = Some(command);
    }

    /// Cancels the attack. Its cleanup counts as work of the tick that follows.
    pub fn cancel(&mut self) {
        let (fuel, time) = (self.fuel(), processor_time());
        if let Some(command) = self.running.take() {
            self.bench.scheduler.cancel(&command);
        }
        self.cleanup = (self.fuel() - fuel, processor_time().saturating_sub(time));
        self.quiet_from = self.tick;
    }

    pub fn is_attacked(&self) -> bool {
        self.running.as_ref().is_some_and(Command::is_running)
    }

    /// One tick, and what there was to see of it.
    pub fn tick(&mut self) {
        let tick = self.tick;
        if tick % 10 == 3 {
            self.bench.schedule("innocent/pulses");
        }
        self.bench.input("arm.angle", (tick as f64 / 25.0).sin());
        let (fuel, time) = (self.fuel(), processor_time());
        self.bench.tick();
        let (cleanup_fuel, cleanup_time) = std::mem::take(&mut self.cleanup);
        let time = processor_time().saturating_sub(time) + cleanup_time;
        let fuel = self.fuel() - fuel + cleanup_fuel;
        let report = &mut self.report;
        report.longest = report.longest.max(time);
        report.busiest = report.busiest.max(fuel);
        self.bench.runtime.maintain();
        self.look();
        self.tick += 1;
    }

    fn look(&mut self) {
        let tick = self.tick;
        let (bench, report) = (&self.bench, &mut self.report);
        for text in bench.take_events().into_iter().chain(bench.log.take()) {
            let line = format!("{tick} {text}");
            match text.contains("innocent/") && !text.contains("hostile") {
                true => report.innocent.push(line),
                false => report.hostile.push(line),
            }
        }
        let (voltage, topic) = (bench.output("arm.voltage"), bench.topic("innocent.angle"));
        report
            .innocent
            .push(format!("{tick} arm.voltage {voltage:?} topic {topic:?}"));
        let lift = bench.output("lift.voltage");
        assert!(lift.is_finite() && lift.abs() <= 12.0, "lift at {lift}");
        assert!(
            tick < self.quiet_from || lift == 0.0,
            "lift at {lift} in {tick}"
        );
        report.highest = report.highest.max(lift.abs());
    }

    fn fuel(&self) -> u64 {
        let plugins = self.plugins.iter();
        plugins.map(|plugin| plugin.statistics().fuel).sum()
    }

    /// Takes the hostile plugin out. What it left running is not disturbed by that.
    #[allow(dead_code, reason = "only the soak unloads plugins")]
    pub fn unload(&mut self) {
        if let Some(plugin) = self.plugins.get(1) {
            self.bench.robot.topics.withdraw(plugin.supplier());
        }
        self.bench.robot.registry.remove("hostile");
        self.plugins.truncate(1);
        self.quiet_from = u64::MAX;
        self.report = Report {
            busiest: self.report.busiest,
            longest: self.report.longest,
            ..Report::default()
        };
    }
}

/// Processor time of this thread. Unlike real time it does not depend on what else the machine does.
pub fn processor_time() -> Duration {
    let line = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = line.split_whitespace().next();
    Duration::from_nanos(nanoseconds.and_then(|n| n.parse().ok()).unwrap_or_default())
}

/// A folder that is granted, and a secret beside it.
pub struct Granted(tempfile::TempDir);

impl Granted {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let granted = folder.path().join("granted");
        fs::create_dir_all(granted.join("sub")).unwrap();
        fs::create_dir_all(granted.join("flip")).unwrap();
        fs::write(folder.path().join("outside.txt"), "secret").unwrap();
        fs::write(granted.join("flip/outside.txt"), "harmless").unwrap();
        fs::write(granted.join("inside.txt"), "inside").unwrap();
        #[cfg(unix)]
        for (link, target) in [
            ("link", "../outside.txt"),
            ("folder-link", ".."),
            ("proc-link", "/proc"),
            ("root-link", "/"),
            ("pipe-link", "pipe"),
        ] {
            std::os::unix::fs::symlink(target, granted.join(link)).unwrap();
        }
        #[cfg(unix)]
        make_pipe(&granted.join("pipe"));
        Self(folder)
    }

    pub fn grant(&self) -> Folder {
        Folder::new(self.0.path().join("granted"), true)
    }

    /// Puts more files into it than anybody should list within a tick.
    fn crowd(&self) {
        for number in 0..20_000 {
            fs::write(self.0.path().join(format!("granted/{number}")), "").unwrap();
        }
    }

    /// Exchanges a folder and a link that leads out for each other, as fast as possible.
    fn flip(&self) -> Flipping {
        let granted = self.0.path().join("granted");
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let stop = stop.clone();
            move || {
                let (flip, aside) = (granted.join("flip"), granted.join("aside"));
                while !stop.load(Relaxed) {
                    turn(&flip, &aside).unwrap();
                }
            }
        });
        Flipping(stop, Some(thread))
    }
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[cfg(unix)]
fn turn(flip: &Path, aside: &Path) -> std::io::Result<()> {
    fs::rename(flip, aside)?;
    std::os::unix::fs::symlink("..", flip)?;
    fs::remove_file(flip)?;
    fs::rename(aside, flip)
}

#[cfg(not(unix))]
fn turn(_: &Path, _: &Path) -> std::io::Result<()> {
    std::thread::sleep(PERIOD);
    Ok(())
}

struct Flipping(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Drop for Flipping {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
        if let Some(thread) = self.1.take() {
            thread.join().unwrap();
        }
    }
}
