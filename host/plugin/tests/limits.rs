//! What all runs of one plugin together may take, and what happens when they want more.

mod support;

use std::time::Duration;

use gantry_plugin::{Folder, Limit, Limits, Policy};
use gantry_test_guests::{FORKS, HOGS, HOSTILE, KEEPS_LOCALS};
use support::{Bench, trusting};

fn limited(change: impl FnOnce(&mut Limits)) -> Policy {
    let mut policy = trusting();
    change(&mut policy.limits);
    policy
}

#[test]
fn more_live_runs_than_the_limit_fail_at_once_and_say_why() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.live_runs = Some(3));
    bench.load_with("counter", KEEPS_LOCALS, &policy).unwrap();
    let runs: Vec<_> = (0..5).map(|_| bench.schedule("counter/count")).collect();
    bench.tick();
    let running: Vec<_> = runs.iter().filter(|run| run.is_running()).collect();
    assert_eq!(running.len(), 3);
    assert_eq!(
        bench.ended("counter/count").unwrap(),
        "failed the plugin has 3 live runs, which is the most (`limits.live-runs`)"
    );
    bench.scheduler.cancel(running[0]);
    let another = bench.schedule("counter/count");
    bench.tick();
    assert!(another.is_running(), "one that is over makes room");
}

#[test]
fn one_plugin_leaves_room_for_the_others_by_default() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    // The pool has room for 64.
    let runs: Vec<_> = (0..70).map(|_| bench.schedule("hogs/loops")).collect();
    bench.tick();
    assert_eq!(runs.iter().filter(|run| run.is_running()).count(), 48);
    let counting = bench.schedule("counter/count");
    bench.ticks(3);
    assert!(counting.is_running());
}

#[test]
fn log_lines_of_a_second_are_cut_and_told_in_one_line() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.log_lines_per_second = 50);
    let hogs = bench.load_with("hogs", HOGS, &policy).unwrap();
    for tick in 0..100 {
        assert_eq!(hogs.review(bench.now()), None);
        if tick == 0 || tick == 60 {
            bench.schedule("hogs/floods-the-log");
        }
        bench.tick();
    }
    let lines = bench.log.lines();
    let (told, others): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|line| line.contains("over 50 in one second"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("warn hogs "), "{told:?}");
    assert_eq!(others.len(), 2 * 50);
}

#[test]
fn a_run_that_hands_over_too_many_bytes_in_one_tick_fails() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.bytes_per_tick = 1000);
    bench.load_with("hogs", HOGS, &policy).unwrap();
    let ended = bench.finish("hogs/floods-the-log");
    assert!(
        ended.starts_with(
            "failed the plugin has handed the host 994 bytes in this tick, and 8 bytes more are \
             too many; 1000 bytes is the most (`limits.bytes-per-tick`)"
        ),
        "{ended}"
    );
    let done = bench.finish("hogs/works-a-while");
    assert!(done.starts_with("completed"), "{done}");
}

#[test]
fn messages_of_failures_count_when_they_are_handed_back() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.bytes_per_tick = 1 << 20);
    bench.load_with("hostile", HOSTILE, &policy).unwrap();
    let ended = bench.finish("hostile/awaits-failures");
    let expected = "failed the plugin has handed the host 0 bytes in this tick, and 1.2 MiB more";
    assert!(ended.starts_with(expected), "{ended}");
}

#[test]
fn forks_beyond_the_limit_of_a_tick_are_refused_and_said_so() {
    for most in [1, 1000] {
        let mut bench = Bench::new();
        let policy = limited(|limits| limits.forks_per_tick = most);
        bench.load_with("forks", FORKS, &policy).unwrap();
        let ended = bench.finish("forks/parent");
        let refused = ended.contains("may start 1 (`limits.forks-per-tick`)");
        assert_eq!(refused, most == 1, "{ended}");
    }
}

#[test]
fn runs_that_together_compute_for_too_long_take_turns_and_none_of_them_starves() {
    let mut bench = Bench::new();
    // Room for two of them, about, in each tick.
    let policy = limited(|limits| limits.time_per_tick = Some(Duration::from_millis(2)));
    let crowd = bench.load_with("hostile", HOSTILE, &policy).unwrap();
    bench.load("counter", KEEPS_LOCALS);
    let runs: Vec<_> = (0..10)
        .map(|_| bench.schedule("hostile/uses-its-slice"))
        .collect();
    let counting = bench.schedule("counter/count");
    for _ in 0..100 {
        let before = crowd.statistics().fuel;
        bench.tick();
        let work = crowd.statistics().fuel - before;
        assert!(work <= 2_000_000, "{work} instructions in a tick");
    }
    assert!(
        runs.iter().all(gantry_scheduler::Command::is_running),
        "the one that starves is canceled after 25 ticks"
    );
    assert!(counting.is_running());
    let events = bench.take_events();
    assert!(
        !events
            .iter()
            .any(|event| event.contains("counter/count preempted"))
    );
    let told = crowd.take_exceeded(bench.now()).unwrap();
    assert_eq!(told.limit, Limit::TimePerTick);
    assert!(
        told.message.starts_with("its runs have computed for"),
        "{}",
        told.message
    );
}

#[test]
fn cleanups_of_a_crowd_have_what_is_left_and_a_quarter_of_the_period() {
    let mut bench = Bench::new();
    let crowd = bench.load("hostile", HOSTILE);
    let runs: Vec<_> = (0..40)
        .map(|_| bench.schedule("hostile/endless-loop-in-cleanup"))
        .collect();
    bench.tick();
    let before = crowd.statistics().fuel;
    for run in &runs {
        bench.scheduler.cancel(run);
    }
    let work = crowd.statistics().fuel - before;
    // Half of 20 ms, a quarter, and what one cleanup of 5 ms takes beyond.
    assert!((5_000_000..=10_000_000).contains(&work), "{work}");
    assert!(!runs.iter().any(gantry_scheduler::Command::is_running));
}

#[test]
fn a_plugin_cannot_bring_more_topics_into_the_world_than_it_may() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.topics = 3);
    bench.load_with("hostile", HOSTILE, &policy).unwrap();
    let ended = bench.finish("hostile/topic-flood");
    assert_eq!(
        ended,
        "failed the plugin has 3 topics, which is the most; `hostile.3` was not published \
         (`limits.topics`)"
    );
    let topics = &bench.robot.topics;
    assert!(topics.find("hostile.2").is_some() && topics.find("hostile.3").is_none());
}

#[test]
fn another_plugins_command_needs_a_grant_and_an_own_one_does_not() {
    for (granted, starts) in [
        ("innocent/*", true),
        ("inno*", true),
        ("innocent/count", false),
        ("other/*", false),
    ] {
        let mut bench = Bench::new();
        bench.load("innocent", KEEPS_LOCALS);
        let policy = Policy {
            commands: vec![granted.into()],
            ..trusting()
        };
        bench.load_with("hostile", HOSTILE, &policy).unwrap();
        let ended = bench.finish("hostile/foreign-command");
        let expected = match starts {
            // This plugin has no such command.
            true => "failed plugin `innocent` has no command `holds`",
            false => {
                "failed starting `innocent/holds` was not granted; the plugin's `commands` in the \
                 robot's file must name it"
            }
        };
        assert_eq!(ended, expected, "{granted}");
    }
    let mut bench = Bench::new();
    let policy = Policy {
        commands: Vec::new(),
        ..trusting()
    };
    bench.load_with("forks", FORKS, &policy).unwrap();
    assert!(bench.finish("forks/parent").starts_with("completed"));
}

#[test]
fn what_a_plugin_does_with_its_folder_is_limited_and_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("inside.txt"), "").unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let mut policy = limited(|limits| {
        limits.open_files = 3;
        limits.folder_bytes = 1 << 20;
        limits.folder_files = 20;
    });
    policy.folder = Some(Folder::new(folder.path(), true));
    let mut bench = Bench::new();
    let plugin = bench.load_with("hostile", HOSTILE, &policy).unwrap();
    for (command, limit, says) in [
        (
            "hostile/folder-open-files",
            Limit::OpenFiles,
            "its runs have 3 files open, which is the most; another was not opened",
        ),
        (
            "hostile/folder-many-files",
            Limit::FolderFiles,
            "it has made 20 files in its folder since it was loaded, which is the most; those that \
             it removes do not count",
        ),
    ] {
        bench.finish(command);
        let told = plugin.take_exceeded(bench.now()).unwrap();
        assert_eq!((told.limit, &*told.message), (limit, says));
    }
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let _ = std::fs::remove_file(entry.unwrap().path());
    }
    std::fs::write(folder.path().join("big"), "").unwrap();
    let ended = bench.finish("hostile/folder-fill");
    assert!(ended.starts_with("failed 16: "), "{ended}");
    let told = plugin.take_exceeded(bench.now()).unwrap();
    let says = "it has written 1.0 MiB to its folder since it was loaded and may write 1.0 MiB";
    assert_eq!((told.limit, &*told.message), (Limit::FolderBytes, says));
}
