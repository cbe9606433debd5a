//! Reads the files in `tests/config`: the good ones as they are meant, the bad ones with exactly
//! the messages next to them. `GANTRY_BLESS=1 cargo test -p gantry --test config` writes those.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gantry::config::{
    BindingKind, ConfigErrors, ConfigValue, DebounceEdge, Mode, ParameterValue, ReloadConfig,
    RobotConfig, SignalExpr, SignalKind, SignalSource, SourceName,
};
use gantry_hardware::quantity::Quantity;
use gantry_hardware::sim::{Literal, MODELS, PortKind};
use gantry_hardware::{Direction, Driver, Kind, MechanismIndex, OnRelease, Value};

#[test]
fn bad_files_get_their_messages() {
    let bless = std::env::var_os("GANTRY_BLESS").is_some();
    let mut differing = Vec::new();
    let files = toml_files("bad");
    assert!(files.len() > 20, "the bad files are gone");
    for file in files {
        let expected = file.with_extension("stderr");
        let Err(errors) = read(&file) else {
            differing.push(format!("{} was accepted", file.display()));
            continue;
        };
        let shown = format!("{errors}\n");
        if bless {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            differing.push(format!("{} now gives\n\n{shown}", file.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn no_message_is_left_without_its_file() {
    for entry in fs::read_dir(folder("bad")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("toml").exists(), "{}", path.display());
    }
}

#[test]
fn good_files_are_accepted_without_warnings() {
    for file in toml_files("good") {
        let config = read(&file).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(config.warnings, [], "{}", file.display());
    }
}

#[test]
fn the_robot_has_its_period_and_policy() {
    let config = kickoff();
    assert_eq!(config.name, "Kickoff");
    assert_eq!(config.period, Duration::from_millis(20));
    assert_eq!(config.live_runs, Some(500));
    assert_eq!(config.stack, Some(2 << 20));
    let smallest = read(&folder("good").join("smallest.toml")).unwrap();
    assert_eq!(smallest.period, Duration::from_millis(20), "the default");
    assert_eq!(smallest.channels.len(), 6, "the host's own channels");
}

#[test]
fn quarantines_of_a_locked_robot_are_for_good_unless_the_file_says_otherwise() {
    let text = r#"
        robot.name = "Kickoff"
        limits.quarantine = { failures = 3, first = "1 s" }
        [plugins.strict]
        file = "strict.wasm"
        limits.live-runs = 4
        [plugins.lenient]
        file = "lenient.wasm"
        limits.quarantine = { retry-when-locked = true, longest = "5 s" }
    "#;
    let mut config = RobotConfig::parse("robot.toml", text).unwrap();
    let quarantines = |config: &RobotConfig| {
        let plugins = config.plugins.iter();
        let quarantines = plugins.map(|plugin| plugin.limits.quarantine.for_good);
        quarantines.collect::<Vec<_>>()
    };
    assert_eq!(quarantines(&config), [false, false]);
    config.lock();
    assert_eq!(quarantines(&config), [false, true], "lenient, strict");
    for (plugin, longest) in config.plugins.iter().zip([Some(5), None]) {
        let quarantine = plugin.limits.quarantine;
        assert_eq!(quarantine.failures, Some(3), "as in [limits]");
        assert_eq!(quarantine.longest, longest.map(Duration::from_secs));
    }
}

#[test]
fn channels_are_called_after_their_mechanism() {
    let config = kickoff();
    let find = |name: &str| {
        let mut channels = config.channels.iter();
        let found = channels.find(|declared| declared.channel.name == name);
        found.unwrap_or_else(|| panic!("no {name}"))
    };
    let voltage = &find("elevator.voltage").channel;
    assert_eq!(voltage.direction, Direction::Output);
    assert_eq!(voltage.unit, "V");
    assert_eq!(voltage.range, Some((-12.0, 12.0)));
    assert_eq!(voltage.safe, Value::Number(0.5));
    assert_eq!(voltage.on_release, OnRelease::Safe);
    assert_eq!(voltage.mechanism, Some(MechanismIndex(1)));
    assert!(!voltage.while_disabled);
    let strip = &find("leds.strip").channel;
    assert_eq!(strip.kind, Kind::Array { length: 24 });
    assert_eq!(strip.safe, Value::Array(vec![0.0; 24]));
    assert_eq!(strip.on_release, OnRelease::Hold);
    assert!(strip.while_disabled);
    assert_eq!(find("driver.a").channel.kind, Kind::Boolean);
    assert_eq!(
        find("lift.velocity").channel.unit,
        "m/s",
        "declared by its prefix"
    );
    assert_eq!(find("robot.battery").span, None, "the host's own");
    let declared = config.channels.iter();
    let mut heights = declared.filter(|declared| declared.channel.name == "lift.height");
    assert_eq!(heights.next(), None, "connected to another channel");
}

#[test]
fn devices_have_si_units_and_ports() {
    let config = kickoff();
    let device = |name: &str| config.devices.iter().find(|d| d.name == name).unwrap();
    let drivebase = device("drivebase");
    let number = |name: &str| match drivebase.parameters.get(name) {
        Some(ParameterValue::Number(number)) => *number,
        other => panic!("{name} is {other:?}"),
    };
    assert_eq!(number("wheel-diameter"), 6.0 * 0.0254);
    assert_eq!(number("gearing"), 8.46);
    assert_eq!(number("motors-per-side"), 2.0);
    assert_eq!(drivebase.ports["heading"], "drive.heading");
    assert_eq!(device("battery").ports["voltage"], "robot.battery");
    assert_eq!(device("elevator").ports["height"], "elevator.height");
    assert_eq!(device("elevator").ports["current"], "lift.current");
    let of = &device("bottom").parameters["of"];
    assert_eq!(*of, ParameterValue::Text("elevator".to_owned()));
    let place = config.source.slice(drivebase.span_of("mass"));
    assert_eq!(place, "\"52 kg\"", "later errors can point at a parameter");
}

#[test]
fn plugins_have_grants_limits_and_their_own_table() {
    let config = kickoff();
    // In the order of their names.
    let plugin = &config.plugins[1];
    assert_eq!(plugin.name, "drivetrain");
    assert_eq!(plugin.file, Path::new("robots/plugins/drivetrain.wasm"));
    assert_eq!(config.plugins[0].file, Path::new("/opt/autos.wasm"));
    assert_eq!(plugin.digest.map(|digest| digest[31]), Some(0x1f));
    assert!(plugin.may_require("drive") && !plugin.may_require("elevator"));
    assert!(plugin.reads[0].covers("drive.heading") && !plugin.reads[0].covers("driver.a"));
    assert!(plugin.publishes[0].covers("drive/pose"));
    let folder = plugin.folder.as_ref().unwrap();
    assert_eq!(folder.path, Path::new("robots/data"));
    assert!(!folder.write);
    assert_eq!(plugin.limits.memory, Some(16 << 20), "its own");
    assert_eq!(plugin.limits.slice, Some(Duration::from_millis(2)));
    assert_eq!(
        plugin.limits.cleanup,
        Some(Duration::from_millis(1)),
        "of [limits]"
    );
    assert_eq!(plugin.limits.preemption_limit, Some(25), "of [robot]");
    assert_eq!(plugin.reload, ReloadConfig::Finish, "of [robot]");
    assert_eq!(config.plugins[0].limits.memory, Some(32 << 20));
    let entries = [
        ("gains", ConfigValue::Numbers(vec![1.0, 2.5])),
        ("inverted", ConfigValue::Boolean(true)),
        ("pid.kp", ConfigValue::Number(4.0)),
        ("pid.window.ticks", ConfigValue::Integer(5)),
        ("side", ConfigValue::Text("left".to_owned())),
        ("track-width", ConfigValue::Number(0.6)),
    ];
    let entries = entries.map(|(key, value)| (key.to_owned(), value));
    assert_eq!(plugin.config, entries.into());
}

#[test]
fn the_keys_that_count_have_names() {
    let trust = kickoff().trust;
    assert!(!trust.required);
    let keys: Vec<_> = trust.keys.iter().map(|key| &*key.name).collect();
    assert_eq!(keys, ["frank"]);
    assert_eq!(trust.keys[0].id().to_string(), "E7620F1842B4E81F");
}

#[test]
fn commands_have_arguments_and_places() {
    let config = kickoff();
    assert_eq!(config.defaults[0].mechanism, "leds");
    assert_eq!(config.defaults[0].command.plugin, "leds");
    assert_eq!(config.defaults[0].command.command, "show-state");
    let binding = &config.bindings[0];
    assert_eq!(binding.on, BindingKind::WhileTrue);
    let intake = &binding.command;
    assert_eq!(
        (&*intake.plugin, &*intake.command),
        ("superstructure", "intake")
    );
    assert_eq!(intake.timeout, Some(Duration::from_secs(3)));
    assert_eq!(intake.priority, Some(5));
    assert_eq!(intake.arguments[0].name, "power");
    assert_eq!(intake.arguments[0].value, ConfigValue::Number(0.8));
    assert_eq!(intake.arguments[1].value, ConfigValue::Integer(2));

    let error = config.diagnostic(
        intake.arguments[0].name_span,
        "`superstructure/intake` has no parameter `power`",
        Some("did you mean `speed`?".to_owned()),
    );
    let line = "robots/robot.toml:116:59: `superstructure/intake` has no parameter `power` \
                (did you mean `speed`?)";
    assert_eq!(format!("{error:#}"), line);
}

#[test]
fn signals_are_nested_in_the_order_of_the_reference() {
    let config = kickoff();
    let names: Vec<_> = config.signals.iter().map(|signal| &*signal.name).collect();
    assert_eq!(
        names,
        ["low", "armed"],
        "each after those that it refers to"
    );
    let SignalKind::Debounce { signal, time, edge } = &config.signals[0].signal.kind else {
        panic!("{:?}", config.signals[0]);
    };
    let height = channel("elevator.height");
    assert_eq!(signal.kind, SignalKind::Below(height, 0.2));
    assert_eq!(
        (*time, *edge),
        (Duration::from_millis(100), DebounceEdge::Rising)
    );

    let drive = &config.opmodes[1];
    assert_eq!(drive.mode, Mode::Teleoperated);
    assert_eq!(drive.bindings[0].on, BindingKind::ToggleOnTrue);
    let trigger = || channel("driver.right-trigger");
    let between = [
        SignalKind::Above(trigger(), 0.1),
        SignalKind::Below(trigger(), 0.9),
    ];
    assert_eq!(kinds_of(&drive.bindings[0].signal), between);

    // Debounce, then multi-press, then edge, whatever the order in the file.
    let SignalKind::Edge {
        signal,
        rising: false,
    } = &drive.bindings[1].signal.kind
    else {
        panic!("{:?}", drive.bindings[1].signal);
    };
    let SignalKind::MultiPress {
        signal, count: 2, ..
    } = &signal.kind
    else {
        panic!("{signal:?}");
    };
    let SignalKind::Debounce {
        signal,
        edge: DebounceEdge::Both,
        ..
    } = &signal.kind
    else {
        panic!("{signal:?}");
    };
    let any = kinds_of(signal);
    assert_eq!(any[0], SignalKind::Named("armed".to_owned()));
    let ready = SignalSource {
        of: SourceName::Topic("drive/ready".to_owned()),
        max_age: None,
    };
    assert_eq!(any[1], SignalKind::IsTrue(ready));
    assert!(matches!(any[2], SignalKind::Not(_)));
}

fn channel(name: &str) -> SignalSource {
    SignalSource {
        of: SourceName::Channel(name.to_owned()),
        max_age: None,
    }
}

/// What the warnings of a file say, each in one line.
fn warnings(text: &str) -> Vec<String> {
    let config = RobotConfig::parse("robot.toml", text).unwrap_or_else(|errors| panic!("{errors}"));
    let warnings = config.warnings.iter();
    warnings.map(|warning| format!("{warning:#}")).collect()
}

#[test]
fn what_can_never_be_is_told() {
    let robot = r#"
        robot.name = "Never"
        [plugins.p]
        file = "p.wasm"
        publishes = ["shooter/*", "drive/pose"]
        [devices.driver]
        model = "gamepad"
        prefix = "driver"
        [signals]
        a = { topic = "shoter/ready" }
        b = { topic = "drive/posee" }
        c = { topic = "lights" }
        d = { topic = "shooter/ready" }
        e = { channel = "robot.battery", above = 5, below = 2 }
        f = { channel = "robot.battery", above = 2, below = 5, max-age = "100 ms" }
        [opmodes.drive]
        mode = "test"
        schedule = ["p/x"]
        [[simulation.timeline]]
        opmode = "drive"
        for = "1 s"
        [[simulation.timeline]]
        opmode = "drive"
        for = "0 s"
        [[simulation.script]]
        at = "1 s"
        set = { "driver.a" = true }
        [[simulation.script]]
        at = "0.5 s"
        for = "0 s"
        set = { "driver.a" = true }
        [[simulation.script]]
        at = "0.9 s"
        for = "1 s"
        set = { "driver.a" = true }
    "#;
    let told = warnings(robot);
    let expected = [
        (
            10,
            "`shoter/ready`, so this signal never has a value (did you mean `shooter/ready`?)",
        ),
        (
            11,
            "`drive/posee`, so this signal never has a value (did you mean `drive/pose`?)",
        ),
        (12, "(plugins may publish `shooter/*` and `drive/pose`;"),
        (14, "never true: nothing is above 5 and below 2"),
        (22, "never played: it lasts no time"),
        (
            25,
            "never played: it begins at 1s, and the timeline ends at 1s",
        ),
        (28, "never played: it lasts no time"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, (line, text)) in told.iter().zip(expected) {
        let place = format!("robot.toml:{line}:");
        assert!(told.starts_with(&place) && told.contains(text), "{told}");
    }
}

/// The presses of a button, in ticks of 20 ms, as `#`.
fn presses(script: &str, ticks: u32) -> String {
    let text = format!(
        "robot.name = \"Script\"\n[devices.driver]\nmodel = \"gamepad\"\nprefix = \"driver\"\n{script}"
    );
    let config = RobotConfig::parse("robot.toml", text).unwrap_or_else(|errors| panic!("{errors}"));
    let image = Arc::new(config.image().unwrap());
    let sim = config.sim(image.clone(), 0).unwrap();
    let mut hardware = gantry_hardware::Hardware::new(image.clone(), vec![Box::new(sim)]).unwrap();
    let button = image.find("driver.a").unwrap();
    let ticks = (0..ticks).map(|tick| {
        let dt = config.period.min(config.period * tick);
        hardware.begin_tick(config.period * tick, dt);
        hardware.end_tick();
        if image.boolean(button) { '#' } else { '.' }
    });
    ticks.collect()
}

#[test]
fn a_press_is_seen_however_short_it_is() {
    let press = |at: &str, time: &str| {
        format!(
            "[[simulation.script]]\nat = \"{at} ms\"\nfor = \"{time} ms\"\nset.\"driver.a\" = true\n"
        )
    };
    assert_eq!(presses(&press("101", "5"), 10), "......#...");
    assert_eq!(presses(&press("100", "20"), 10), ".....#....");
    // Let go for less than a tick, and two short ones.
    let again = press("100", "45") + &press("146", "30");
    assert_eq!(presses(&again, 12), ".....###.#..");
    let twice = press("101", "2") + &press("105", "2");
    assert_eq!(presses(&twice, 12), "......#.#...");
}

#[test]
fn a_button_is_held_until_the_last_that_press_it_let_go() {
    let press = |at: &str, time: &str, value: bool| {
        let time = match time {
            "" => String::new(),
            time => format!("for = \"{time} ms\"\n"),
        };
        format!("[[simulation.script]]\nat = \"{at} ms\"\n{time}set.\"driver.a\" = {value}\n")
    };
    let overlapping = press("40", "100", true) + &press("80", "100", true);
    assert_eq!(presses(&overlapping, 12), "..#######...");
    let within = press("40", "160", true) + &press("80", "20", true);
    assert_eq!(presses(&within, 12), "..########..");
    let one_after_the_other = press("40", "40", true) + &press("80", "40", true);
    assert_eq!(presses(&one_after_the_other, 8), "..####..");
    let until_the_next = press("40", "", true) + &press("100", "", false);
    assert_eq!(presses(&until_the_next, 8), "..###...");
    // In another order in the file, and for ever.
    let backwards = press("120", "40", true) + &press("40", "100", true);
    assert_eq!(presses(&backwards, 10), "..######..");
    let for_ever = press("40", "60", true) + &press("60", "", true);
    assert_eq!(presses(&for_ever, 10), "..########");
}

/// More than anybody has, and enough to notice what takes the square of it.
const MANY: usize = 10_000;

#[test]
fn a_large_robot_is_read_in_time_that_grows_with_its_size() {
    use std::fmt::Write as _;
    let mut text = "robot.name = \"Large\"\n".to_owned();
    for pad in 0..MANY {
        let device = format!("[devices.d{pad}]\nmodel = \"gamepad\"\nprefix = \"p{pad}\"\n");
        text.push_str(&device);
        writeln!(
            text,
            "[plugins.g{pad}]\nfile = \"p.wasm\"\nreads = [\"p{pad}.*\"]\npublishes = [\"t{pad}/*\"]\n\
             [signals]\ns{pad} = {{ topic = \"t{pad}/x\" }}\n"
        )
        .unwrap();
    }
    let text = text.replace("\n[signals]\n", "\n");
    let (mut tables, mut signals) = (String::new(), "[signals]\n".to_owned());
    for line in text.lines() {
        let to = match line.starts_with('s') {
            true => &mut signals,
            false => &mut tables,
        };
        writeln!(to, "{line}").unwrap();
    }
    let mut script = String::new();
    for pad in 0..MANY {
        writeln!(
            script,
            "[[simulation.script]]\nat = \"{pad} ms\"\nfor = \"1 s\"\nset.\"p{pad}.a\" = true\n\
             [[bindings]]\nsignal = \"s{pad}\"\non = \"on-true\"\ncommand = \"g{pad}/x\""
        )
        .unwrap();
    }
    let config = RobotConfig::parse("robot.toml", tables + &signals + &script);
    let config = config.unwrap_or_else(|errors| panic!("{:#}", errors.diagnostics()[0]));
    assert_eq!(config.devices.len(), MANY);
    assert_eq!(config.simulation.script.len(), 2 * MANY);
    assert_eq!(config.warnings, []);
}

#[test]
fn many_mistakes_take_no_longer_than_their_number() {
    use std::fmt::Write as _;
    let mut text = "robot.name = \"Wrong\"\n".to_owned();
    text.push_str("[signatures.trusted]\n");
    for at in 0..MANY {
        writeln!(
            text,
            "key{at} = \"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\""
        )
        .unwrap();
    }
    for at in 0..30 * MANY {
        writeln!(text, "[unknown{at}]").unwrap();
    }
    for at in 0..MANY {
        writeln!(
            text,
            "[devices.broken{at}]\nmodel = \"gamepat\"\nprefix = \"b{at}\"\n\
             [plugins.g{at}]\nfile = \"p.wasm\"\nreads = [\"c{at}.x\", \"c{at}.*\"]\n\
             mechanisms = [\"m{at}\"]\ncommands = [\"h{at}/x\"]\nsigned-by = \"n{at}\"\n\
             [opmodes.o{at}]\nmode = \"test\"\nschedule = [\"h{at}/x\"]\n\
             [[opmodes.o{at}.bindings]]\nsignal = \"b{at}.a\"\non = \"on-true\"\ncommand = \"g{at}/x\"\n\
             [[simulation.timeline]]\nopmode = \"p{at}\"\nfor = \"1 s\""
        )
        .unwrap();
    }
    let errors = RobotConfig::parse("robot.toml", text).unwrap_err();
    assert_eq!(errors.error_count(), 38 * MANY);
    assert!(
        errors
            .to_string()
            .ends_with(&format!("and {} more", 38 * MANY - 100))
    );
}

#[test]
fn long_names_take_no_more_than_their_length() {
    let long = "a".repeat(1 << 20);
    let many = |table: &str| {
        let entries = (0..MANY).map(|at| format!("e{at} = 1\n"));
        format!(
            "robot.name = \"Long\"\n[{table}]\n{}",
            entries.collect::<String>()
        )
    };
    for table in [
        format!("mechanisms.{long}.inputs"),
        format!("plugins.p.config.{long}"),
        format!("plugins.{long}.config"),
        format!("{long}.x"),
    ] {
        let errors = RobotConfig::parse("robot.toml", many(&table)).unwrap_err();
        let first = &errors.diagnostics()[0];
        assert!(first.message.len() < (2 << 20), "{}", first.message.len());
    }
}

#[test]
fn more_mechanisms_than_a_robot_has_are_refused_at_the_first_that_is_too_many() {
    let robot = |count: usize| {
        let mechanisms = (0..count).map(|at| {
            format!("[mechanisms.m{at:05}]\noutputs.v = {{ safe = 0 }}\ninputs.w = {{}}\n")
        });
        let text = format!("robot.name = \"Many\"\n{}", mechanisms.collect::<String>());
        RobotConfig::parse("robot.toml", text)
    };
    let most = gantry_scheduler::MAX_MECHANISMS;
    let errors = robot(70_000).unwrap_err();
    let first = errors
        .diagnostics()
        .iter()
        .find(|d| d.message.contains("70000"));
    let first = first.unwrap_or_else(|| panic!("{errors}"));
    assert_eq!(first.position().line, 2 + 3 * most);
    let message =
        "there are 70000 mechanisms, and a robot has 256 at most: `m00256` is one too many";
    assert_eq!(first.message, message);
    // As many as there may be are only missed for their devices.
    let errors = robot(most).unwrap_err();
    let about_inputs = |d: &gantry::config::Diagnostic| d.message.contains("no device");
    assert!(errors.diagnostics().iter().all(about_inputs), "{errors}");
}

#[test]
fn a_script_is_played_by_the_gamepad() {
    let config = kickoff();
    let simulation = &config.simulation;
    assert_eq!(simulation.seed, 7);
    let timeline = simulation.timeline.iter();
    let timeline: Vec<_> = timeline
        .map(|s| (s.opmode.as_deref(), s.duration.as_secs()))
        .collect();
    assert_eq!(
        timeline,
        [(Some("two-ball"), 15), (None, 1), (Some("drive"), 10)]
    );
    let moments: Vec<_> = simulation
        .script
        .iter()
        .map(|step| step.at.as_millis())
        .collect();
    assert_eq!(moments, [17_000, 17_500, 18_000], "pressed, let go, driven");

    let image = Arc::new(config.image().unwrap());
    let sim = config.sim(image.clone(), simulation.seed).unwrap();
    assert!(sim.channels().len() > 20);
    let mut hardware = gantry_hardware::Hardware::new(image.clone(), vec![Box::new(sim)]).unwrap();
    let button = image.find("driver.a").unwrap();
    let hat = image.find("driver.pov").unwrap();
    let stick = image.find("driver.left-y").unwrap();
    let mut seen = Vec::new();
    for tick in 0..1000_u32 {
        hardware.begin_tick(
            config.period * tick,
            config.period.min(config.period * tick),
        );
        hardware.end_tick();
        if tick % 20 == 0 && (840..=900).contains(&tick) {
            seen.push((
                image.boolean(button),
                image.number(hat),
                image.number(stick),
            ));
        }
    }
    let expected = [
        (false, -1.0, 0.0),
        (true, 90.0, 0.0),
        (false, -1.0, 0.0),
        (false, -1.0, -0.8),
    ];
    assert_eq!(seen, expected, "at 16.8, 17.2, 17.6 and 18 s");
}

#[test]
fn no_file_makes_the_reader_panic() {
    let text = fs::read_to_string(folder("good").join("kickoff.toml")).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let mut refused = 0;
    for (index, line) in lines.iter().enumerate() {
        let (before, after) = (lines[..index].concat(), lines[index + 1..].concat());
        let half = &line[..line.floor_char_boundary(line.len() / 2)];
        for text in [
            format!("{before}{after}"),
            format!("{before}{half}"),
            format!("{before}{half}\n{after}"),
            format!(
                "{before}{}{after}",
                line.replace('=', "= [{ µ = 1e999 }] #")
            ),
        ] {
            if let Err(errors) = RobotConfig::parse("robot.toml", text) {
                refused += 1;
                assert!(errors.error_count() > 0);
                assert!(errors.render(true).contains("robot.toml"));
            }
        }
    }
    assert!(
        refused > lines.len(),
        "the mutilated files should not be robots"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = RobotConfig::load(Path::new("nowhere/robot.toml")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("cannot read nowhere/robot.toml: "),
        "{message}"
    );
}

#[test]
fn the_reference_lists_every_model() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/robot-toml.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("--test config` -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of models -->").unwrap();
    let models = model_tables();
    let expected = format!("{before}--test config` -->\n{models}<!-- end of models -->{after}");
    if std::env::var_os("GANTRY_BLESS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert!(
        text == expected,
        "docs/robot-toml.md is out of date: bless it"
    );
}

/// The models as the reference shows them.
fn model_tables() -> String {
    let mut text = String::new();
    for model in MODELS {
        text += &format!("\n#### `{}`\n\n{}\n", model.name, model.summary);
        if !model.parameters.is_empty() {
            text += "\n| Parameter | Type | Default | |\n|---|---|---|---|\n";
        }
        for spec in model.parameters {
            let kind = match spec.quantity {
                Quantity::Choice(words) => code_list(words),
                Quantity::Device(models) => format!("name of a device: {}", code_list(models)),
                Quantity::Count => "whole number".to_owned(),
                Quantity::Ratio => "number".to_owned(),
                quantity => quantity.name().to_owned(),
            };
            let unit = spec.quantity.units().next();
            let default = match (spec.default, unit) {
                (None, _) => "required".to_owned(),
                (Some(Literal::Text("")), _) => "none".to_owned(),
                (Some(Literal::Text(word)), _) => format!("`\"{word}\"`"),
                (Some(Literal::Number(number)), Some(unit)) => format!("`\"{number} {unit}\"`"),
                (Some(Literal::Number(number)), None) => format!("`{number}`"),
            };
            text += &format!(
                "| `{}` | {kind} | {default} | {} |\n",
                spec.name, spec.summary
            );
        }
        if !model.ports.is_empty() {
            text += "\n| Port | Kind | Unit | |\n|---|---|---|---|\n";
        }
        for port in model.ports {
            let kind = match port.kind {
                PortKind::Number => "number",
                PortKind::Boolean => "boolean",
                PortKind::Array(_) => "array",
            };
            let drives = match port.direction {
                Direction::Input => "",
                Direction::Output => "*Drives.* ",
            };
            let (name, unit, summary) = (port.name, port.unit, port.summary);
            text += &format!("| `{name}` | {kind} | {unit} | {drives}{summary} |\n");
        }
    }
    text
}

fn code_list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

fn kickoff() -> RobotConfig {
    let text = fs::read_to_string(folder("good").join("kickoff.toml")).unwrap();
    RobotConfig::parse("robots/robot.toml", text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn kinds_of(signal: &SignalExpr) -> Vec<SignalKind> {
    match &signal.kind {
        SignalKind::All(signals) | SignalKind::Any(signals) => {
            signals.iter().map(|signal| signal.kind.clone()).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn read(file: &Path) -> Result<RobotConfig, ConfigErrors> {
    let text = fs::read_to_string(file).unwrap();
    RobotConfig::parse("robot.toml", text)
}

fn toml_files(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(kind)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/config")
        .join(kind)
}
