//! Builds the behaviour list in every language, and measures what each costs.

use anyhow::Result;
use clap::{Parser, Subcommand};
use gantry_languages::Language;
use gantry_languages::costs::{Costs, HEAD};

/// The behaviour list in every language.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Builds each component, if anything has changed, and says where it is.
    Build {
        /// Languages, as their folders are called; all if none is given.
        languages: Vec<String>,
    },
    /// Builds each component, and measures what it costs; prints a table.
    Costs {
        /// Languages, as their folders are called; all if none is given.
        languages: Vec<String>,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Action::Build { languages } => {
            for language in chosen(&languages)? {
                println!("{language}: {}", language.component()?.display());
            }
        }
        Action::Costs { languages } => {
            println!("{HEAD}");
            for language in chosen(&languages)? {
                println!("{}", Costs::measure(language)?.row());
            }
        }
    }
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<Language>> {
    if names.is_empty() {
        return Ok(Language::ALL.to_vec());
    }
    let known = Language::ALL.map(Language::name).join(", ");
    let found = names.iter().map(|name| {
        let found = Language::ALL
            .into_iter()
            .find(|language| language.name() == name);
        found.ok_or_else(|| anyhow::anyhow!("there is no language `{name}`: {known}"))
    });
    found.collect()
}
