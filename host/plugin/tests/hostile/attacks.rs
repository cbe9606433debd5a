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
            await_itself: Rust => "?";
            await_ring: Rust => "?";
            cancels_everybody: Rust => "?";
            deep_recursion: Rust => "?";
            default_command_abuse: Rust => "?";
            dropped_handle: Rust => "?";
            endless_loop: Rust => "?";
            endless_loop_in_cleanup: Rust => "?";
            environment: Rust => "?";
            exits_the_process: Rust => "?";
            folder_flood: Rust => "?";
            foreign_command: Rust => "?";
            foreign_handle: Rust => "?";
            forged_handle: Rust => "?";
            fork_bomb_deep: Rust => "?";
            fork_bomb_wide: Rust => "?";
            giant_argument: Rust => "?";
            giant_list: Rust => "?";
            giant_result: Rust => "?";
            giant_string: Rust => "?";
            highest_priority_forever: Rust => "?";
            hoarded_handles: Rust => "?";
            invalid_utf8: Rust => "?";
            log_flood: Rust => "?";
            memory_growth: Rust => "?";
            nested_groups: Rust => "?";
            nested_handles: Rust => "?";
            nested_signals: Rust => "?";
            output_after_losing_it: Rust => "?";
            output_in_cleanup_after_budget: Rust => "?";
            output_not_a_number: Rust => "?";
            output_of_another: Rust => "?";
            output_out_of_range: Rust => "?";
            panics_at_length: Rust => "?";
            path_absolute: Rust => "?";
            path_dot_dot: Rust => "?";
            path_proc: Rust => "?";
            path_race: Rust => "?";
            path_symlink: Rust => "?";
            random_that_differs: Rust => "?";
            request_storm: Rust => "?";
            reused_handle: Rust => "?";
            sleeps_for_a_year: Rust => "?";
            sockets: Rust => "?";
            stack_exhaustion_through_host_calls: Rust => "?";
            state_from_an_earlier_run: Rust => "?";
            tells_time_apart: Rust => "?";
            terminal_escapes: Rust => "?";
            thousands_of_triggers: Rust => "?";
            times_that_are_none: Rust => "?";
            topic_flood: Rust => "?";
            topic_of_another: Rust => "?";
            yield_storm: Rust => "?";
            bulk_memory: Text => "?";
            call_during_a_call: Text => "?";
            call_in_post_return: Text => "?";
            describe_bad_discriminant: Text => "?";
            describe_invalid_utf8: Text => "?";
            describe_out_of_bounds: Text => "?";
            describe_that_lies: Text => "?";
            describe_that_suspends: Text => "?";
            describe_with_a_giant_list: Text => "?";
            describe_with_many_commands: Text => "?";
            endless_loop_in_describe: Text => "?";
            endless_loop_in_post_return: Text => "?";
            endless_loop_in_realloc: Text => "?";
            endless_loop_in_realloc_of_a_call: Text => "?";
            endless_loop_in_start: Text => "?";
            realloc_out_of_bounds: Text => "?";
            result_bad_discriminant: Text => "?";
            result_out_of_bounds: Text => "?";
            result_unaligned: Text => "?";
            table_growth: Text => "?";
            trap_in_describe: Text => "?";
            trap_in_post_return: Text => "?";
            trap_in_realloc: Text => "?";
            trap_in_run: Text => "?";
            trap_in_start: Text => "?";
            wrong_type_of_run: Text => "?";
            yield_during_a_call: Text => "?";
            huge_component: Made(huge_component) => "?";
            thousands_of_functions: Made(thousands_of_functions) => "?";
            giant_function: Made(giant_function) => "?";
            pathological_nesting: Made(pathological_nesting) => "?";
            nested_components: Made(nested_components) => "?";
            thousands_of_locals: Made(thousands_of_locals) => "?";
            giant_jump_tables: Made(giant_jump_tables) => "?";
            hundreds_of_memories: Made(hundreds_of_memories) => "?";
            thousands_of_instances: Made(thousands_of_instances) => "?";
            exponential_types: Made(exponential_types) => "?";
            giant_initial_memory: Made(giant_initial_memory) => "?";
            giant_initial_table: Made(giant_initial_table) => "?";
            half_a_file: Made(half_a_file) => "?";
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
