//! The standard library of a guest meets a closed world.

mod support;

use gantry_plugin::{Folder, Policy};
use gantry_test_guests::USES_STD;
use support::{Bench, PERIOD, trusting};

fn bench() -> Bench {
    let bench = Bench::new();
    bench.load("std", USES_STD);
    bench
}

#[test]
fn a_sleep_is_a_scheduler_wait() {
    let mut bench = bench();
    let command = bench.schedule("std/sleeps");
    bench.ticks(3);
    assert!(command.is_running());
    bench.tick();
    // 50 ms are over at the first tick after them, and the clock is the tick's.
    assert_eq!(
        bench.ended("std/sleeps").as_deref(),
        Some("completed \"60ms\"")
    );
}

#[test]
fn clocks_show_the_ticks_time() {
    let mut bench = bench();
    bench.ticks(2);
    let ended = bench.finish("std/tells-time");
    let expected = std::time::Duration::from_secs(1_767_225_600) + 2 * PERIOD;
    assert_eq!(ended, format!("completed \"{expected:?}\""));
}

#[test]
fn output_goes_to_the_log_line_by_line() {
    let mut bench = bench();
    bench.finish("std/prints");
    let expected = [
        "info std/prints out \\u{1b}[31mred",
        "warn std/prints err",
        "info std/prints no end",
    ];
    assert_eq!(bench.log.lines(), expected);
}

#[test]
fn random_is_seeded() {
    let (first, second) = (bench().finish("std/draws"), bench().finish("std/draws"));
    assert_eq!(first, second);
    let mut bench = bench();
    assert_eq!(bench.finish("std/draws"), first);
    assert_ne!(bench.finish("std/draws"), first);
}

#[test]
fn a_warm_instance_draws_the_same() {
    let cold = bench().finish("std/draws");
    let mut warm = bench();
    warm.runtime.maintain();
    assert_eq!(warm.finish("std/draws"), cold);
}

#[test]
fn there_is_nothing_to_see() {
    let ended = bench().finish("std/looks-around");
    assert!(ended.starts_with("completed \"0 0 Err("), "{ended}");
    assert_eq!(
        bench().finish("std/reads-input"),
        "completed \"Ok(\\\"\\\")\""
    );
}

#[test]
fn sockets_are_denied() {
    assert_eq!(bench().finish("std/connects"), "completed \"true true\"");
}

fn with_folder(write: bool) -> (tempfile::TempDir, Bench) {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("data");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    std::fs::write(inside.join("notes.txt"), "notes").unwrap();
    let bench = Bench::new();
    let policy = Policy {
        folder: Some(Folder::new(inside, write)),
        ..trusting()
    };
    bench.load_with("std", USES_STD, &policy).unwrap();
    (folder, bench)
}

#[test]
fn a_granted_folder_can_be_read_but_not_left() {
    let (folder, mut bench) = with_folder(false);
    assert_eq!(
        bench.finish("std/reads-a-file"),
        "completed \"Ok(\\\"notes\\\")\""
    );
    let ended = bench.finish("std/writes-a-file");
    assert!(
        ended.starts_with("completed \"Err(") && ended.ends_with(" Err(())\""),
        "{ended}"
    );
    assert!(!folder.path().join("data/written.txt").exists());
}

#[test]
fn a_folder_granted_for_writing_can_be_written() {
    let (folder, mut bench) = with_folder(true);
    assert_eq!(
        bench.finish("std/writes-a-file"),
        "completed \"Ok(()) Err(())\""
    );
    let written = std::fs::read_to_string(folder.path().join("data/written.txt")).unwrap();
    assert_eq!(written, "by the guest");
}
