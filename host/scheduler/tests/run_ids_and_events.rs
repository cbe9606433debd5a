//! The event trace.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gantry_scheduler::{Command, Event, Mechanisms, Observer, RunId, Scheduler};
use support::Bench;

#[derive(Clone, Default)]
struct Ids(Arc<Mutex<Vec<Told>>>);

type Told = (RunId, Option<RunId>, Duration, String);

impl Observer for Ids {
    fn event(&mut self, event: &Event<'_>) {
        let name = event.kind.name().to_owned();
        self.0
            .lock()
            .expect("ids")
            .push((event.run, event.parent, event.tick.time, name));
    }
}

#[test]
fn ids_only_grow_and_events_carry_the_run_its_parent_and_the_ticks_time() {
    let ids = Ids::default();
    let mechanisms = Arc::new(Mechanisms::new(["arm"]).expect("names"));
    let mut scheduler = Scheduler::new(mechanisms, Box::new(ids.clone()));
    let child = Command::builder("child").build_async(|_| async { Ok(None) });
    let parent = Command::builder("parent").build_async(move |co| {
        let child = child.clone();
        async move { co.fork(&[child]).await.map(|()| None) }
    });
    for tick in 1..=2 {
        scheduler.schedule(&parent);
        scheduler.tick(Duration::from_secs(tick));
    }
    let events = std::mem::take(&mut *ids.0.lock().expect("ids"));
    let (zero, one, two) = (
        Duration::ZERO,
        Duration::from_secs(1),
        Duration::from_secs(2),
    );
    let event = |run, parent: Option<u64>, time, name: &str| {
        (RunId(run), parent.map(RunId), time, name.to_owned())
    };
    assert_eq!(
        events,
        [
            event(1, None, zero, "scheduled"),
            event(1, None, one, "mounted"),
            event(2, Some(1), one, "scheduled"),
            event(2, Some(1), one, "mounted"),
            event(2, Some(1), one, "completed"),
            event(1, None, one, "completed"),
            event(3, None, one, "scheduled"),
            event(3, None, two, "mounted"),
            event(4, Some(3), two, "scheduled"),
            event(4, Some(3), two, "mounted"),
            event(4, Some(3), two, "completed"),
            event(3, None, two, "completed"),
        ]
    );
}

#[test]
fn a_body_is_mounted_when_it_really_runs_and_yielded_when_it_is_suspended() {
    let mut bench = Bench::new().with_turns();
    let a = bench.yields("a", &[], 1);
    bench.start(&[&a]);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "0 mounted a",
        "0 yielded a",
        "1 mounted a",
        "1 completed a",
    ]);
}

#[test]
fn events_between_two_ticks_carry_the_number_of_the_tick_that_is_about_to_run() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &[]);
    bench.start(&[&a]);
    bench.scheduler.cancel(&a);
    bench.expect(&["0 scheduled a", "1 a: cleanup", "1 canceled a"]);
}
