//! Keys, signatures, and robots that require them, through the real binary.

mod support;

use std::fs;

use support::{TestRobot, text};

/// A robot that knows Alice, with the plugin `describes` that asks for a mechanism.
fn robot(required: bool) -> TestRobot {
    let robot = TestRobot::new("");
    robot.succeeds(&["keygen", "alice"]);
    robot.succeeds(&["keygen", "mallory"]);
    robot.write(
        "robot.toml",
        format!(
            r#"
            robot.name = "Test"
            [signatures]
            required = {required}
            trusted.alice = "{}"
            [mechanisms.arm]
            [plugins.describes]
            file = "describes.wasm"
            mechanisms = ["arm"]
            config.requires = "arm"
            "#,
            public(&robot, "alice"),
        )
        .as_bytes(),
    );
    robot
}

fn public(robot: &TestRobot, name: &str) -> String {
    let file = text(&robot.read(&format!("{name}.pub")));
    file.lines().nth(1).unwrap().to_owned()
}

fn sign(robot: &TestRobot, name: &str) -> String {
    let key = format!("{name}.key");
    robot.succeeds(&[
        "sign",
        "describes.wasm",
        "--key",
        &key,
        "--robot",
        "robot.toml",
    ])
}

fn signature(robot: &TestRobot) -> String {
    text(&robot.read("describes.wasm.minisig"))
}

const CHECK: &[&str] = &["check", "robot.toml"];

#[test]
fn a_robot_that_requires_signatures_takes_what_those_it_trusts_have_signed() {
    let robot = robot(true);
    let refused = robot.fails(CHECK);
    assert!(
        refused.contains("checking the signature: it is not signed, and this robot requires"),
        "{refused}"
    );
    assert!(refused.contains("robot.toml:7:"), "no line in\n{refused}");

    let signed = sign(&robot, "mallory");
    assert!(signed.contains("mechanisms arm"), "{signed}");
    let refused = robot.fails(CHECK);
    assert!(
        refused.contains("which this robot does not trust"),
        "{refused}"
    );

    sign(&robot, "alice");
    robot.succeeds(CHECK);
    let verified = robot.succeeds(&["verify", "describes.wasm", "--robot", "robot.toml"]);
    assert!(verified.contains("signed by alice"), "{verified}");
    robot.succeeds(&["verify", "describes.wasm", "--key", "alice.pub"]);
    robot.succeeds(&[
        "verify",
        "describes.wasm",
        "--key",
        &public(&robot, "alice"),
    ]);
    let error = robot.fails(&["verify", "describes.wasm", "--key", "mallory.pub"]);
    assert!(error.contains("does not trust"), "{error}");
}

#[test]
fn what_was_changed_after_signing_is_refused_whether_or_not_signatures_are_required() {
    for required in [true, false] {
        let robot = robot(required);
        sign(&robot, "alice");
        let sound = (robot.read("describes.wasm"), signature(&robot));
        let refused = |expected: &str| {
            let error = robot.fails(CHECK);
            assert!(error.contains(expected), "no `{expected}` in\n{error}");
            robot.fails(&["verify", "describes.wasm", "--robot", "robot.toml"]);
            robot.write("describes.wasm", &sound.0);
            robot.write("describes.wasm.minisig", sound.1.as_bytes());
            robot.succeeds(CHECK);
        };
        const TAMPERED: &str = "the signature of `alice` does not fit";

        // A custom section more, which changes nothing of what runs.
        robot.write("describes.wasm", &[&sound.0[..], b"\x00\x02\x01x"].concat());
        refused(TAMPERED);
        robot.write("describes.wasm", &robot.read("hello.wasm"));
        refused(TAMPERED);
        let wider = sound.1.replace("[\"arm\"]", "[\"arm\",\"lift\"]");
        assert_ne!(wider, sound.1);
        robot.write("describes.wasm.minisig", wider.as_bytes());
        refused(TAMPERED);
        let lines: Vec<&str> = sound.1.lines().collect();
        let other = lines[3].replace(&lines[3][..4], "AAAA");
        robot.write(
            "describes.wasm.minisig",
            sound.1.replace(lines[3], &other).as_bytes(),
        );
        refused(TAMPERED);
        // Everything but the component is another signature's.
        fs::copy(
            robot.folder.path().join("hello.wasm"),
            robot.folder.path().join("other.wasm"),
        )
        .unwrap();
        robot.succeeds(&["sign", "other.wasm", "--key", "alice.key"]);
        robot.write("describes.wasm.minisig", &robot.read("other.wasm.minisig"));
        refused(TAMPERED);
        for malformed in [
            &b""[..],
            b"RUR",
            &sound.1.as_bytes()[..100],
            b"\xff\xfe\xfd",
        ] {
            robot.write("describes.wasm.minisig", malformed);
            refused("signature");
        }
    }
}

#[test]
fn a_robot_that_requires_nothing_takes_what_is_unsigned_and_strangers_signatures() {
    let robot = robot(false);
    robot.succeeds(CHECK);
    sign(&robot, "mallory");
    robot.succeeds(CHECK);
}

#[test]
fn a_signature_holds_a_plugin_to_what_it_declares() {
    let robot = robot(true);
    sign(&robot, "alice");
    robot.succeeds(CHECK);
    // The same component, which asks for more by another table.
    robot.edit(
        "config.requires = \"arm\"",
        "config = { requires = \"arm\", reads = \"robot.test\" }",
    );
    robot.edit(
        "mechanisms = [\"arm\"]",
        "mechanisms = [\"arm\"]\nreads = [\"robot.*\"]",
    );
    let error = robot.fails(CHECK);
    assert!(
        error
            .contains("it asks for the channel `robot.test`, which its signature does not declare"),
        "{error}"
    );
    sign(&robot, "alice");
    robot.succeeds(CHECK);
    robot.edit("reads = \"robot.test\"", "publishes = \"arm/state\"");
    robot.edit("reads = [\"robot.*\"]", "publishes = [\"*\"]");
    let error = robot.fails(CHECK);
    assert!(error.contains("the topic `arm/state`"), "{error}");
    robot.edit(", publishes = \"arm/state\"", "");
    robot.edit("requires = \"arm\"", "requires = \"lift\"");
    let error = robot.fails(CHECK);
    assert!(error.contains("the mechanism `lift`"), "{error}");
}

#[test]
fn what_a_signature_does_not_declare_is_not_given_whatever_is_granted() {
    let robot = TestRobot::new(
        r#"
        [plugins.std]
        file = "uses-std.wasm"
        folder = { path = "data", write = true }
        [opmodes.files]
        mode = "test"
        schedule = ["std/reads-a-file", "std/writes-a-file"]
        [signatures]
        trusted.alice = "KEY"
        "#,
    );
    let data = robot.folder.path().join("data");
    fs::create_dir(&data).unwrap();
    robot.write("data/notes.txt", b"notes");
    robot.succeeds(&["keygen", "alice"]);
    robot.edit("KEY", &public(&robot, "alice"));
    let written = data.join("written.txt");
    let reads = || {
        let events = robot.sim("files", "1s");
        let read = events
            .iter()
            .find(|e| e["event"] == "completed" && e["command"] == "std/reads-a-file")
            .unwrap_or_else(|| panic!("{events:?}"));
        read["value"].as_str().unwrap().contains("notes")
    };
    for (folder, may_read, may_write) in [
        ("none", false, false),
        ("read", true, false),
        ("write", true, true),
    ] {
        robot.succeeds(&[
            "sign",
            "uses-std.wasm",
            "--key",
            "alice.key",
            "--folder",
            folder,
        ]);
        assert_eq!(reads(), may_read, "{folder}");
        assert_eq!(written.exists(), may_write, "{folder}");
    }
}

#[test]
fn a_lock_has_who_signed_and_what_was_declared() {
    let robot = robot(true);
    robot.edit(
        "mechanisms = [\"arm\"]",
        "mechanisms = [\"arm\"]\nreads = [\"robot.*\"]",
    );
    sign(&robot, "alice");
    robot.succeeds(&["lock", "robot.toml"]);
    let lock = text(&robot.read("robot.lock"));
    assert!(lock.contains("signed-by = \"alice "), "{lock}");
    assert!(
        lock.contains("reads = []"),
        "granted, and not declared:\n{lock}"
    );
    // The same component and the same key, for more of the robot.
    robot.edit(
        "config.requires",
        "config = { requires = \"arm\", reads = \"robot.test\" } #",
    );
    sign(&robot, "alice");
    robot.edit(
        "config = { requires = \"arm\", reads = \"robot.test\" } #",
        "config.requires",
    );
    let error = robot.fails(&["check", "robot.toml", "--locked"]);
    assert!(
        error.contains("plugin describes: reads: locked [], now [\"robot.test\"]"),
        "{error}"
    );
}

/// A robot whose plugin has to be Alice's, and that trusts Mallory as well.
fn signed_by_alice() -> TestRobot {
    let robot = robot(false);
    let mallory = format!(
        "\ntrusted.mallory = \"{}\"\n[mechanisms.arm]",
        public(&robot, "mallory")
    );
    robot.edit("[mechanisms.arm]", &mallory);
    robot.edit("mechanisms = [", "signed-by = \"alice\"\nmechanisms = [");
    robot
}

#[test]
fn a_plugin_that_has_to_be_of_one_signer_is_refused_from_everybody_else() {
    let robot = signed_by_alice();
    let refused = |expected: &str| {
        let error = robot.fails(CHECK);
        assert!(error.contains(expected), "no `{expected}` in\n{error}");
        assert!(
            error.contains("signed-by = \"alice\""),
            "no line in\n{error}"
        );
        let error = robot.fails(&["lock", "robot.toml"]);
        assert!(error.contains(expected), "no `{expected}` in\n{error}");
        let inspect = ["inspect", "describes.wasm", "--robot", "robot.toml"];
        let shown = robot.succeeds(&inspect);
        assert!(
            shown.contains("refused: ") && shown.contains(expected),
            "{shown}"
        );
        assert!(
            shown.contains("The robot requires a signature of alice."),
            "{shown}"
        );
        robot.fails(&["verify", "describes.wasm", "--robot", "robot.toml"]);
    };
    refused("it is not signed, and its `signed-by` says that `alice` has signed it");
    sign(&robot, "mallory");
    refused("it is signed by `mallory`, and its `signed-by` says that `alice` has signed it");
    let trusted = format!("trusted.mallory = \"{}\"", public(&robot, "mallory"));
    robot.edit(&trusted, "");
    refused("which this robot does not trust, and its `signed-by` says that `alice` has");
    sign(&robot, "alice");
    robot.succeeds(CHECK);
    robot.succeeds(&["verify", "describes.wasm", "--robot", "robot.toml"]);
    // The same key under two names is both.
    let twice = format!(
        "trusted.zoe = \"{}\"\n[mechanisms.arm]",
        public(&robot, "alice")
    );
    robot.edit("[mechanisms.arm]", &twice);
    robot.succeeds(CHECK);
    robot.edit("signed-by = \"alice\"", "signed-by = \"zoe\"");
    robot.succeeds(CHECK);
}

#[test]
fn a_signer_who_is_not_trusted_is_an_error_at_its_line() {
    let robot = signed_by_alice();
    sign(&robot, "alice");
    robot.edit("signed-by = \"alice\"", "signed-by = \"alise\"");
    let error = robot.fails(CHECK);
    for expected in [
        "there is no trusted key `alise`",
        "did you mean `alice`?",
        "signed-by = \"alise\"",
    ] {
        assert!(error.contains(expected), "no `{expected}` in\n{error}");
    }
    robot.edit("\"alise\"", "7");
    let error = robot.fails(CHECK);
    assert!(error.contains("`plugins.describes.signed-by`"), "{error}");
    let nobody =
        TestRobot::new("plugins.hello = { file = \"hello.wasm\", signed-by = \"acme\" }\n");
    let error = nobody.fails(CHECK);
    assert!(
        error.contains("add `trusted.acme = \"RW…\"` to [signatures]"),
        "{error}"
    );
}

#[test]
fn the_signer_that_is_required_is_locked() {
    let robot = signed_by_alice();
    sign(&robot, "alice");
    robot.succeeds(&["lock", "robot.toml"]);
    let lock = text(&robot.read("robot.lock"));
    assert!(lock.contains("\nsigner = \"alice\"\n"), "{lock}");
    robot.edit("signed-by = \"alice\"", "");
    let error = robot.fails(&["check", "robot.toml", "--locked"]);
    let expected = "plugin describes: signer: locked \"alice\", now not there";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_plugin_without_a_signature_is_told_where_somebody_is_trusted() {
    let robot = robot(false);
    let told = |arguments: &[&str]| {
        let output = robot.gantry(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stderr)
    };
    let expected = "plugin `describes` is not signed, and this robot trusts `alice`";
    let ways: &[&[&str]] = &[
        CHECK,
        &["run", "robot.toml", "--for", "100ms"],
        &["lock", "robot.toml"],
        &["check", "robot.toml", "--locked"],
        &["run", "robot.toml", "--locked", "--for", "100ms"],
    ];
    for arguments in ways {
        let said = told(arguments);
        assert_eq!(said.matches(expected).count(), 1, "{arguments:?}: {said}");
        assert!(said.contains("describes.wasm.minisig is missing"), "{said}");
        assert!(said.contains("robot.toml:7:"), "no line in\n{said}");
    }
    let inspect = ["inspect", "describes.wasm", "--robot", "robot.toml"];
    let warning = "warning: it is not signed, and the robot trusts `alice`";
    assert!(robot.succeeds(&inspect).contains(warning));
    sign(&robot, "alice");
    assert!(!told(CHECK).contains("not signed"));
    assert!(!robot.succeeds(&inspect).contains("warning"));
    // Nobody is trusted: nobody is missed.
    let nobody = TestRobot::new("plugins.hello.file = \"hello.wasm\"\n");
    let output = nobody.gantry(CHECK);
    assert!(output.status.success() && output.stderr.is_empty());
}

/// A disk that takes no more bytes.
#[cfg(unix)]
#[test]
fn nothing_is_left_of_keys_that_cannot_be_written() {
    let robot = robot(false);
    let names = || {
        let names = fs::read_dir(robot.folder.path()).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let files = names();
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" keygen bob"])
        .arg(env!("CARGO_BIN_EXE_gantry"))
        .current_dir(robot.folder.path())
        .output()
        .unwrap();
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("cannot write bob.key: "), "{error}");
    assert_eq!(names(), files);
    robot.succeeds(&["keygen", "bob"]);
}

#[test]
fn keys_are_private_and_never_replaced() {
    let robot = robot(false);
    let (secret, public) = (robot.read("alice.key"), robot.read("alice.pub"));
    let error = robot.fails(&["keygen", "alice"]);
    assert!(error.contains("alice.key is there already"), "{error}");
    fs::remove_file(robot.folder.path().join("alice.key")).unwrap();
    let error = robot.fails(&["keygen", "alice"]);
    assert!(error.contains("alice.pub is there already"), "{error}");
    assert!(
        !robot.folder.path().join("alice.key").exists(),
        "half a pair"
    );
    assert_eq!(robot.read("alice.pub"), public);
    assert_ne!(robot.read("mallory.key"), secret, "every key is another");
}

#[test]
fn a_signatures_file_has_nothing_but_the_signature() {
    let robot = robot(true);
    sign(&robot, "alice");
    let verify = ["verify", "describes.wasm", "--robot", "robot.toml"];
    let signature = signature(&robot);
    let write = |text: String| robot.write("describes.wasm.minisig", text.as_bytes());
    for rest in ["x", "\n", "\0", "# a comment\n", &signature] {
        write(format!("{signature}{rest}"));
        for arguments in [&verify[..], CHECK] {
            let refused = robot.fails(arguments);
            let expected = "not a signature in minisign's format, which has four lines;";
            assert!(refused.contains(expected), "{rest:?}: {refused}");
        }
    }
    // How lines end is the system's.
    for same in [
        signature.trim_end().to_owned(),
        signature.replace('\n', "\r\n"),
    ] {
        write(same);
        robot.succeeds(&verify);
    }
}

#[test]
fn a_key_has_a_name_that_a_robot_can_have_for_it() {
    let robot = TestRobot::new("");
    fs::create_dir(robot.folder.path().join("keys")).unwrap();
    for name in ["a\nb", "..", "two words", "a.b", "2nd", "keys/a\nb", "ключ"] {
        let before = fs::read_dir(robot.folder.path()).unwrap().count();
        let error = robot.fails(&["keygen", name]);
        let expected = "cannot be the name of a key: a name is made of letters, digits, `-` and `_`, and \
                        starts with a letter, such as `alice`";
        assert!(error.contains(expected), "{name:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        let after = fs::read_dir(robot.folder.path()).unwrap().count();
        assert_eq!(before, after, "{name:?}");
    }
    robot.succeeds(&["keygen", "keys/alice-2"]);
    assert!(robot.folder.path().join("keys/alice-2.pub").exists());
}

#[cfg(unix)]
#[test]
fn a_secret_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let robot = robot(false);
    let key = robot.folder.path().join("alice.key");
    let mode = fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = robot.fails(&["sign", "hello.wasm", "--key", "alice.key"]);
    assert!(
        error.contains("(mode 644); `chmod 600 alice.key` first"),
        "{error}"
    );
}

#[test]
fn what_is_not_a_secret_key_is_told_so() {
    let robot = robot(false);
    let sound = text(&robot.read("alice.key"));
    let line = sound.lines().nth(1).unwrap();
    // `Sc` after `Ed`: a key with a password, as minisign makes them unless told otherwise.
    let encrypted = line
        .replacen("RWQA", "RWRT", 1)
        .replacen("RWRTAE", "RWRTY0", 1);
    for (bad, expected) in [
        (sound.replace(line, &encrypted), "encrypted with a password"),
        (sound.replace(line, &line[..40]), "too short"),
        (sound.replace(line, &line[..line.len() - 4]), "wrong length"),
        (
            sound.replace(line, &line.replacen("AEIy", "AEIz", 1)),
            "not an Ed25519 key",
        ),
        (sound.replace(line, "not base64!"), "not Base64"),
        (String::new(), "no second line"),
    ] {
        robot.write("alice.key", bad.as_bytes());
        let error = robot.fails(&["sign", "hello.wasm", "--key", "alice.key"]);
        assert!(error.contains(expected), "no `{expected}` in\n{error}");
    }
    let mut damaged = line.to_owned();
    damaged.replace_range(100..101, if &line[100..101] == "A" { "B" } else { "A" });
    robot.write("alice.key", sound.replace(line, &damaged).as_bytes());
    let error = robot.fails(&["sign", "hello.wasm", "--key", "alice.key"]);
    assert!(error.contains("checksum is wrong"), "{error}");
    let error = robot.fails(&["sign", "hello.wasm", "--key", "nobody.key"]);
    assert!(error.contains("cannot read the key nobody.key"), "{error}");
    assert!(!robot.folder.path().join("hello.wasm.minisig").exists());
}

#[test]
fn a_plugin_that_cannot_say_what_it_asks_for_is_not_signed() {
    let robot = robot(false);
    robot.edit("config.requires = \"arm\"", "config.how = \"rejects\"");
    let error = robot.fails(&[
        "sign",
        "describes.wasm",
        "--key",
        "alice.key",
        "--robot",
        "robot.toml",
    ]);
    assert!(error.contains("it rejects its `config` table"), "{error}");
    assert!(!robot.folder.path().join("describes.wasm.minisig").exists());
}
