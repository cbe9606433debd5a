//! A steady tick allocates nothing.
#![allow(
    unsafe_code,
    reason = "an allocator that counts can only be written with it"
)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{Binding, Command, Edge, Mechanisms, Scheduler, Signal, coroutine};
use support::Flag;

thread_local! {
    /// Allocations of this thread; the test harness has others.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is handed on to the system's allocator as it is; the counter is a plain
// thread-local number that needs neither memory nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and `alloc` is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `realloc`, and `alloc` is the system's.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
#[cfg_attr(
    miri,
    ignore = "counts what the others have run under Miri already, for minutes"
)]
fn a_steady_tick_allocates_nothing() {
    let names: Vec<String> = (0..20).map(|index| format!("m{index}")).collect();
    let mechanisms = Arc::new(Mechanisms::new(names).expect("names"));
    let mut scheduler = Scheduler::new(mechanisms.clone(), Box::new(()));
    let flag = Flag::default();
    let mut commands = Vec::new();
    for _ in 0..1_000 {
        commands.push(Command::builder("yields").build_async(|co| async move {
            loop {
                co.yield_now().await?;
            }
        }));
        commands.push(Command::builder("waits").build_async(|co| async move {
            loop {
                co.wait(Duration::from_millis(50)).await?;
            }
        }));
        let signal = flag
            .signal()
            .both(&flag.signal().debounce(Duration::ZERO, Edge::Both));
        commands.push(Command::builder("waits until").build_async(move |co| {
            let signal = signal.clone();
            async move { co.wait_until(&signal).await.map(|()| None) }
        }));
        let child = Command::builder("child").build_async(|co| async move {
            loop {
                co.yield_now().await?;
            }
        });
        commands.push(Command::builder("awaits").build_async(move |co| {
            let child = child.clone();
            async move { co.await_one(&child).await.map(|_| None) }
        }));
    }
    for command in &commands {
        scheduler.schedule(command);
    }
    for name in mechanisms.names() {
        let mechanism = mechanisms.find(name).expect("it is there");
        let idle = Command::builder("idle")
            .requires([mechanism])
            .build_async(|co| async move { co.park().await.map(|_| None) });
        scheduler.set_default(mechanism, &idle).expect("fits");
    }
    for (index, command) in commands.iter().take(200).enumerate() {
        let bindings = [
            Binding::OnTrue,
            Binding::WhileTrue,
            Binding::RetryWhileFalse,
        ];
        scheduler.bind(&flag.signal(), bindings[index % 3], command);
        scheduler.bind(
            &Signal::new(|| false).rising_edge(),
            Binding::ToggleOnTrue,
            command,
        );
    }
    scheduler.add_periodic(
        "p",
        coroutine(|co| async move {
            loop {
                co.yield_now().await?;
            }
        }),
    );
    let mut tick = |number: u64| scheduler.tick(Duration::from_millis(20 * number));
    (1..100).for_each(&mut tick);
    let before = ALLOCATIONS.get();
    (100..200).for_each(&mut tick);
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert!(before > 1_000, "it does count");
}
