//! `gantry inspect` through the real binary: what is asked for, and how it compares with a robot.

mod support;

use serde_json::{Value, json};
use support::{TestRobot, text};

/// A robot that grants the plugin too little and too much, and that is wrong in other places.
const ROBOT: &str = r#"
    period = "20 parsecs"
    [devices.motor]
    model = "no-such-model"
    [mechanisms.arm]
    [mechanisms.lift]
    [plugins.describes]
    file = "describes.wasm"
    mechanisms = ["lift"]
    reads = ["robot.*", "robot.battery"]
    publishes = ["arm/*"]
    folder = { path = "data" }
    config = { requires = "arm", reads = "robot.enabled", publishes = "arm/*", second = "lower" }
    [plugins.broken]
    file = 7
    [opmodes.x]
    schedule = ["describes/no-such-command"]
"#;

fn json(robot: &TestRobot, arguments: &[&str]) -> Value {
    let arguments = [&["inspect", "--json"], arguments].concat();
    serde_json::from_str(&robot.succeeds(&arguments)).expect("JSON")
}

#[test]
fn grants_are_used_missing_or_excessive() {
    let robot = TestRobot::new(ROBOT);
    robot.fails(&["check", "robot.toml"]);
    let inspection = json(&robot, &["describes.wasm", "--robot", "robot.toml"]);
    let files = [
        "wasi:filesystem/preopens@0.2.6",
        "wasi:filesystem/types@0.2.6",
    ];
    let imports = inspection["wasi"].as_array().unwrap();
    let files: Vec<_> = imports
        .iter()
        .filter(|name| files.contains(&name.as_str().unwrap()))
        .collect();
    let folder = if files.is_empty() {
        "excessive"
    } else {
        "used"
    };
    let expected = json!([
        { "kind": "mechanism", "name": "lift", "status": "excessive", "asked": [] },
        { "kind": "channel", "name": "robot.*", "status": "excessive", "asked": ["robot.enabled"] },
        { "kind": "channel", "name": "robot.battery", "status": "excessive", "asked": [] },
        { "kind": "topic", "name": "arm/*", "status": "used", "asked": ["arm/*"] },
        { "kind": "folder", "name": "data", "status": folder, "asked": files },
        { "kind": "mechanism", "name": "arm", "status": "missing", "asked": ["raise", "lower"] },
    ]);
    assert_eq!(inspection["robot"]["grants"], expected);
    assert_eq!(inspection["robot"]["plugin"], "describes");
    assert_eq!(inspection["robot"]["refused"], Value::Null);
    let asks = json!({
        "mechanisms": ["arm"],
        "reads": ["robot.enabled"],
        "publishes": ["arm/*"],
        "files": !files.is_empty(),
    });
    assert_eq!(inspection["asks"], asks);

    let shown = robot.succeeds(&["inspect", "describes.wasm", "--robot", "robot.toml"]);
    for expected in [
        "As `describes` in robot.toml",
        "mechanism  lift           excessive: it does not ask for it",
        "channel    robot.*        excessive: it asks for robot.enabled only",
        "topic      arm/*          used",
        "mechanism  arm            missing",
    ] {
        assert!(shown.contains(expected), "no `{expected}` in\n{shown}");
    }
}

#[test]
fn without_a_robot_it_says_what_a_plugin_is() {
    let robot = TestRobot::new("");
    let shown = robot.succeeds(&["inspect", "uses-std.wasm"]);
    for expected in [
        "signature  none",
        "contract   gantry:command@0.1",
        "memory     1088 KiB at first, as much as its limit lets it have",
        "wasi:sockets/tcp@0.2",
        "folder     it imports wasi:filesystem",
    ] {
        assert!(shown.contains(expected), "no `{expected}` in\n{shown}");
    }
    let inspection = json(&robot, &["uses-std.wasm"]);
    assert_eq!(inspection["asks"]["files"], true);
    assert_eq!(inspection["signature"], json!({ "status": "none" }));
    assert_eq!(inspection["robot"], Value::Null);
    let bytes = robot.read("uses-std.wasm").len();
    assert_eq!(inspection["sizes"]["component"], bytes);
    assert_eq!(inspection["sizes"]["initial_memory"], 1_114_112);
    let wasi = inspection["wasi"].as_array().unwrap();
    assert!(
        wasi.iter()
            .all(|name| name.as_str().unwrap().starts_with("wasi:"))
    );
}

#[test]
fn a_plugin_that_needs_its_table_is_shown_as_far_as_possible() {
    let robot =
        TestRobot::new("[plugins.describes]\nfile = \"describes.wasm\"\nconfig.how = \"traps\"\n");
    let shown = robot.succeeds(&["inspect", "describes.wasm", "--robot", "robot.toml"]);
    assert!(shown.contains("It does not describe itself"), "{shown}");
    assert!(shown.contains("digest     sha256:"), "{shown}");
    let inspection = json(&robot, &["describes.wasm", "--robot", "robot.toml"]);
    assert_eq!(inspection["asks"], Value::Null);
    assert_eq!(inspection["robot"]["grants"], Value::Null);
    assert_ne!(inspection["problem"], Value::Null);
}

#[test]
fn who_signed_it_is_shown_and_whether_that_counts() {
    let robot = TestRobot::new(
        "[signatures]\nrequired = true\ntrusted.alice = \"KEY\"\n[plugins.hello]\nfile = \"hello.wasm\"\n",
    );
    let status = || {
        let inspection = json(&robot, &["hello.wasm", "--robot", "robot.toml"]);
        let refused = inspection["robot"]["refused"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (
            inspection["signature"]["status"]
                .as_str()
                .unwrap()
                .to_owned(),
            refused,
        )
    };
    for name in ["alice", "mallory"] {
        robot.succeeds(&["keygen", name]);
    }
    let public = text(&robot.read("alice.pub"));
    robot.edit("KEY", public.lines().nth(1).unwrap());
    let (signature, refused) = status();
    assert_eq!(signature, "none");
    assert!(refused.contains("it is not signed"), "{refused}");
    robot.succeeds(&["sign", "hello.wasm", "--key", "mallory.key"]);
    let (signature, refused) = status();
    assert_eq!(signature, "untrusted");
    assert!(refused.contains("does not trust"), "{refused}");
    robot.succeeds(&["sign", "hello.wasm", "--key", "alice.key"]);
    assert_eq!(status(), ("trusted".to_owned(), String::new()));
    robot.write("hello.wasm", &robot.read("hogs.wasm"));
    let (signature, refused) = status();
    assert_eq!(signature, "invalid");
    assert!(refused.contains("does not fit"), "{refused}");
    let shown = robot.succeeds(&["inspect", "hello.wasm", "--robot", "robot.toml"]);
    assert!(
        shown.contains("signature  invalid: the signature of `alice`"),
        "{shown}"
    );
}

#[test]
fn what_is_wrong_with_the_plugin_in_the_robot_is_an_error_at_its_line() {
    let robot = TestRobot::new(ROBOT);
    let inspect = ["inspect", "describes.wasm", "--robot", "robot.toml"];
    robot.edit("folder = { path", "folder = { pat");
    let error = robot.fails(&inspect);
    assert!(error.contains("there is no key `pat`"), "{error}");
    assert!(
        !error.contains("parsecs") && !error.contains("broken"),
        "{error}"
    );
    robot.edit("{ pat =", "{ path =");
    robot.edit("\"robot.battery\"", "\"robot.batery\"");
    let error = robot.fails(&inspect);
    assert!(error.contains("did you mean `robot.battery`?"), "{error}");

    robot.write("robot.toml", b"[[[");
    assert!(robot.fails(&inspect).contains("this is not TOML"));
    let error = robot.fails(&["inspect", "describes.wasm", "--robot", "nowhere.toml"]);
    assert!(error.contains("cannot read nowhere.toml"), "{error}");
}

#[test]
fn the_plugin_is_found_by_its_file_or_named() {
    let robot = TestRobot::new(
        "[plugins.one]\nfile = \"hello.wasm\"\n[plugins.two]\nfile = \"hogs.wasm\"\n",
    );
    let name = |arguments: &[&str]| json(&robot, arguments)["robot"]["plugin"].clone();
    assert_eq!(name(&["hogs.wasm", "--robot", "robot.toml"]), "two");
    // What was just built, and is not yet where the robot has it.
    std::fs::create_dir(robot.folder.path().join("built")).unwrap();
    robot.write("built/hogs.wasm", &robot.read("hogs.wasm"));
    assert_eq!(name(&["built/hogs.wasm", "--robot", "robot.toml"]), "two");
    assert_eq!(
        name(&["hogs.wasm", "--robot", "robot.toml", "--plugin", "one"]),
        "one"
    );
    let error = robot.fails(&["inspect", "forks.wasm", "--robot", "robot.toml"]);
    assert!(
        error.contains("has no plugin that is loaded from forks.wasm; it has `one` and `two`"),
        "{error}"
    );
    let error = robot.fails(&[
        "inspect",
        "hogs.wasm",
        "--robot",
        "robot.toml",
        "--plugin",
        "x",
    ]);
    assert!(error.contains("called `x`"), "{error}");
}
