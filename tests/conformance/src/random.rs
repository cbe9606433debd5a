//! Scenarios of our own, at random: they have to keep the invariants, and both kinds of bodies have
//! to agree. One that fails is shrunk.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::{Context, Result};
use gantry_scenario::{Scenario, scenarios};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::judge::Judge;
use crate::vector::Vector;

/// A scenario that something is wrong with.
#[derive(Debug)]
pub struct Found {
    /// The least that shows it, without an expectation.
    pub vector: Vector,
    /// What is wrong.
    pub wrong: String,
}

/// How many attempts are made to make a scenario that fails smaller.
const SHRINKS: u32 = 5_000;

/// Plays so many scenarios; the same seed gives the same ones. `played` is told after each.
/// Returns the first that something is wrong with.
pub fn search(
    judge: &Judge,
    seed: u64,
    scenarios_to_play: u32,
    played: &AtomicU64,
) -> Option<Found> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: scenarios_to_play,
        max_shrink_iters: SHRINKS,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&scenarios(), |scenario| {
        let wrong =
            wrong(judge, scenario).map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
        played.fetch_add(1, Relaxed);
        match wrong {
            None => Ok(()),
            Some(wrong) => Err(TestCaseError::fail(wrong)),
        }
    });
    match result {
        Ok(()) => None,
        Err(TestError::Fail(reason, scenario)) => Some(Found {
            vector: vector(scenario, format!("found-{seed}")),
            wrong: reason.message().to_owned(),
        }),
        Err(TestError::Abort(reason)) => Some(Found {
            vector: vector(Scenario::default(), format!("aborted-{seed}")),
            wrong: reason.message().to_owned(),
        }),
    }
}

fn wrong(judge: &Judge, scenario: Scenario) -> Result<Option<String>> {
    judge.wrong(&vector(scenario, String::new()))
}

fn vector(scenario: Scenario, name: String) -> Vector {
    Vector {
        name,
        scenario,
        expect: None,
    }
}

/// Adds a vector to a file, which is made if it is missing.
pub fn save(path: &Path, vector: &Vector) -> Result<()> {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(file, "{}", serde_json::to_string(vector)?)
        .with_context(|| format!("cannot write {}", path.display()))
}
