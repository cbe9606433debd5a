//! The guide in `docs/guide` against the plugins that hold its examples and the host that runs them.
//!
//! A page has, each up to a line `<!-- end -->` where it says so:
//!
//! - `<!-- code: NAME -->`: a region of the four plugins in `plugins/patterns`, side by side.
//! - `<!-- timeline: NAME -->`: what the real host does in that op mode, as a picture and as a list.
//! - `<!-- holds: A scheduled < B completed = A completed -->`, a line of its own: what the text around
//!   it says about the timeline before it, so that no blessing can make the text untrue.
//!
//! `GANTRY_BLESS=1` writes the first two anew.

mod chart;
mod claims;
mod languages;
mod pages;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use languages::Language;
use pages::{Page, Part};
use sources::Sources;
use trace::Player;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn code_is_that_of_the_plugins() {
    let sources = Sources::read();
    pages::check(|part| match part {
        Part::Code(name) => Some(sources.side_by_side(name)),
        Part::Timeline(_) | Part::Claim(_) => None,
    });
}

#[test]
fn every_region_is_shown_and_all_other_code_is_of_other_languages() {
    let regions: BTreeSet<String> = Sources::read().names().map(str::to_owned).collect();
    let mut shown = BTreeSet::new();
    for page in pages::all() {
        for (part, _) in page.parts() {
            if let Part::Code(name) = part {
                shown.insert(name);
            }
        }
        page.assert_no_other_code();
    }
    assert_eq!(shown, regions);
}

#[test]
fn timelines_are_the_hosts_and_all_claims_hold() {
    let player = Player::new(gantry_test_guests::PATTERNS);
    let opmodes = player.opmodes();
    let traces: BTreeMap<_, _> = opmodes
        .iter()
        .map(|opmode| (opmode.clone(), player.play(opmode)))
        .collect();
    let mut shown = BTreeSet::new();
    for page in pages::all() {
        let mut latest = None;
        for (part, line) in page.parts() {
            match part {
                Part::Timeline(name) => {
                    assert!(
                        traces.contains_key(&name),
                        "{page}:{line}: no op mode `{name}`"
                    );
                    shown.insert(name.clone());
                    latest = Some(name);
                }
                Part::Claim(claim) => {
                    let name = latest.as_ref().expect("a claim stands below a timeline");
                    if let Err(why) = claims::check(&claim, &traces[name]) {
                        panic!(
                            "{page}:{line}: {why} in `{name}`:\n{}",
                            chart::draw(&traces[name])
                        );
                    }
                }
                Part::Code(_) => {}
            }
        }
    }
    assert_eq!(
        shown,
        opmodes.into_iter().collect(),
        "every op mode is shown"
    );
    pages::check(|part| match part {
        Part::Timeline(name) => Some(format!("```text\n{}```\n", chart::draw(&traces[name]))),
        Part::Code(_) | Part::Claim(_) => None,
    });
}

#[test]
fn wrong_claims_are_noticed() {
    let trace = Player::new(gantry_test_guests::PATTERNS).play("measure");
    for claim in [
        "raise scheduled < raise completed = drive scheduled",
        "raise completed = \"the arm is at 0.4 rad\" = drive scheduled",
        "never raise interrupted",
    ] {
        assert_eq!(claims::check(claim, &trace), Ok(()));
    }
    for claim in [
        "drive scheduled = raise completed",
        "raise completed < drive scheduled",
        "raise scheduled = raise completed",
        "raise interrupted",
        "\"the arm is stuck\"",
        "never drive scheduled",
        "nobody scheduled",
    ] {
        assert!(claims::check(claim, &trace).is_err(), "{claim}");
    }
}

#[test]
#[ignore = "needs Python, Node, a C compiler for WebAssembly and the SDKs' tools; .ci/run has them"]
fn the_other_languages_do_the_same() {
    let rust = Player::new(gantry_test_guests::PATTERNS);
    let opmodes = rust.opmodes();
    let expected: Vec<_> = opmodes.iter().map(|opmode| rust.play(opmode)).collect();
    let mut differing = Vec::new();
    for language in Language::OTHERS {
        let player = Player::new(&languages::build(language));
        for (opmode, expected) in opmodes.iter().zip(&expected) {
            let (expected, found) = (chart::draw(expected), chart::draw(&player.play(opmode)));
            if expected != found {
                differing.push(format!(
                    "{opmode} in {}:\n{found}\nin Rust:\n{expected}",
                    language.name()
                ));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn links_lead_somewhere() {
    for page in pages::all() {
        for (path, anchor) in page.links() {
            let target = match path.as_str() {
                "" => page.path().to_owned(),
                path => page.path().parent().expect("a folder").join(path),
            };
            assert!(target.exists(), "{page}: nothing at {path}");
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                assert!(
                    pages::anchors(&text).contains(&anchor),
                    "{page}: no heading #{anchor} in {path}"
                );
            }
        }
    }
}

impl std::fmt::Display for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path();
        path.strip_prefix(root()).unwrap_or(path).display().fmt(f)
    }
}
