//! `gantry new` and `gantry build` through the real binary: what they make, and what they refuse.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::{assert_succeeded, events, gantry, text};
use tempfile::TempDir;

/// Runs the binary, which has to fail, and gives what it says.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn tools() -> String {
    format!("{}/tools", env!("CARGO_TARGET_TMPDIR"))
}

fn build(folder: &TempDir, more: &[&str]) -> Output {
    let mut command = gantry(folder);
    command.args(["build", "my-robot"]).args(more);
    command.env("GANTRY_TOOLS", tools()).output().unwrap()
}

/// Makes a project, builds it and plays it: new, build, sim.
#[track_caller]
fn greets(language: &str, more: &[&str]) {
    let folder = TempDir::new().unwrap();
    assert_succeeded(
        &gantry(&folder)
            .args(["new", language, "my-robot"])
            .output()
            .unwrap(),
    );
    let output = build(&folder, more);
    assert_succeeded(&output);
    let said = text(&output.stdout);
    for expected in [
        "my-robot 0.1.0",
        "  hello\n",
        "gantry sim my-robot/robot.toml",
    ] {
        assert!(said.contains(expected), "no `{expected}` in\n{said}");
    }
    let built = names(&folder.path().join("my-robot/build"));
    assert!(!built.contains(&"unchecked.wasm".to_owned()), "{built:?}");

    let file = folder.path().join("events.jsonl");
    let sim = gantry(&folder)
        .args(["sim", "my-robot/robot.toml", "--events"])
        .arg(&file)
        .output()
        .unwrap();
    assert_succeeded(&sim);
    let events = events(&file);
    let logged: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "log" && event["command"] == "my-robot/hello")
        .map(|event| event["text"].as_str().unwrap())
        .collect();
    let (last, greetings) = logged.split_last().expect("it greets");
    assert!(greetings.len() >= 3, "{logged:?}");
    assert!(
        greetings.iter().all(|text| *text == "Hello, world!"),
        "{logged:?}"
    );
    assert_eq!(*last, "Goodbye, world!");
    assert_eq!(support::count(&events, "canceled", "my-robot/hello"), 1);
}

#[test]
fn a_project_in_rust_builds_and_runs() {
    let target = format!("{}/new-rust", env!("CARGO_TARGET_TMPDIR"));
    greets("rust", &["--", "--target-dir", &target]);
}

#[test]
#[ignore = "needs Python, and a network the first time"]
fn a_project_in_c_builds_and_runs() {
    greets("c", &[]);
}

#[test]
#[ignore = "needs Python, and a network the first time"]
fn a_project_in_cpp_builds_and_runs() {
    greets("cpp", &[]);
}

#[test]
#[ignore = "needs Python, and a network the first time"]
fn a_project_in_python_builds_and_runs() {
    greets("python", &[]);
}

#[test]
#[ignore = "needs Node, and a network the first time"]
fn a_project_in_javascript_builds_and_runs() {
    greets("javascript", &[]);
}

#[test]
#[ignore = "needs Node, and a network the first time"]
fn a_project_in_typescript_builds_and_runs() {
    greets("typescript", &[]);
}

#[test]
fn a_name_that_does_not_do_is_refused_with_one_that_does() {
    let folder = TempDir::new().unwrap();
    for (language, name, expected) in [
        ("rust", "MyRobot", "such as `my-robot`"),
        ("c", "../arm kit", "such as `arm-kit`"),
        ("rust", "match", "`match-commands`"),
        ("python", "random", "`random-commands`"),
        ("javascript", "gantry-sdk", "in JavaScript"),
        ("cpp", &"a".repeat(65), "64 is the most"),
    ] {
        let said = refused(gantry(&folder).args(["new", language, name]));
        assert!(said.contains(expected), "no `{expected}` in {said}");
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("full")).unwrap();
    std::fs::write(folder.path().join("full/notes"), "mine").unwrap();
    std::fs::write(folder.path().join("file"), "mine").unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let said = refused(gantry(&folder).args(["new", "c", "full"]));
    assert!(
        said.contains("full is there already and is not empty"),
        "{said}"
    );
    let said = refused(gantry(&folder).args(["new", "c", "file"]));
    assert!(said.contains("is not a folder"), "{said}");
    assert_eq!(names(&folder.path().join("full")), ["notes"]);

    assert_succeeded(
        &gantry(&folder)
            .args(["new", "c", "empty"])
            .output()
            .unwrap(),
    );
    let made = names(&folder.path().join("empty"));
    assert!(made.contains(&"empty.c".to_owned()), "{made:?}");
    assert_eq!(names(folder.path()), ["empty", "file", "full"]);
}

#[test]
fn what_is_missing_is_named_with_how_to_get_it() {
    let folder = TempDir::new().unwrap();
    let nothing = folder.path().join("nothing");
    std::fs::create_dir(&nothing).unwrap();
    for (language, expected) in [
        ("rust", "https://rustup.rs"),
        ("c", "apt install python3 python3-venv"),
        ("python", "there is no python3 on the PATH"),
        ("typescript", "https://nodejs.org"),
    ] {
        let name = format!("in-{language}");
        assert_succeeded(
            &gantry(&folder)
                .args(["new", language, &name])
                .output()
                .unwrap(),
        );
        let mut build = gantry(&folder);
        build.args(["build", &name]).env("PATH", &nothing);
        for variable in ["CARGO", "RUSTC", "RUSTUP"] {
            build.env_remove(variable);
        }
        let said = refused(build.env("GANTRY_TOOLS", folder.path().join("tools")));
        assert!(said.contains(expected), "no `{expected}` in {said}");
    }
}

#[test]
fn a_folder_that_is_no_project_is_refused() {
    let folder = TempDir::new().unwrap();
    let said = refused(gantry(&folder).arg("build"));
    assert!(said.contains("there is no plugin project here"), "{said}");
    for file in ["Cargo.toml", "package.json"] {
        std::fs::write(folder.path().join(file), "").unwrap();
    }
    let said = refused(gantry(&folder).arg("build"));
    assert!(said.contains("Cargo.toml and package.json"), "{said}");
    assert!(said.contains("--language"), "{said}");
    let said = refused(gantry(&folder).args(["build", "nowhere"]));
    assert!(said.contains("cannot find nowhere"), "{said}");
}

/// Puts a program into a folder that only says this.
#[cfg(unix)]
fn tool_that_says(folder: &TempDir, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let file = folder.path().join(name);
    std::fs::write(&file, format!("#!/bin/sh\necho {text}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
#[cfg(unix)]
fn a_tool_that_is_too_old_is_refused() {
    let folder = TempDir::new().unwrap();
    tool_that_says(&folder, "node", "v18.0.1");
    tool_that_says(&folder, "python3", "3 8");
    for (language, expected) in [
        ("javascript", "Node 20 or later; node is v18.0.1"),
        ("python", "Python 3.10 or later; python3 is Python 3.8"),
    ] {
        let name = format!("in-{language}");
        assert_succeeded(
            &gantry(&folder)
                .args(["new", language, &name])
                .output()
                .unwrap(),
        );
        let mut build = gantry(&folder);
        build.args(["build", &name]).env("PATH", folder.path());
        let said = refused(build.env("GANTRY_TOOLS", folder.path().join("tools")));
        assert!(said.contains(expected), "no `{expected}` in {said}");
    }
}

#[test]
#[cfg(unix)]
fn offline_what_would_be_fetched_is_an_error() {
    let folder = TempDir::new().unwrap();
    tool_that_says(&folder, "python3", "3 12");
    assert_succeeded(
        &gantry(&folder)
            .args(["new", "python", "in-python"])
            .output()
            .unwrap(),
    );
    let mut build = gantry(&folder);
    build
        .args(["build", "in-python", "--offline"])
        .env("PATH", folder.path());
    let said = refused(build.env("GANTRY_TOOLS", folder.path().join("tools")));
    assert!(said.contains("--offline forbids to fetch it"), "{said}");
}

/// A build that is told to end takes along what its tools have started: here a compiler's own child.
#[test]
#[cfg(target_os = "linux")]
fn a_build_that_is_ended_leaves_nothing_running() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::Duration;

    for signal in ["TERM", "HUP", "INT"] {
        let folder = TempDir::new().unwrap();
        assert_succeeded(
            &gantry(&folder)
                .args(["new", "rust", "my-robot"])
                .output()
                .unwrap(),
        );
        let (cargo, child) = (folder.path().join("cargo"), folder.path().join("child"));
        let script = format!(
            "#!/bin/sh\nsleep 1000 &\necho $! > {0}.new\nmv {0}.new {0}\nwait\n",
            child.display()
        );
        std::fs::write(&cargo, script).unwrap();
        std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();

        let mut build = gantry(&folder);
        let mut build = build
            .args(["build", "my-robot"])
            .env("CARGO", &cargo)
            .spawn()
            .unwrap();
        let mut patience = 0..3000;
        let mut wait = |what: &str| {
            assert!(patience.next().is_some(), "{what} never happens");
            std::thread::sleep(Duration::from_millis(20));
        };
        while !child.is_file() {
            wait("the tool's start");
        }
        let told = Command::new("kill")
            .args([&format!("-{signal}"), &build.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        let ended = build.wait().unwrap();
        assert!(ended.signal().is_some(), "{signal}: {ended}");
        let child = std::fs::read_to_string(&child).unwrap();
        let runs = || {
            // A zombie has ended, whoever is to collect it.
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            stat.is_ok_and(|stat| !stat.contains(") Z"))
        };
        while runs() {
            wait("the end of the tool's child");
        }
    }
}

/// The same source gives the same component, whenever, wherever, in whatever locale and by whomever it is built,
/// and nothing of the machine is in it.
fn builds_the_same_twice(language: &str, manifest: &str) {
    let mut digests = Vec::new();
    for (place, locale, zone) in [
        ("a", "C.UTF-8", "Asia/Tokyo"),
        ("b/c", "C", "America/New_York"),
    ] {
        let folder = TempDir::new().unwrap();
        let inner = folder.path().join(place);
        std::fs::create_dir_all(&inner).unwrap();
        let mut command = gantry(&folder);
        command.current_dir(&inner);
        assert_succeeded(
            &command
                .args(["new", language, "my-robot"])
                .output()
                .unwrap(),
        );
        // What is not ASCII crosses every tool of the build.
        let file = inner.join("my-robot").join(manifest);
        let text = std::fs::read_to_string(&file).unwrap();
        let changed = text.replace("Says hello", "Sagt „Grüß Gott“ 🤖");
        assert_ne!(changed, text);
        std::fs::write(&file, changed).unwrap();
        let mut command = gantry(&folder);
        command.current_dir(&inner).args(["build", "my-robot"]);
        command.envs([("LC_ALL", locale), ("LANG", locale), ("TZ", zone)]);
        command.envs([("PYTHONCOERCECLOCALE", "0"), ("PYTHONUTF8", "0")]);
        let temporary = inner.join("temporary");
        std::fs::create_dir(&temporary).unwrap();
        command.env("HOME", &inner).env("TMPDIR", &temporary);
        // What zig has compiled for itself is not compiled again for each home.
        command.env("ZIG_GLOBAL_CACHE_DIR", format!("{}/zig", tools()));
        assert_succeeded(&command.env("GANTRY_TOOLS", tools()).output().unwrap());
        let component = std::fs::read(inner.join("my-robot/build/my-robot.wasm")).unwrap();
        let has = |text: &str| {
            component
                .windows(text.len())
                .any(|it| it == text.as_bytes())
        };
        let private = folder.path().to_string_lossy().into_owned();
        assert!(!has(&private), "{private} is in the component");
        assert!(!has(&tools()), "{} is in the component", tools());
        digests.push(component);
    }
    assert!(digests[0] == digests[1], "two builds differ");
}

#[test]
#[ignore = "installs Python packages"]
fn builds_of_c_are_reproducible() {
    builds_the_same_twice("c", "my-robot.c");
    builds_the_same_twice("cpp", "my-robot.cpp");
}

#[test]
#[ignore = "needs Node, and a network the first time"]
fn builds_of_javascript_are_reproducible() {
    builds_the_same_twice("javascript", "package.json");
    builds_the_same_twice("typescript", "package.json");
}
