//! What a scheduler must keep at all times, whatever the bodies do: random bodies that fork,
//! await, fail, cancel each other, and cancel each other in their cleanups.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gantry_invariants::Invariants;
use gantry_scheduler::{
    Binding, BodyError, Co, Command, Limits, MechanismId, Mechanisms, Scheduler, Signal,
};
use support::Slot;

const SEEDS: u64 = if cfg!(miri) { 4 } else { 2_000 };
const COMMANDS: u64 = 9;
const TICKS: usize = 25;

/// A small generator of random numbers (xorshift64*, Vigna 2016).
#[derive(Clone)]
struct Random(Arc<Mutex<u64>>);

impl Random {
    fn below(&self, bound: u64) -> u64 {
        let mut state = self.0.lock().expect("random");
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn one(&self, commands: &Slot) -> Command {
        let commands = commands.get();
        commands[self.below(commands.len() as u64) as usize].clone()
    }

    fn some(&self, commands: &Slot) -> Vec<Command> {
        (0..1 + self.below(3)).map(|_| self.one(commands)).collect()
    }
}

async fn act(co: &Co, random: &Random, all: &Slot, arm: MechanismId) -> Result<bool, BodyError> {
    match random.below(16) {
        0 | 1 => co.fork(&random.some(all)).await?,
        2 | 3 => co.await_all(&random.some(all)).await.map(|_| ())?,
        4 => co.await_any(&random.some(all)).await.map(|_| ())?,
        5 => co.cancel(&random.one(all)).await?,
        6 => co.wait(Duration::from_millis(random.below(50))).await?,
        7 => {
            let random = random.clone();
            co.wait_until(&Signal::new(move || random.below(3) == 0))
                .await?;
        }
        8 => co.set_cancel_on_fork_failure(random.below(2) == 0).await?,
        9 => {
            let (signal, command) = (random.clone(), random.one(all));
            let signal = Signal::new(move || signal.below(2) == 0);
            co.bind(&signal, Binding::RetryWhileTrue, &command).await?;
        }
        10 if random.below(4) == 0 => return Err("random".into()),
        11 => return Ok(false),
        12 => co.set_default(arm, &random.one(all)).await?,
        _ => co.yield_now().await?,
    }
    Ok(true)
}

fn command(index: u64, random: &Random, all: &Slot, mechanisms: &Mechanisms) -> Command {
    let arm = mechanisms.find("arm").expect("it is there");
    let required = mechanisms.names().filter(|_| random.below(3) == 0);
    let required: Vec<MechanismId> = required.filter_map(|name| mechanisms.find(name)).collect();
    let (random, all) = (random.clone(), all.clone());
    Command::builder(format!("c{index}"))
        .requires(required)
        .priority(random.below(3) as i32)
        .runs_while_disabled(random.below(2) == 0)
        .build_async(move |co| {
            let (random, all) = (random.clone(), all.clone());
            async move {
                loop {
                    match act(&co, &random, &all, arm).await {
                        Ok(true) | Err(BodyError::Refused(_) | BodyError::Invalid(_)) => {}
                        Ok(false) => return Ok(None),
                        Err(BodyError::Canceled) => break,
                        Err(error) => return Err(error),
                    }
                }
                for _ in 0..random.below(4) {
                    co.cancel(&random.one(&all)).await?;
                }
                Err(BodyError::Canceled)
            }
        })
}

#[test]
fn the_invariants_hold_whatever_the_bodies_do() {
    for seed in 1..=SEEDS {
        let random = Random(Arc::new(Mutex::new(
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        )));
        let mechanisms = Arc::new(Mechanisms::new(["arm", "claw", "drive"]).expect("names"));
        let all = Slot::default();
        let commands: Vec<Command> = (0..COMMANDS)
            .map(|index| command(index, &random, &all, &mechanisms))
            .collect();
        all.fill(&commands.iter().collect::<Vec<_>>());
        let invariants = Invariants::new(2_000);
        let limits = Limits {
            depth: 2 + random.below(8) as usize,
            requests: 50,
            requests_together: 200,
            preemptions: 3,
            scoped_bindings: 20,
        };
        let mut scheduler =
            Scheduler::with_limits(mechanisms, Box::new(invariants.clone()), limits);
        for tick in 1..=TICKS {
            for _ in 0..random.below(4) {
                scheduler.schedule(&random.one(&all));
            }
            match random.below(12) {
                0 => scheduler.cancel(&random.one(&all)),
                1 => scheduler.cancel_all(),
                2 => scheduler.set_enabled(random.below(2) == 0),
                3 => scheduler.set_opmode(random.below(2) == 0),
                4 => {
                    let signal = random.clone();
                    let signal = Signal::new(move || signal.below(4) == 0);
                    scheduler.bind(&signal, Binding::WhileTrue, &random.one(&all));
                }
                _ => {}
            }
            invariants.check(&scheduler);
            scheduler.tick(Duration::from_millis(20 * tick as u64));
            invariants.check(&scheduler);
        }
        scheduler.cancel_all();
        invariants.check(&scheduler);
        assert_eq!(invariants.violations(), [""; 0], "seed {seed}");
        assert_eq!(scheduler.run_count(), 0, "seed {seed}");
        assert!(commands.iter().all(|command| !command.is_running()));
        all.fill(&[]);
    }
}
