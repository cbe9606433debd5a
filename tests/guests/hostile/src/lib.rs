//! One module per attack. Each is a command of the same name, with `-` for `_`.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest, Kind, Parameter};
use gantry::command::coroutine;
use gantry::command::types::{Argument, SchedulingError, Value};

type Answer = Result<Option<Value>, String>;

struct Attack {
    name: &'static str,
    run: fn() -> Answer,
    on_lift: bool,
}

/// What attacks start with an argument.
const TAKES_TEXT: &str = "takes_text";

macro_rules! attacks {
    (free: $($free:ident)* ; on the lift: $($lift:ident)*) => {
        $(mod $free;)*
        $(mod $lift;)*
        const ATTACKS: &[Attack] = &[
            $(Attack { name: stringify!($free), run: $free::run, on_lift: false },)*
            $(Attack { name: stringify!($lift), run: $lift::run, on_lift: true },)*
            // What attacks start.
            Attack { name: "idle", run: idle, on_lift: false },
            Attack { name: "await_ring_back", run: await_ring_back, on_lift: false },
            Attack { name: "uses_its_slice", run: crowd_that_just_yields::use_slice, on_lift: false },
            Attack { name: "returns_much", run: results_times_a_thousand::return_much, on_lift: false },
            Attack { name: "awaits_failures", run: failures_times_a_thousand::await_failures, on_lift: false },
            Attack { name: "fails_at_length", run: failures_times_a_thousand::fail_at_length, on_lift: false },
            Attack { name: "hoards_names", run: hoarded_names::hoard, on_lift: false },
            Attack { name: "is_large", run: memory_of_many::be_large, on_lift: false },
            Attack { name: TAKES_TEXT, run: idle, on_lift: false },
            Attack { name: "idle_on_lift", run: idle, on_lift: true },
            Attack { name: "loops_on_lift", run: endless_loop::run, on_lift: true },
        ];
    };
}

attacks! {
    free:
    endless_loop
    endless_loop_in_cleanup
    yield_storm
    request_storm
    deep_recursion
    stack_exhaustion_through_host_calls
    memory_growth
    giant_string
    giant_list
    giant_argument
    giant_result
    nested_groups
    nested_signals
    hoarded_handles
    nested_handles
    invalid_utf8
    forged_handle
    dropped_handle
    reused_handle
    foreign_handle
    fork_bomb_wide
    fork_bomb_deep
    await_itself
    await_ring
    highest_priority_forever
    default_command_abuse
    thousands_of_triggers
    topic_disk
    topic_flood
    topic_of_another
    log_flood
    log_of_line_breaks
    terminal_escapes
    output_of_another
    times_that_are_none
    sleeps_for_a_year
    tells_time_apart
    random_that_differs
    path_dot_dot
    path_symlink
    path_proc
    path_absolute
    path_race
    sockets
    environment
    state_from_an_earlier_run
    foreign_command
    folder_crowd
    folder_fill
    folder_flood
    folder_haste
    folder_many_files
    folder_named_pipe
    folder_numbers
    folder_open_files
    folder_order
    folder_times
    exits_the_process
    panics_at_length
    cancels_everybody
    giant_names
    groups_of_groups
    crowd_that_spins
    crowd_that_just_yields
    crowd_that_spins_in_cleanup
    crowd_of_delays
    crowd_of_waits
    results_times_a_thousand
    machine_that_looks_twice
    machine_without_an_end
    hoarded_arguments
    hoarded_groups
    hoarded_signals
    name_of_another
    failures_times_a_thousand
    crowd_until
    hoarded_names
    memory_of_many
    folder_far_out
    folder_race
    folder_race_append
    folder_errors
    random_flood
    signal_flood
    config_flood
    lookup_flood
    open_flood
    ;
    on the lift:
    output_after_losing_it
    output_in_cleanup_after_budget
    output_not_a_number
    output_out_of_range
}

struct Plugin;

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let definition = |attack: &Attack| Definition {
            name: attack.name.replace('_', "-"),
            summary: String::new(),
            parameters: match attack.name {
                TAKES_TEXT => vec![Parameter {
                    name: "text".to_owned(),
                    summary: String::new(),
                    kind: Kind::Text,
                    unit: String::new(),
                    default: None,
                }],
                _ => Vec::new(),
            },
            returns: None,
            requirements: match attack.on_lift {
                true => vec!["lift".to_owned()],
                false => Vec::new(),
            },
            priority: 0,
            runs_while_disabled: false,
        };
        Ok(Description {
            name: "hostile".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: ATTACKS.iter().map(definition).collect(),
            reads: Vec::new(),
            publishes: vec!["hostile.*".to_owned()],
        })
    }

    fn run(command: String, _: Vec<Argument>) -> Answer {
        let mut attacks = ATTACKS.iter();
        match attacks.find(|attack| attack.name.replace('_', "-") == command) {
            Some(attack) => (attack.run)(),
            None => Err(format!("no command {command}")),
        }
    }
}

/// Forks as many of a command as the plugin may have runs, about, and parks.
fn crowd(name: &str) -> Answer {
    use gantry::command::commands::Command;
    let crowd: Result<Vec<_>, _> = (0..90).map(|_| Command::lookup(name, &[])).collect();
    let crowd = crowd?;
    let crowd: Vec<&Command> = crowd.iter().collect();
    coroutine::fork(&crowd).map_err(|error| refusal(&error))?;
    let _ = coroutine::park();
    Ok(None)
}

/// Forks so many of a command, one in each tick, and parks.
fn one_by_one(name: &str, count: usize) -> Answer {
    use gantry::command::commands::Command;
    let commands: Result<Vec<_>, _> = (0..count).map(|_| Command::lookup(name, &[])).collect();
    for command in &commands? {
        coroutine::fork(&[command]).map_err(|error| refusal(&error))?;
        coroutine::yield_().map_err(|error| refusal(&error))?;
    }
    let _ = coroutine::park();
    Ok(None)
}

fn idle() -> Answer {
    let _ = coroutine::park();
    Ok(None)
}

fn await_ring_back() -> Answer {
    let other = gantry::command::commands::Command::lookup("await-ring", &[])?;
    match coroutine::await_(&other) {
        Ok(outcome) => Err(innermost(&format!("{outcome:?}"))),
        Err(error) => Err(refusal(&error)),
    }
}

/// Why something was not started, without the rest.
fn refusal(error: &SchedulingError) -> String {
    match error {
        SchedulingError::Refused(failure) => {
            let mut refused = failure.refused.iter();
            refused
                .next()
                .map_or_else(String::new, |first| first.reason.clone())
        }
        error => format!("{error:?}"),
    }
}

/// The end of a failure that has climbed through many.
fn innermost(text: &str) -> String {
    let start = text.len().saturating_sub(100);
    text[text.ceil_char_boundary(start)..].replace(['"', ')', '\\'], "")
}

/// Does something again and again until it fails; at most so often. Says how often it did.
fn until_refused(most: u32, mut step: impl FnMut(u32) -> std::io::Result<()>) -> String {
    for number in 0..most {
        if let Err(error) = step(number) {
            return format!("{number}: {}", error.kind());
        }
    }
    format!("{most}: not refused")
}

/// Reads these files, none of which it may see.
fn no_secret(paths: &[&str]) -> Answer {
    let answers = paths.iter().map(|path| match std::fs::read(path) {
        Ok(bytes) => format!("{path}: {} bytes", bytes.len()),
        Err(error) => format!("{path}: {}", error.kind()),
    });
    Err(answers.collect::<Vec<_>>().join(", "))
}

export!(Plugin);
