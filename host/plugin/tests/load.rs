//! What a plugin that cannot be loaded gets: an error that names it, the stage, the thing and the
//! remedy.

mod support;

use gantry_plugin::{ContractVersion, Plugin, Policy, Source, Stage, Trust, TrustedKey};
use gantry_scheduler::Value;
use gantry_test_guests::{DESCRIBES, KEEPS_LOCALS};
use support::{Bench, configured, source, trusting};

/// Loads a plugin called `bad` that grants nothing.
fn load(bytes: &[u8]) -> Result<Plugin, String> {
    load_with(bytes, &Policy::default())
}

fn load_with(bytes: &[u8], policy: &Policy) -> Result<Plugin, String> {
    Bench::new()
        .load_with("bad", bytes, policy)
        .map_err(|error| error.to_string())
}

/// What is wrong, without the plugin, its origin and the stage.
#[track_caller]
fn refused(bytes: &[u8], policy: &Policy, stage: Stage) -> String {
    let error = load_with(bytes, policy).unwrap_err();
    let start = format!("plugin `bad` (plugins/bad.wasm) was not loaded: {stage}: ");
    error
        .strip_prefix(&start)
        .unwrap_or_else(|| panic!("{error}"))
        .to_owned()
}

fn describes(entries: &[(&str, &str)], stage: Stage) -> String {
    let granted = configured(entries);
    refused(DESCRIBES, &granted, stage)
}

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

#[test]
fn a_file_that_is_not_there() {
    let error = Source::read("arm", std::path::Path::new("nowhere/arm.wasm")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `arm` (nowhere/arm.wasm) was not loaded: reading the file: No such file or \
         directory (os error 2); check the path and who may read it"
    );
}

#[test]
fn a_file_that_is_not_wasm() {
    assert_eq!(
        load(b"\x89PNG\r\n\x1a\n").unwrap_err(),
        "plugin `bad` (plugins/bad.wasm) was not loaded: parsing: it is not WebAssembly: it does \
         not begin with the bytes `\\0asm`"
    );
}

#[test]
fn a_core_module() {
    let module = component("(module (func (export \"run\")))");
    assert_eq!(
        refused(&module, &Policy::default(), Stage::Parse),
        "it is a core module, and plugins are components; build it for `wasm32-wasip2`, or wrap \
         it with `wasm-tools component new`"
    );
}

#[test]
fn a_file_that_is_not_the_one_that_is_meant() {
    let mut policy = Policy {
        digest: Some([0xab; 32]),
        ..Policy::default()
    };
    let found = source("bad", KEEPS_LOCALS).digest();
    assert_eq!(
        refused(KEEPS_LOCALS, &policy, Stage::Digest),
        format!(
            "its digest is sha256:{found}, and the robot's file says sha256:{}; put the right file \
             there, or write the new digest if the change is meant",
            "ab".repeat(32)
        )
    );
    let byte = |at: usize| u8::from_str_radix(&found[2 * at..2 * at + 2], 16).unwrap();
    policy.digest = Some(std::array::from_fn(byte));
    load_with(KEEPS_LOCALS, &policy).unwrap();
}

/// Of the text `test`, made by minisign itself: its crate's documentation has it.
const BY_MINISIGN: &str = "untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==
";

#[test]
fn a_signature_that_minisign_made_is_genuine_and_declares_nothing() {
    let public = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let policy = Policy {
        trust: Trust {
            keys: vec![TrustedKey::new("frank", public).unwrap()],
            required: true,
            signer: None,
        },
        ..Policy::default()
    };
    let verdict = |bytes: &[u8]| {
        let signed = Source {
            signature: Some(BY_MINISIGN.to_owned()),
            ..source("bad", bytes)
        };
        let error = signed.admit(&policy).unwrap_err();
        assert_eq!(error.stage, Stage::Signature);
        error.kind.to_string()
    };
    let genuine = verdict(b"test");
    assert!(
        genuine.starts_with("the signature of `frank` is genuine, but"),
        "{genuine}"
    );
    assert!(genuine.contains("declares no policy"), "{genuine}");
    let tampered = verdict(b"Test");
    assert!(
        tampered.starts_with("the signature of `frank` does not fit"),
        "{tampered}"
    );
    assert!(TrustedKey::new("x", &public[..55]).is_err());
    assert_eq!(policy.trust.keys[0].id().to_string(), "E7620F1842B4E81F");
}

#[test]
fn a_half_written_file() {
    let half = &KEEPS_LOCALS[..KEEPS_LOCALS.len() / 2];
    assert_eq!(
        refused(half, &Policy::default(), Stage::Parse),
        format!(
            "it ends in the middle, after {} bytes; it may not have been copied to its end",
            half.len()
        )
    );
}

#[test]
fn a_component_for_another_world() {
    let text = r#"(component
        (instance $i (export "x" (func $f)))
        (export "wasi:cli/run@0.2.6" (instance $i)))"#;
    let empty = component(&text.replace("(export \"x\" (func $f))", ""));
    assert_eq!(
        refused(&empty, &Policy::default(), Stage::Contract),
        "it does not export `gantry:command/plugin`, so it is not a Gantry plugin (it exports \
         wasi:cli/run@0.2.6); build it for the world `command-plugin` of gantry:command@0.1"
    );
}

#[test]
fn a_component_of_another_version() {
    let newer = component(
        r#"(component (instance $i) (export "gantry:command/plugin@0.9.0" (instance $i)))"#,
    );
    assert_eq!(
        refused(&newer, &Policy::default(), Stage::Contract),
        "it speaks version 0.9.0 of the contract, and this host speaks gantry:command@0.1; build \
         it for one of these, or run it on another host"
    );
}

#[test]
fn a_component_that_exports_the_name_but_not_the_functions() {
    let hollow = component(
        r#"(component (instance $i) (export "gantry:command/plugin@0.1.0" (instance $i)))"#,
    );
    let error = refused(&hollow, &Policy::default(), Stage::Contract);
    assert!(
        error.starts_with("it does not fit the contract: "),
        "{error}"
    );
    assert!(error.contains("describe"), "{error}");
}

#[test]
fn an_import_that_is_not_allowed() {
    let nosy = component(
        r#"(component
            (import "wasi:http/outgoing-handler@0.2.0" (instance))
            (instance $i)
            (export "gantry:command/plugin@0.1.0" (instance $i)))"#,
    );
    assert_eq!(
        refused(&nosy, &Policy::default(), Stage::Imports),
        "the import `wasi:http/outgoing-handler@0.2.0` is not allowed; a plugin may import \
         gantry:command@0.1 and WASI 0.2 (without `wasi:http`), and nothing else"
    );
}

#[test]
fn an_import_of_another_type_than_in_the_contract() {
    let strange = component(
        r#"(component
            (import "gantry:command/clock@0.1.0" (instance (export "now" (func (result string)))))
            (instance $i)
            (export "gantry:command/plugin@0.1.0" (instance $i)))"#,
    );
    let error = refused(&strange, &Policy::default(), Stage::Imports);
    assert!(
        error.contains("gantry:command/clock@0.1.0") && error.contains("now"),
        "{error}"
    );
}

#[test]
fn damaged_code() {
    let mut damaged = KEEPS_LOCALS.to_vec();
    let middle = damaged.len() / 3;
    damaged[middle..middle + 64].fill(0xff);
    let error = load(&damaged).unwrap_err();
    assert!(
        error.contains("parsing: it is damaged") || error.contains("compiling: it is not valid"),
        "{error}"
    );
}

#[test]
fn a_plugin_that_traps_in_describe() {
    let error = describes(&[("how", "traps")], Stage::Describe);
    assert!(error.starts_with("trap: "), "{error}");
    assert!(error.contains("\n    at "), "{error}");
}

#[test]
fn a_plugin_that_loops_in_describe() {
    assert_eq!(
        describes(&[("how", "loops")], Stage::Describe),
        "it did not answer within 4s of computing; `describe` only says what the plugin offers"
    );
}

#[test]
fn a_plugin_that_suspends_in_describe() {
    let expected = "`yield` was called before the command runs; `describe` must not suspend";
    assert!(describes(&[("how", "suspends")], Stage::Describe).starts_with(expected));
    let slept = describes(&[("how", "sleeps")], Stage::Describe);
    assert!(slept.starts_with("`a sleep` was called before"), "{slept}");
}

#[test]
fn a_plugin_that_rejects_its_configuration() {
    assert_eq!(
        describes(&[("how", "rejects")], Stage::Describe),
        "it rejects its `config` table: `pid.kp` is -1 and must be positive"
    );
}

#[test]
fn commands_described_twice() {
    assert_eq!(
        describes(&[("second", "raise")], Stage::Check),
        "the command `raise` is described twice; each needs a name of its own"
    );
    assert_eq!(
        describes(&[("second", "Raise It")], Stage::Check),
        "`Raise It` cannot be the name of a command; use lower-case words joined by `-`"
    );
}

#[test]
fn requirements_that_are_unknown_or_not_granted() {
    assert_eq!(
        describes(&[("requires", "arms")], Stage::Grants),
        "`raise` requires the mechanism `arms`, which this robot does not have; did you mean `arm`?"
    );
    assert_eq!(
        describes(&[("requires", "lift")], Stage::Grants),
        "`raise` requires the mechanism `lift`, which was not granted; add it to the plugin's \
         `mechanisms`"
    );
}

#[test]
fn channels_that_are_unknown_or_not_granted() {
    assert_eq!(
        describes(&[("reads", "arm.angel")], Stage::Grants),
        "it reads the channel `arm.angel`, which this robot does not have; did you mean \
         `arm.angle`?"
    );
    assert_eq!(
        describes(&[("reads", "secret.*")], Stage::Grants),
        "it reads the channel `secret.*`, which was not granted; add it to the plugin's `reads`"
    );
}

#[test]
fn topics_that_are_not_granted() {
    assert_eq!(
        describes(&[("publishes", "drive/pose")], Stage::Grants),
        "it publishes `drive/pose`, which was not granted; add it to the plugin's `publishes`"
    );
}

#[test]
fn more_memory_than_the_limit() {
    let mut policy = Policy::default();
    policy.limits.memory = 64 << 10;
    let error = refused(KEEPS_LOCALS, &policy, Stage::Compile);
    assert!(error.starts_with("it starts with 1."), "{error}");
    assert!(
        error.contains("its limit is 64.0 KiB; raise `limits.memory`"),
        "{error}"
    );
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = gantry_plugin::Folder::new("nowhere", false);
    let policy = Policy {
        folder: Some(folder),
        ..Policy::default()
    };
    assert_eq!(
        refused(DESCRIBES, &policy, Stage::Grants),
        "the folder nowhere cannot be granted: No such file or directory (os error 2); make it, \
         or take the grant out"
    );
}

#[test]
fn what_fails_to_load_does_not_disturb_what_runs() {
    let mut bench = Bench::new();
    bench.load("counter", KEEPS_LOCALS);
    let count = bench.schedule("counter/count");
    bench.tick();
    for how in ["traps", "loops", "rejects"] {
        assert!(
            bench
                .load_with("bad", DESCRIBES, &configured(&[("how", how)]))
                .is_err()
        );
        bench.tick();
    }
    assert!(count.is_running());
    assert!(bench.robot.registry.plugin("bad").is_none());
}

#[test]
fn a_sound_plugin_is_described() {
    let bench = Bench::new();
    let plugin = bench.load("arm", DESCRIBES);
    let raise = plugin.description().command("raise").unwrap();
    assert_eq!(
        (raise.priority, raise.parameters[0].unit.as_str()),
        (3, "m")
    );
    assert_eq!(plugin.contract_version(), ContractVersion::V0_1);
    assert_eq!(plugin.digest().len(), 64);
}

#[test]
fn arguments_are_checked_when_a_command_is_made() {
    let bench = Bench::new();
    bench.load("arm", DESCRIBES);
    let error = |name: &str, arguments: &[(&str, Value)]| {
        let arguments = arguments
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.clone()))
            .collect();
        bench
            .robot
            .registry
            .command(name, arguments)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("raise", &[]),
        "`raise` does not name a command; write `plugin/command`"
    );
    assert_eq!(
        error("amr/raise", &[]),
        "there is no plugin `amr`; did you mean `arm`?"
    );
    assert_eq!(
        error("arm/rise", &[]),
        "plugin `arm` has no command `rise`; did you mean `raise`?"
    );
    assert_eq!(
        error("arm/raise", &[]),
        "`arm/raise` needs the argument `height`, a number in m"
    );
    assert_eq!(
        error("arm/raise", &[("height", Value::Text("high".into()))]),
        "the argument `height` of `arm/raise` is a number in m, not a text"
    );
    let height = ("height", Value::Integer(1));
    assert_eq!(
        error(
            "arm/raise",
            &[height.clone(), ("hight", Value::Number(1.0))]
        ),
        "`arm/raise` has no parameter `hight`; did you mean `height`?"
    );
    assert_eq!(
        error("arm/raise", &[height.clone(), height.clone()]),
        "`arm/raise` is given the argument `height` twice"
    );
}

#[test]
fn a_whole_number_will_do_for_a_number() {
    let mut bench = Bench::new();
    bench.load("arm", DESCRIBES);
    let arguments = vec![("height".to_owned(), Value::Integer(2))];
    let command = bench
        .robot
        .registry
        .command("arm/raise", arguments)
        .unwrap();
    assert!(bench.scheduler.schedule(&command).is_success());
    bench.tick();
    assert_eq!(bench.ended("arm/raise").as_deref(), Some("completed 2"));
}

#[test]
fn an_inspection_tells_what_is_in_a_file() {
    let bench = Bench::new();
    let policy = configured(&[("pid.kp", "4"), ("requires", "warp-core")]);
    let inspection = bench
        .runtime
        .inspect(&source("arm", DESCRIBES), &policy)
        .unwrap();
    assert_eq!(inspection.sizes.component, DESCRIBES.len() as u64);
    assert!(inspection.sizes.code > 0 && inspection.sizes.initial_memory >= 1 << 16);
    assert!(
        inspection
            .imports
            .contains(&"gantry:command/config@0.1.0".to_owned())
    );
    assert_eq!(inspection.exports, ["gantry:command/plugin@0.1.0"]);
    let json = serde_json::to_value(&inspection).unwrap();
    assert_eq!(json["contract"], "gantry:command@0.1");
    assert_eq!(
        json["description"]["commands"][0]["requirements"][0],
        "warp-core"
    );
    assert_eq!(
        json["description"]["commands"][0]["parameters"][0]["kind"],
        "number"
    );
    let silent = bench.runtime.inspect(
        &source("arm", DESCRIBES),
        &configured(&[("how", "rejects")]),
    );
    let problem = silent.unwrap().problem.unwrap();
    assert!(problem.contains("`pid.kp` is -1"), "{problem}");
}

#[test]
fn grants_of_everything_are_enough() {
    let mut policy = trusting();
    for (key, value) in [
        ("requires", "arm"),
        ("reads", "arm.*"),
        ("publishes", "any/*"),
    ] {
        policy
            .config
            .insert(key.to_owned(), Value::Text(value.into()));
    }
    let plugin = load_with(DESCRIBES, &policy).unwrap();
    assert_eq!(plugin.description().commands[0].requirements, ["arm"]);
}

#[test]
fn a_command_of_the_hosts_own_is_one_object_and_takes_no_arguments() {
    let bench = Bench::new();
    let registry = &bench.robot.registry;
    let stow = gantry_scheduler::delay(std::time::Duration::ZERO);
    assert!(
        registry
            .insert_command("robot/stow", stow.clone())
            .is_none()
    );
    let found = registry.command("robot/stow", Vec::new()).unwrap();
    assert!(found.same(&stow));
    let arguments = vec![("fast".to_owned(), Value::Boolean(true))];
    let error = registry.command("robot/stow", arguments).unwrap_err();
    assert_eq!(error.to_string(), "`robot/stow` has no parameter `fast`");
    assert!(registry.insert_command("robot/stow", stow).is_some());
}
