//! `conform`, as a user runs it, on every vector there is and on some that are wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// One command that yields once. `LOG` is what it logs, `END` how the trace ends.
const VECTOR: &str = r#"{"name":"small","scenario":{"period_ms":20,"mechanisms":["arm"],"commands":{"a":{"requires":["arm"],"priority":0,"body":[["yield"],["log","LOG"]]}},"ticks":[{"schedule":["a"]},{}]},"expect":{"before_tick":null,"reference_bugs":[],"events":[[0,"scheduled","a"],[1,"log","a","hello"],[1,"END","a"]],"ticks":[{"running":["a"],"queued":[],"parents":{}},{"running":[],"queued":[],"parents":{}}]}}"#;

#[test]
fn every_recorded_vector_passes_with_both_kinds_of_bodies() {
    let files = [vectors("rules.jsonl"), vectors("random.jsonl")];
    let output = conform(["--body", "both"], &files);
    assert_eq!(last_line(&output), "conform: 1193 passed, 0 failed");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_once_failed_at_random_passes() {
    let file = vectors("found.jsonl");
    let count = std::fs::read_to_string(&file).unwrap().lines().count();
    assert!(count > 0);
    let output = conform(["--body", "both"], &[file]);
    assert_eq!(
        last_line(&output),
        format!("conform: {count} passed, 0 failed"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn a_mismatch_is_shown_side_by_side_and_fails() {
    let folder = TempDir::new().unwrap();
    let good = VECTOR.replace("LOG", "hello").replace("END", "completed");
    let bad = VECTOR.replace("LOG", "goodbye").replace("END", "completed");
    let file = file(&folder, &format!("{good}\n{bad}\n"));
    for body in ["native", "wasm"] {
        let output = conform(["--body", body], std::slice::from_ref(&file));
        let expected = format!(
            "small: {body} bodies: differ from the reference in tick 1
    expected                    actual
  | log a hello               | log a goodbye
    completed a                 completed a
    -- at the end of the tick   -- at the end of the tick


conform: 1 passed, 1 failed
"
        );
        assert_eq!(text(&output.stdout), expected);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_line_that_is_no_vector_counts_as_failed_and_is_named() {
    let folder = TempDir::new().unwrap();
    let good = VECTOR.replace("LOG", "hello").replace("END", "completed");
    let lines = [
        good.as_str(),
        "{\"name\":",
        &good.replace("[\"yield\"]", "[\"yeild\"]"),
        &good.replace("\"schedule\":[\"a\"]", "\"schedule\":[\"b\"]"),
        &good.replace("\"priority\"", "\"priorty\""),
    ];
    let output = conform(["--body", "both"], &[file(&folder, &lines.join("\n"))]);
    let said = text(&output.stdout);
    for expected in [
        "vectors.jsonl:2: not a vector: EOF while parsing",
        "vectors.jsonl:3: not a vector: there is no operation `yeild`; there are yield, log,",
        "small: cannot be played: the step before tick 0: there is no command `b`",
        "vectors.jsonl:5: not a vector: unknown field `priorty`",
    ] {
        assert!(said.contains(expected), "{expected:?} is not in\n{said}");
    }
    assert_eq!(last_line(&output), "conform: 1 passed, 4 failed");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_its_own() {
    let output = conform(["--body", "native"], &[PathBuf::from("nowhere.jsonl")]);
    let said = text(&output.stderr);
    assert!(
        said.starts_with("conform: cannot read nowhere.jsonl: "),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_vector_is_explained_in_words() {
    let folder = TempDir::new().unwrap();
    let good = VECTOR.replace("LOG", "hello").replace("END", "completed");
    let file = file(&folder, &good);
    let output = conform(["--explain", "small"], std::slice::from_ref(&file));
    let expected = "small
  a tick every 20 ms
  mechanisms arm

  command a, requires arm
    yield
    log hello

what the reference did
  tick 0, after: schedule a
      scheduled a
    running a
  tick 1
      log a hello
      completed a
    running nothing

what we do, with native bodies
  tick 0, after: schedule a
      scheduled a
      mounted a
      yielded a
    running a
  tick 1
      mounted a
      log a hello
      completed a
    running nothing
";
    assert_eq!(text(&output.stdout), expected);
    let output = conform(["--explain", "smal"], &[file]);
    let said = text(&output.stderr);
    assert!(
        said.contains("no vector") || said.contains("none of the files"),
        "{said}"
    );
    assert!(said.contains("there are small"), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

fn conform<const N: usize>(options: [&str; N], files: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conform"))
        .args(options)
        .args(files)
        .output()
        .expect("conform runs")
}

fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(name)
}

fn file(folder: &TempDir, lines: &str) -> PathBuf {
    let path = folder.path().join("vectors.jsonl");
    std::fs::write(&path, lines).unwrap();
    path
}

fn last_line(output: &Output) -> String {
    text(&output.stdout)
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
