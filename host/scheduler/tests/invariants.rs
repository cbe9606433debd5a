//! What a scheduler must keep at all times, whatever the bodies do: random bodies that fork,
//! await, fail, cancel each other, and cancel each other in their cleanups.

mod support;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gantry_scheduler::{
    Binding, BodyError, Co, Command, Event, EventKind, Limits, MechanismId, Mechanisms, Observer,
    RunId, Scheduler, Signal,
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

#[derive(Default)]
struct Seen {
    /// Runs that have been scheduled and have not ended, and whether they have been resumed.
    live: HashMap<RunId, (String, bool)>,
    ended: HashSet<RunId>,
    owners: HashMap<MechanismId, RunId>,
    last: u64,
}

/// Checks that every run is scheduled once, ends once, and does nothing after its end.
#[derive(Clone, Default)]
struct Checker(Arc<Mutex<Seen>>);

impl Observer for Checker {
    fn event(&mut self, event: &Event<'_>) {
        let mut seen = self.0.lock().expect("seen");
        assert!(!seen.ended.contains(&event.run), "{event:?} after its end");
        match event.kind {
            EventKind::Scheduled => {
                assert!(event.run.0 > seen.last, "ids grow");
                seen.last = event.run.0;
                let name = event.command.name().to_string();
                // One that never started may have left the queue, which nobody is told.
                seen.live
                    .retain(|_, (live, started)| *live != name || *started);
                assert!(
                    !seen.live.values().any(|(live, _)| *live == name),
                    "{name} runs twice"
                );
                seen.live.insert(event.run, (name, false));
            }
            EventKind::Mounted => match seen.live.get_mut(&event.run) {
                Some((_, started)) => *started = true,
                None => panic!("{event:?} is not live"),
            },
            EventKind::Completed(_) | EventKind::Failed(_) | EventKind::Canceled => {
                assert!(
                    seen.live.remove(&event.run).is_some(),
                    "{event:?} was not live"
                );
                seen.ended.insert(event.run);
            }
            _ => assert!(seen.live.contains_key(&event.run), "{event:?} is not live"),
        }
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, _: bool) {
        let mut seen = self.0.lock().expect("seen");
        match owner {
            Some(owner) => seen.owners.insert(mechanism, owner),
            None => seen.owners.remove(&mechanism),
        };
    }
}

impl Checker {
    /// Queued runs leave without an event; forget those that are not there any more.
    fn check(&self, scheduler: &Scheduler, mechanisms: &Mechanisms) {
        let runs = scheduler.runs();
        let ids: HashSet<RunId> = runs.iter().map(|run| run.id).collect();
        let parents: HashMap<RunId, Option<RunId>> =
            runs.iter().map(|run| (run.id, run.parent)).collect();
        let is_ancestor = |ancestor: RunId, mut run: RunId| {
            while let Some(parent) = parents.get(&run).copied().flatten() {
                if parent == ancestor {
                    return true;
                }
                run = parent;
            }
            false
        };
        for run in &runs {
            assert!(run.command.is_running());
            assert!(
                run.parent.is_none_or(|parent| ids.contains(&parent)),
                "orphan {run:?}"
            );
        }
        let running: Vec<_> = runs.iter().filter(|run| run.running).collect();
        for (index, a) in running.iter().enumerate() {
            for b in &running[index + 1..] {
                assert!(!a.command.same(&b.command), "{a:?} runs twice");
                assert!(
                    !a.command.conflicts_with(&b.command)
                        || is_ancestor(a.id, b.id)
                        || is_ancestor(b.id, a.id),
                    "{a:?} and {b:?} share a mechanism"
                );
            }
        }
        let mut seen = self.0.lock().expect("seen");
        for name in mechanisms.names() {
            let mechanism = mechanisms.find(name).expect("it is there");
            let innermost = running
                .iter()
                .filter(|run| run.command.requirements().contains(mechanism))
                .max_by_key(|run| running.iter().filter(|a| is_ancestor(a.id, run.id)).count())
                .map(|run| run.id);
            assert_eq!(scheduler.owner(mechanism), innermost, "owner of {name}");
            assert_eq!(
                seen.owners.get(&mechanism).copied(),
                innermost,
                "told owner of {name}"
            );
        }
        seen.live.retain(|run, _| ids.contains(run));
        for run in &running {
            assert!(
                seen.live.contains_key(&run.id),
                "{run:?} runs after its end"
            );
        }
    }
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
        let checker = Checker::default();
        let limits = Limits {
            depth: 2 + random.below(8) as usize,
            requests: 50,
            requests_together: 200,
            preemptions: 3,
            scoped_bindings: 20,
        };
        let mut scheduler =
            Scheduler::with_limits(mechanisms.clone(), Box::new(checker.clone()), limits);
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
            checker.check(&scheduler, &mechanisms);
            scheduler.tick(Duration::from_millis(20 * tick as u64));
            checker.check(&scheduler, &mechanisms);
        }
        scheduler.cancel_all();
        checker.check(&scheduler, &mechanisms);
        assert_eq!(scheduler.run_count(), 0, "seed {seed}");
        assert!(commands.iter().all(|command| !command.is_running()));
        all.fill(&[]);
    }
}
