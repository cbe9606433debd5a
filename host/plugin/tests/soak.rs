//! All hostile guests come and go beside an innocent robot, for as long as one wishes:
//! `GANTRY_SOAK_TICKS=1000000 cargo test -p gantry-plugin --test soak -- --nocapture`.
//!
//! It is a binary of its own, because it looks at the memory of the process.
#![allow(missing_docs, unreachable_pub)]

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

use attacks::{Attack, Guest};
use scene::{Granted, PERIOD_FUEL, Scene, virtual_time};

/// Ticks unless the environment says otherwise.
const TICKS: u64 = 3_000;
/// How much more memory the last tenth may take than the second one.
const MAX_GROWTH: usize = 32 << 20;

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
    let (mut early, mut late) = (0, 0);
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

        tick += stay;
        visits += 1;
        let memory = resident();
        if (ticks / 10..ticks / 5).contains(&tick) {
            early = early.max(memory);
        } else if tick >= ticks / 10 * 9 {
            late = late.max(memory);
        }
        if tick * 20 / ticks > printed {
            printed = tick * 20 / ticks;
            println!(
                "{tick} ticks, {visits} visits, {} MiB, at most {} % of a period's instructions",
                memory >> 20,
                (beside.report.busiest * 100).div_ceil(PERIOD_FUEL)
            );
        }
    }
    assert!(visits >= attacks.len(), "only {visits} visits");
    assert!(
        late <= early + MAX_GROWTH,
        "{} MiB in the second tenth, {} MiB in the last one",
        early >> 20,
        late >> 20
    );
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
