//! Text of plugins on the terminal of whoever looks at them: it is shown, and does nothing.

mod support;

use support::{TestRobot, assert_succeeded, text};

/// What hostile text begins with: it clears the screen, names the window, reads from right to left,
/// hides, and looks like a message of ours.
const HOSTILE: &str = r"\u001b[2J\u001b]0;owned\u0007 \u202e \u200f \u061c \u200b \ufeff \U000E0041 \u0085\r\nerror: forged";

/// Robots whose plugin says that when it is asked what it offers.
fn robot(how: &str) -> TestRobot {
    TestRobot::new(&format!(
        "[plugins.describes]\nfile = \"describes.wasm\"\n\
         config = {{ how = \"{how}\", error = \"{HOSTILE}\" }}\n"
    ))
}

/// Everything that a command prints, which has to show the text and to be harmless.
#[track_caller]
fn harmless(robot: &TestRobot, arguments: &[&str]) -> String {
    let output = robot.gantry(arguments);
    let shown = text(&output.stdout) + &text(&output.stderr);
    assert!(shown.contains("owned"), "{arguments:?} shows\n{shown}");
    for char in shown.chars() {
        let hidden = char.is_control() && char != '\n'
            || "\u{202e}\u{200f}\u{61c}\u{200b}\u{feff}\u{e0041}\u{2028}".contains(char);
        assert!(!hidden, "{arguments:?} shows {char:?} in\n{shown}");
    }
    let errors = shown.lines().filter(|line| line.starts_with("error:"));
    assert!(errors.count() <= 1, "{arguments:?} shows\n{shown}");
    assert!(
        !shown.lines().any(|line| line.starts_with("error: forged")),
        "{arguments:?} shows\n{shown}"
    );
    shown
}

#[test]
fn what_a_plugin_says_is_shown_and_does_nothing() {
    let robot = robot("rejects");
    let of_robot = ["describes.wasm", "--robot", "robot.toml"];
    let shown = harmless(&robot, &[&["inspect"], &of_robot[..]].concat());
    assert!(
        shown.contains(r"\u{1b}[2J\u{1b}]0;owned\u{7} \u{202e}"),
        "{shown}"
    );
    harmless(&robot, &[&["inspect", "--json"], &of_robot[..]].concat());
    harmless(&robot, &["check", "robot.toml"]);
    assert_succeeded(&robot.gantry(&["keygen", "alice"]));
    let sign = [&["sign", "--key", "alice.key"], &of_robot[..]].concat();
    harmless(&robot, &sign);
    harmless(&robot, &["lock", "robot.toml"]);
}

#[test]
fn what_the_validator_quotes_is_shown_and_does_nothing() {
    let robot = TestRobot::new("[plugins.x]\nfile = \"x.wasm\"\n");
    assert_succeeded(&robot.gantry(&["keygen", "alice"]));
    let name = r"\1b[2J\1b]0;owned\07\e2\80\ae\0d\0aerror: forged";
    let bytes = wat::parse_str(format!(
        r#"(component
            (core module $m (import "{name}" "b" (func)))
            (core instance (instantiate $m))
            (instance $i) (export "gantry:command/plugin@0.1.0" (instance $i)))"#
    ));
    robot.write("x.wasm", &bytes.unwrap());
    let shown = harmless(&robot, &["inspect", "x.wasm"]);
    assert!(
        shown.contains(r"\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}\r\nerror: forged"),
        "{shown}"
    );
    harmless(&robot, &["sign", "x.wasm", "--key", "alice.key"]);
    harmless(&robot, &["check", "robot.toml"]);
    harmless(&robot, &["lock", "robot.toml"]);
}
