//! The attacks. Each is a file in `tests/guests/hostile`, or a function of `bombs`.

use gantry_test_guests::HOSTILE;

use super::bombs::*;

/// One attack.
#[derive(Clone, Copy)]
pub struct Attack {
    /// What it is called, with `-`.
    pub name: &'static str,
    pub guest: Guest,
    /// What has to come of it: a part of the message or of an event.
    pub comes_to: &'static str,
}

/// Where its guest comes from.
#[derive(Clone, Copy)]
pub enum Guest {
    /// A module of the guest `tests/guests/hostile`.
    Rust,
    /// `tests/guests/hostile/wat`.
    Text,
    /// It is too large to be written down.
    Made(fn() -> Vec<u8>),
}

impl Attack {
    /// The component.
    pub fn bytes(&self) -> Vec<u8> {
        match self.guest {
            Guest::Rust => HOSTILE.to_vec(),
            Guest::Text => super::guest::from_file(self.name),
            Guest::Made(make) => make(),
        }
    }

    /// The command that is the attack.
    pub fn command(&self) -> String {
        match self.guest {
            Guest::Rust => format!("hostile/{}", self.name),
            _ => "hostile/attack".to_owned(),
        }
    }
}

/// Calls a macro with all attacks: what each is called, where it comes from, and what has to come
/// of it.
macro_rules! attacks {
    ($with:ident) => {
        $with! {
            await_itself: Rust => "hostile/await-itself interrupted";
            await_ring: Rust => "canceled";
            cancels_everybody: Rust => "canceled";
            crowd_of_delays: Rust => "whoever starts it has 2000 runs already, which is the most";
            crowd_of_waits: Rust => "look at 2000 conditions at most, and 901 more are too many";
            crowd_that_just_yields: Rust => "hostile/uses-its-slice preempted";
            crowd_that_spins: Rust => "hostile/endless-loop preempted";
            crowd_that_spins_in_cleanup: Rust => "hostile/endless-loop-in-cleanup cleanup-overrun";
            crowd_until: Rust => "look at 2000 conditions at most, and 901 more are too many";
            deep_recursion: Rust => "trap: out of bounds memory access";
            default_command_abuse: Rust => "was not granted; the plugin";
            dropped_handle: Rust => "unknown handle index 1";
            endless_loop: Rust => "preempted";
            endless_loop_in_cleanup: Rust => "endless-loop-in-cleanup cleanup-overrun";
            environment: Rust => "0 variables, 0 arguments, 0 bytes of input, files in None";
            exits_the_process: Rust => "with code 0; a command ends by returning from";
            folder_crowd: Rust => "Value too large";
            folder_far_out: Rust => "Err(Uncategorized), 0 bytes";
            folder_fill: Rust => "512: uncategorized error, 0: quota exceeded";
            failures_times_a_thousand: Rust => "hostile/fails-at-length failed";
            folder_flood: Rust => "preempted";
            folder_errors: Rust => "invalid";
            folder_race: Rust => "completed \\\"FFFFFFFFFF";
            folder_race_append: Rust => "completed \\\"abcdefghabcdefghabcdefghabcdefgh";
            random_flood: Rust => "preempted";
            signal_flood: Rust => "preempted";
            config_flood: Rust => "preempted";
            lookup_flood: Rust => "preempted";
            open_flood: Rust => "preempted";
            folder_haste: Rust => "preempted";
            folder_many_files: Rust => "100: quota exceeded, 0: quota exceeded, 2: quota exceeded";
            folder_named_pipe: Rust => "[Err(Unsupported), Err(Unsupported), Err(Unsupported), Err(Unsupported), Err(Unsupported)]";
            folder_numbers: Rust => "[1, 2, 1, 3, 1, 4, 5]";
            folder_open_files: Rust => "32: quota exceeded, 0: quota exceeded, 1: quota exceeded";
            folder_order: Rust => "flip folder-link inside.txt link pipe pipe-link proc-link root-link sub";
            folder_times: Rust => "[Ok([Some(1767225600s), Some(1767225600s)]), Ok([Some(1767225600s), Some(1767225600s)]), Ok([Some(1767225600s), Some(1767225600s)]), Ok([Some(1767225600s), Some(1767225600s)])]";
            foreign_command: Rust => "starting `innocent/holds` was not granted; the plugin";
            foreign_handle: Rust => "handle index 1 used with the wrong type";
            forged_handle: Rust => "unknown handle index 4711";
            fork_bomb_deep: Rust => "hostile/fork-bomb-deep interrupted";
            fork_bomb_wide: Rust => "canceled";
            giant_argument: Rust => "preempted";
            giant_list: Rust => "a value of 3200000 bytes is too large for topic";
            giant_names: Rust => "canceled";
            giant_result: Rust => "too much data is being copied between the host and the guest";
            giant_string: Rust => "too much data is being copied between the host and the guest";
            groups_of_groups: Rust => "canceled";
            highest_priority_forever: Rust => "belongs to run 1; a command writes what it requires, while it requires it";
            hoarded_arguments: Rust => "the host keeps 64.0 MiB at most for all runs of the plugin";
            hoarded_groups: Rust => "the host keeps 64.0 MiB at most for all runs of the plugin";
            hoarded_handles: Rust => "the run holds 10000 handles, which is the most; drop those it does not need";
            hoarded_names: Rust => "hostile/hoards-names failed the host keeps 64.0 MiB at most for all runs of the plugin";
            hoarded_signals: Rust => "the host keeps 64.0 MiB at most for all runs of the plugin";
            invalid_utf8: Rust => "invalid utf-8 sequence of 1 bytes from index 0";
            machine_that_looks_twice: Rust => "look at 2000 conditions at most, and 501 more are too many";
            machine_without_an_end: Rust => "a state machine has 1000 states at most";
            log_flood: Rust => "more lines were dropped: too many in one tick";
            log_of_line_breaks: Rust => "more lines were dropped: too many in one tick";
            memory_of_many: Rust => "hostile/is-large failed there is no memory for it";
            memory_growth: Rust => "of memory and was refused more: its limit is";
            name_of_another: Rust => "hostile/innocent/holds failed";
            nested_groups: Rust => "canceled";
            nested_handles: Rust => "too much data is being copied between the host and the guest";
            nested_signals: Rust => "a signal made of more than 1000 others";
            output_after_losing_it: Rust => "a command writes what it requires, while it requires it";
            output_in_cleanup_after_budget: Rust => "canceled";
            output_not_a_number: Rust => "NaN V is outside the range of";
            output_of_another: Rust => "belongs to run 1; a command writes what it requires, while it requires it";
            output_out_of_range: Rust => "12.000001 V is outside the range of";
            panics_at_length: Rust => "instruction executed";
            path_absolute: Rust => "/etc/passwd: entity not found, //etc/passwd: entity not found, /root-link/etc/passwd: permission denied";
            path_dot_dot: Rust => "/../outside.txt: permission denied, ../outside.txt: permission denied, /sub/../../outside.txt: permission denied";
            path_proc: Rust => "/proc/self/environ: entity not found, /../proc/self/environ: permission denied, /proc-link/self/environ: permission denied";
            path_race: Rust => "0 secrets seen";
            path_symlink: Rust => "/link: permission denied, /folder-link/outside.txt: permission denied, /sub/../link: permission denied";
            random_that_differs: Rust => "ef06b4b4adc8090f";
            request_storm: Rust => "preempted";
            results_times_a_thousand: Rust => "the plugin has handed the host";
            reused_handle: Rust => "unknown handle index 1";
            sleeps_for_a_year: Rust => "canceled";
            sockets: Rust => "permission denied, permission denied, permission denied";
            stack_exhaustion_through_host_calls: Rust => "trap: out of bounds memory access";
            state_from_an_earlier_run: Rust => "this is the first run";
            tells_time_apart: Rust => "40ms 40ms";
            terminal_escapes: Rust => r"hostile/terminal-escapes failed \\u{1b}[2J";
            thousands_of_triggers: Rust => "of the same supplier look at 2000 conditions at most";
            times_that_are_none: Rust => "a time of NaN s; give a finite number of seconds";
            topic_disk: Rust => "canceled";
            topic_flood: Rust => "the plugin has 512 topics, which is the most;";
            topic_of_another: Rust => "was not granted; the plugin";
            yield_storm: Rust => "hostile/yield-storm cleanup-overrun";
            bulk_memory: Text => "preempted";
            call_during_a_call: Text => "trap: cannot leave component instance";
            call_in_post_return: Text => "trap: cannot leave component instance";
            describe_bad_discriminant: Text => "asking it to describe itself: invalid expected discriminant";
            describe_invalid_utf8: Text => "asking it to describe itself: invalid utf-8 sequence of 1 bytes from index 0";
            describe_out_of_bounds: Text => "asking it to describe itself: pointer out of bounds of memory";
            describe_that_lies: Text => "completed";
            describe_that_suspends: Text => "was called before the command runs;";
            describe_with_a_giant_list: Text => "asking it to describe itself: list pointer/length out of bounds of memory";
            describe_with_many_commands: Text => "checking its description: it describes 1400 commands; 1000 is the most";
            endless_loop_in_describe: Text => "asking it to describe itself: it did not answer within 200ms of computing;";
            endless_loop_in_post_return: Text => "preempted";
            endless_loop_in_realloc: Text => "preempted";
            endless_loop_in_realloc_of_a_call: Text => "preempted";
            endless_loop_in_start: Text => "asking it to describe itself: it did not answer within 200ms of computing;";
            realloc_out_of_bounds: Text => "realloc return: beyond end of memory";
            result_bad_discriminant: Text => "unexpected discriminant: 99";
            result_out_of_bounds: Text => "string pointer/length out of bounds of memory";
            result_unaligned: Text => "return pointer not aligned";
            table_growth: Text => "table elements and was refused more: its limit is";
            trap_in_describe: Text => "asking it to describe itself: trap: wasm";
            trap_in_post_return: Text => "instruction executed";
            trap_in_realloc: Text => "instruction executed";
            trap_in_run: Text => "instruction executed";
            trap_in_start: Text => "asking it to describe itself: trap: wasm";
            wrong_type_of_run: Text => "asking it to describe itself: expected 1-tuple, found 0-tuple";
            yield_during_a_call: Text => "trap: cannot leave component instance";
            huge_component: Made(huge_component) => "completed";
            thousands_of_functions: Made(thousands_of_functions) => "completed";
            giant_function: Made(giant_function) => "completed";
            pathological_nesting: Made(pathological_nesting) => "the function 3 has 4001 blocks within each other";
            nested_components: Made(nested_components) => ", so it is not a Gantry plugin (it exports nothing); build it for the world";
            thousands_of_locals: Made(thousands_of_locals) => "completed";
            giant_jump_tables: Made(giant_jump_tables) => "the function 3 has 100002 branches and their targets";
            hundreds_of_memories: Made(hundreds_of_memories) => "The component transitively contains 300 core module instances";
            thousands_of_instances: Made(thousands_of_instances) => "instances count exceeds limit of 1000";
            exponential_types: Made(exponential_types) => "effective type size exceeds the limit";
            giant_initial_memory: Made(giant_initial_memory) => "compiling: it starts with 4096.0 MiB of memory and its limit is 64.0 MiB; raise";
            giant_initial_table: Made(giant_initial_table) => "module table does not fit in pooling allocator requirements";
            half_a_file: Made(half_a_file) => "parsing: it ends in the middle, after 18274 bytes; it may not have been copied to its end";
        }
    };
}

macro_rules! list {
    ($($name:ident: $guest:expr => $comes_to:expr;)*) => {
        /// All of them.
        pub fn all() -> Vec<Attack> {
            use Guest::*;
            vec![$(Attack {
                name: Box::leak(stringify!($name).replace('_', "-").into_boxed_str()),
                guest: $guest,
                comes_to: $comes_to,
            },)*]
        }
    };
}

attacks!(list);
pub(crate) use attacks;
