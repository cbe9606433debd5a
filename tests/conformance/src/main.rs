//! `conform`: plays vectors, and scenarios of its own, and says what is wrong.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::{Result, bail};
use clap::Parser;
use gantry_conformance::random::{Found, save, search};
use gantry_conformance::{BodyKind, Judge, Vector, explain, read};

/// Plays vectors recorded from the reference scheduler and says where ours differs.
///
/// A vector passes if every event and every running set is the reference's, up to the tick in which
/// the reference misbehaves; if the invariants hold after every tick, also past that one; and, with
/// both kinds of bodies, if the two agree on every event. Nothing is skipped.
#[derive(Parser)]
#[command(name = "conform")]
struct Options {
    /// Vectors, one a line.
    #[arg(value_name = "FILE.jsonl", required_unless_present = "random")]
    files: Vec<PathBuf>,
    /// What the bodies of commands are made of.
    #[arg(long, value_enum, default_value = "both")]
    body: BodyKind,
    /// Prints this vector's scenario and traces instead.
    #[arg(long, value_name = "NAME")]
    explain: Option<String>,
    /// Plays so many scenarios made at random.
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["files", "explain"])]
    random: Option<u32>,
    /// Which scenarios are made at random.
    #[arg(long, default_value_t = 1, requires = "random")]
    seed: u64,
    /// Where scenarios that fail are added, as vectors without an expectation.
    #[arg(
        long,
        value_name = "FILE.jsonl",
        requires = "random",
        default_value = "found.jsonl"
    )]
    save: PathBuf,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let result = match (&options.random, &options.explain) {
        (Some(count), _) => play_random(&options, *count),
        (None, Some(name)) => print_explanation(&options, name),
        (None, None) => play_files(&options),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("conform: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn play_files(options: &Options) -> Result<bool> {
    let judge = Judge::new(options.body)?;
    let (mut passed, mut failed) = (0, 0);
    for file in &options.files {
        let vectors = read(file)?;
        if vectors.is_empty() {
            eprintln!("conform: there are no vectors in {}", file.display());
        }
        for vector in vectors {
            match judged(&judge, vector) {
                None => passed += 1,
                Some(wrong) => {
                    failed += 1;
                    println!("{wrong}");
                }
            }
        }
    }
    Ok(summary(passed, failed))
}

/// What is wrong with a line of a file, under its name.
fn judged(judge: &Judge, vector: Result<Vector>) -> Option<String> {
    let vector = match vector {
        Ok(vector) => vector,
        Err(error) => return Some(format!("{error:#}")),
    };
    match judge.wrong(&vector) {
        Ok(None) => None,
        Ok(Some(wrong)) => Some(format!("{}: {wrong}", vector.name)),
        Err(error) => Some(format!("{}: cannot be played: {error:#}", vector.name)),
    }
}

fn print_explanation(options: &Options, name: &str) -> Result<bool> {
    let mut names = Vec::new();
    for file in &options.files {
        for vector in read(file)?.into_iter().flatten() {
            if vector.name == name {
                let judge = Judge::new(options.body)?;
                let plays = judge.play(&vector.scenario)?.into_iter();
                let traces: Vec<_> = plays.map(|(body, played)| (body, played.trace)).collect();
                // Both are the same unless something is wrong, which one would like to see.
                let shown = match traces.as_slice() {
                    [(_, a), (_, b)] if a == b => &traces[..1],
                    all => all,
                };
                print!("{}", explain::explain(&vector, shown));
                return Ok(true);
            }
            names.push(vector.name);
        }
    }
    names.retain(|other| other.contains(name) || name.contains(other.as_str()));
    let hint = match names.is_empty() {
        true => String::new(),
        false => format!("; there are {}", names.join(", ")),
    };
    bail!("none of the files has a vector `{name}`{hint}")
}

/// Scenarios that one search plays: another seed begins then.
const BATCH: u32 = 500;

fn play_random(options: &Options, count: u32) -> Result<bool> {
    let played = AtomicU64::new(0);
    let next = AtomicU64::new(0);
    let batches = u64::from(count.div_ceil(BATCH));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Result<Vec<Found>> {
        let judge = Judge::new(options.body)?;
        let mut found = Vec::new();
        loop {
            let batch = next.fetch_add(1, Relaxed);
            if batch >= batches {
                return Ok(found);
            }
            let rest = u64::from(count) - batch * u64::from(BATCH);
            let size = u32::try_from(rest).map_or(BATCH, |rest| rest.min(BATCH));
            let seed = options.seed.wrapping_add(batch);
            found.extend(search(&judge, seed, size, &played));
            let so_far = played.load(Relaxed);
            if so_far % 10_000 < u64::from(BATCH) {
                eprintln!("conform: {so_far} scenarios played");
            }
        }
    };
    let found = std::thread::scope(|scope| -> Result<Vec<Found>> {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut found = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(result) => found.extend(result?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(found)
    })?;
    for Found { vector, wrong } in &found {
        println!("{}: {wrong}", vector.name);
        save(&options.save, vector)?;
    }
    if !found.is_empty() {
        println!(
            "saved, as small as they could be made, in {}",
            options.save.display()
        );
    }
    Ok(summary(played.load(Relaxed), found.len() as u64))
}

/// The last line. Whether nothing failed.
fn summary(passed: u64, failed: u64) -> bool {
    println!("conform: {passed} passed, {failed} failed");
    failed == 0
}
