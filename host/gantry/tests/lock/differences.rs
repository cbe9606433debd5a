//! What is not as it was locked is refused and named.

use crate::support::text;
use crate::{locked, refusal};

#[test]
fn whatever_differs_is_refused_and_named() {
    let edits: &[(&str, &str, &str)] = &[
        (
            "keeps-locals.wasm",
            "hello.wasm",
            "plugin counter: digest: locked \"sha256:",
        ),
        (
            "mechanisms = [\"arm\"]",
            "mechanisms = [\"arm\", \"lift\"]",
            "plugin describes: mechanisms: locked [\"arm\"], now [\"arm\", \"lift\"]",
        ),
        (
            "[\"robot.enabled\"]",
            "[\"robot.*\"]",
            "plugin describes: reads: locked [\"robot.enabled\"], now [\"robot.*\"]",
        ),
        (
            "[\"arm/*\"]",
            "[\"*\"]",
            "plugin describes: publishes: locked [\"arm/*\"], now [\"*\"]",
        ),
        (
            "{ path = \"data\" }",
            "{ path = \".\" }",
            "plugin describes: folder.path: locked \"data\", now \".\"",
        ),
        (
            "{ path = \"data\" }",
            "{ path = \"data\", write = true }",
            "plugin describes: folder.write: locked false, now true",
        ),
        (
            "folder = { path = \"data\" }",
            "",
            "plugin describes: folder: locked { path = \"data\", write = false }, now not there",
        ),
        (
            "file = \"keeps-locals.wasm\"",
            "file = \"keeps-locals.wasm\"\n    folder = { path = \"/\", write = true }",
            "plugin counter: folder: locked not there, now { path = \"/\", write = true }",
        ),
        (
            "[plugins.counter]",
            "[plugins.hello]\nfile = \"hello.wasm\"\nmechanisms = [\"lift\"]\n[plugins.counter]",
            "mechanisms = [\"lift\"], reads = [], publishes = [], commands = [], limits = { memory = 33554432, ",
        ),
        (
            "file = \"keeps-locals.wasm\"",
            "file = \"keeps-locals.wasm\"\n    config = { gain = 1, pid.kp = 2.0 }",
            "plugin counter: config: locked not there, now { gain = 1, \"pid.kp\" = 2.0 }",
        ),
        (
            "gain = 4.0",
            "gain = \"4\\n  host: locked 1, now 2\"",
            "plugin describes: config.gain: locked 4.0, now \"4\\n  host: locked 1, now 2\"\n",
        ),
        (
            "gain = 4.0",
            "gain = 4.0, \"a\\nb\" = 1",
            "plugin describes: config.a\\nb: locked not there, now 1\n",
        ),
        (
            "\"1 ms\"",
            "\"2 ms\"",
            "plugin counter: limits.slice: locked \"1ms\", now \"2ms\"",
        ),
        (
            "\"32 MiB\"",
            "\"64 MiB\"",
            "plugin counter: limits.memory: locked 33554432, now 67108864",
        ),
        (
            "limits.memory",
            "limits.stack = \"2 MiB\"\n    limits.memory",
            "plugin counter: limits.stack: locked 1048576, now 2097152",
        ),
        (
            "limits.slice",
            "limits.time-per-tick = \"8 ms\"\n    limits.slice",
            "plugin counter: limits.time-per-tick: locked \"10ms\", now \"8ms\"",
        ),
        (
            "gain = 4.0",
            "gain = 5.0",
            "plugin describes: config.gain: locked 4.0, now 5.0",
        ),
        (
            "ticks = 10",
            "ticks = 11",
            "section [opmodes] of the robot.toml: locked \"sha256:",
        ),
        (
            "[mechanisms.lift]",
            "[mechanisms.lift]\n[mechanisms.claw]",
            "section [mechanisms] of the robot.toml: locked",
        ),
        (
            "\"Test\"",
            "\"Other\"",
            "section [robot] of the robot.toml: locked",
        ),
        (
            "[plugins.counter]",
            "[plugins.hello]\nfile = \"hello.wasm\"\n[plugins.counter]",
            "plugin hello: locked not there, now { digest = \"sha256:",
        ),
        (
            "[opmodes.count]",
            "[signals]\nx = \"robot.test\"\n[opmodes.count]",
            "section [signals] of the robot.toml: locked not there, now \"sha256:",
        ),
    ];
    for (old, new, expected) in edits {
        let robot = locked();
        robot.edit(old, new);
        let refused = refusal(&robot);
        assert!(refused.contains(expected), "no `{expected}` in\n{refused}");
        assert!(refused.contains("`gantry lock robot.toml`"), "{refused}");
        let differences = refused.lines().filter(|line| line.contains(": locked "));
        assert!(
            differences.count() <= 3,
            "more than what differs:\n{refused}"
        );
    }
}

#[test]
fn what_is_locked_and_gone_is_named() {
    let robot = locked();
    let lock = text(&robot.read("robot.lock"));
    robot.write(
        "robot.lock",
        lock.replace("plugins.counter", "plugins.gone").as_bytes(),
    );
    let refused = refusal(&robot);
    assert!(
        refused.contains("plugin gone: locked { digest = \"sha256:"),
        "{refused}"
    );
    robot.write(
        "robot.lock",
        lock.replace("host = \"", "host = \"9.").as_bytes(),
    );
    let refused = refusal(&robot);
    assert!(refused.contains("host: locked \"9."), "{refused}");
    robot.write("robot.lock", lock.as_bytes());
    std::fs::remove_file(robot.folder.path().join("describes.wasm")).unwrap();
    let refused = refusal(&robot);
    assert!(
        refused.contains("plugin describes: locked { digest = \"sha256:"),
        "{refused}"
    );
}
