//! All hostile guests come and go beside an innocent robot, for as long as one wishes:
//! `GANTRY_SOAK_TICKS=1000000 cargo test -p gantry-plugin --test soak -- --nocapture`.
//!
//! It is a binary of its own, because it looks at the memory of the process.
#![allow(missing_docs, unreachable_pub)]
#![allow(
    unsafe_code,
    reason = "an allocator that counts can only be written with it"
)]

#[allow(dead_code, unused_macros, unused_imports)]
#[path = "hostile/attacks.rs"]
mod attacks;
#[path = "hostile/bombs.rs"]
mod bombs;
#[path = "hostile/guest.rs"]
mod guest;
#[allow(dead_code)]
#[path = "hostile/scene.rs"]
mod scene;
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use attacks::{Attack, Guest};
use scene::{Granted, PERIOD_FUEL, Scene, virtual_time};

/// Ticks unless the environment says otherwise.
const TICKS: u64 = 3_000;
/// Ticks for which an attack stays loaded when it has been canceled.
const AFTERWARDS: u64 = 20;
/// How much more may be allocated in the last tenth than in the second one.
const MAX_GROWTH: usize = 2 << 20;
/// How much more memory the process may have then. What the pools map is not allocated: they keep
/// pages of every memory, table and stack that was ever used, up to 70 MiB each for 128 runs.
const MAX_RESIDENT_GROWTH: usize = 140 << 20;

/// Bytes that are allocated.
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is handed on to the system's allocator as it is; the counter needs no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`, and `alloc` is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn the_robot_lives_on_while_all_attacks_come_and_go() {
    let ticks = std::env::var("GANTRY_SOAK_TICKS").map_or(TICKS, |ticks| ticks.parse().unwrap());
    let attacks: Vec<(Attack, Vec<u8>)> = attacks::all()
        .into_iter()
        // What is never loaded is not there to go.
        .filter(|attack| !matches!(attack.guest, Guest::Made(_)))
        .map(|attack| (attack, attack.bytes()))
        .collect();
    let (mut beside, mut alone) = (Scene::new(virtual_time()), Scene::new(virtual_time()));
    let folder = Granted::new();
    let (mut tick, mut visits, mut printed) = (0, 0, 0);
    let (mut early, mut late) = (Memory::default(), Memory::default());
    for (visit, (attack, bytes)) in attacks.iter().cycle().enumerate() {
        if tick >= ticks {
            break;
        }
        beside.load(attack, bytes, &folder);
        // Longer from round to round, and short again.
        let stay = 3 + (visit / attacks.len()) as u64 % 8;
        for _ in 0..stay {
            beside.start(attack);
            beside.tick();
            alone.tick();
        }
        beside.cancel();
        for _ in 0..AFTERWARDS {
            beside.tick();
            alone.tick();
        }
        assert_eq!(
            beside.report.innocent, alone.report.innocent,
            "{} disturbed the innocent one in tick {tick}",
            attack.name
        );
        assert!(
            beside.report.busiest < PERIOD_FUEL,
            "{} let runs execute {} instructions in one tick",
            attack.name,
            beside.report.busiest
        );
        beside.unload();
        alone.unload();
        beside.bench.runtime.maintain();
        assert_eq!(
            beside.bench.scheduler.run_count(),
            alone.bench.scheduler.run_count(),
            "{} left runs behind",
            attack.name
        );

        tick += stay + AFTERWARDS;
        visits += 1;
        let memory = Memory::now();
        if (ticks / 10..ticks / 5).contains(&tick) {
            early = early.max(memory);
        } else if tick >= ticks / 10 * 9 {
            late = late.max(memory);
        }
        if tick * 20 / ticks > printed {
            printed = tick * 20 / ticks;
            println!(
                "{tick} ticks, {visits} visits, {} KiB allocated, {} MiB resident, at most {} % of \
                 a period's instructions",
                memory.allocated >> 10,
                memory.resident >> 20,
                (beside.report.busiest * 100).div_ceil(PERIOD_FUEL)
            );
        }
    }
    assert!(visits >= attacks.len(), "only {visits} visits");
    println!("second tenth {early:?}, last tenth {late:?}");
    assert!(
        late.allocated <= early.allocated + MAX_GROWTH,
        "{early:?} in the second tenth, {late:?} in the last one"
    );
    assert!(
        late.resident <= early.resident + MAX_RESIDENT_GROWTH,
        "{early:?} in the second tenth, {late:?} in the last one"
    );
}

/// What the process has at some time, or the most of several.
#[derive(Clone, Copy, Default, Debug)]
struct Memory {
    allocated: usize,
    resident: usize,
}

impl Memory {
    fn now() -> Self {
        Self {
            allocated: ALLOCATED.load(Relaxed),
            resident: resident(),
        }
    }

    fn max(self, other: Self) -> Self {
        Self {
            allocated: self.allocated.max(other.allocated),
            resident: self.resident.max(other.resident),
        }
    }
}

/// Bytes of memory that this process has, where that can be told.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|number| number.parse::<usize>().ok())
        .unwrap_or(0)
        << 10
}
