//! Work is proportional to what is touched: resumes and looks at conditions, counted.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gantry_scheduler::{Command, Event, EventKind, Mechanisms, Observer, Scheduler};
use support::Flag;

#[derive(Clone, Default)]
struct Resumes(Arc<AtomicU64>);

impl Observer for Resumes {
    fn event(&mut self, event: &Event<'_>) {
        if let EventKind::Mounted = event.kind {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_tick_resumes_those_that_have_something_to_do_and_looks_at_no_more_than_is_waited_for() {
    const MANY: u64 = if cfg!(miri) { 30 } else { 1_000 };
    let resumes = Resumes::default();
    let mechanisms = Arc::new(Mechanisms::new(["arm"]).expect("names"));
    let mut scheduler = Scheduler::new(mechanisms, Box::new(resumes.clone()));
    let flag = Flag::default();
    let mut schedule = |command: Command| assert!(scheduler.schedule(&command).is_success());
    for _ in 0..MANY {
        schedule(
            Command::builder("parks")
                .build_async(|co| async move { co.park().await.map(|_| None) }),
        );
        schedule(Command::builder("waits").build_async(|co| async move {
            co.wait(Duration::from_secs(1000)).await.map(|()| None)
        }));
        let child = Command::builder("child")
            .build_async(|co| async move { co.park().await.map(|_| None) });
        schedule(Command::builder("awaits").build_async(move |co| {
            let child = child.clone();
            async move { co.await_one(&child).await.map(|_| None) }
        }));
        let signal = flag.signal();
        schedule(Command::builder("waits until").build_async(move |co| {
            let signal = signal.clone();
            async move { co.wait_until(&signal).await.map(|()| None) }
        }));
    }
    for _ in 0..3 {
        schedule(Command::builder("yields").build_async(|co| async move {
            loop {
                co.yield_now().await?;
            }
        }));
    }
    scheduler.tick(Duration::from_millis(20));
    assert_eq!(resumes.0.swap(0, Ordering::Relaxed), 5 * MANY + 3);
    assert_eq!(flag.looks(), MANY);
    for tick in 2..12 {
        scheduler.tick(Duration::from_millis(20 * tick));
    }
    assert_eq!(resumes.0.load(Ordering::Relaxed), 10 * 3);
    assert_eq!(flag.looks(), 11 * MANY);
}
