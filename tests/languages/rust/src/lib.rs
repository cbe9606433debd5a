//! The behaviour list of `../README.md`, in Rust.

mod awaits;
mod errors;
mod robot;
mod signals;
mod surroundings;
mod values;
mod waits;

use gantry_sdk::prelude::*;

plugin! {
    reads = ["arm.*", "base.*", "robot.enabled"],
    publishes = ["lang/*"],
    commands = [
        values::returns_values,
        values::defaults,
        values::returns_boolean,
        values::returns_integer,
        values::returns_number,
        values::large_values,
        values::echoes,
        values::odd_texts,
        values::publishes,
        values::reads,
        waits::yields,
        waits::waits,
        waits::waits_until,
        waits::parks,
        waits::holds,
        waits::stays,
        waits::cleans_up,
        waits::cleans_up_at,
        awaits::forks,
        awaits::awaits,
        awaits::awaits_all,
        awaits::awaits_any,
        awaits::lets_go,
        awaits::goes_later,
        awaits::takes_later,
        awaits::outcomes,
        awaits::calls_other,
        awaits::cancels,
        awaits::combines,
        awaits::decorates,
        awaits::walks,
        awaits::machine,
        awaits::branches,
        awaits::joins,
        awaits::forwards,
        errors::fails,
        errors::wrong_parameter,
        errors::invalid_calls,
        errors::wrong_topics,
        errors::wrong_writes,
        errors::refuses,
        errors::is_refused,
        errors::fails_in_cleanup,
        errors::ignores_cancel,
        errors::fails_oddly,
        errors::breaks_off,
        signals::counts,
        signals::binds,
        signals::binds_all,
        signals::signals,
        signals::edges,
        robot::drives,
        robot::not_a_number,
        robot::keeps_value,
        robot::hands_back,
        robot::channels,
        robot::sets_default,
        surroundings::logs,
        surroundings::config,
        surroundings::config_keys,
        surroundings::period,
        surroundings::sleeps,
        surroundings::random,
        surroundings::time,
    ],
}

const UNICODE: &str = "größe 机器人 🤖";

fn publish<T: gantry_sdk::Data>(topic: &str, value: impl Into<T>) -> Result<()> {
    Topic::<T>::open(topic)?.publish(value)
}

fn read<T: gantry_sdk::Data>(topic: &str) -> Result<T> {
    let value = Topic::<T>::open(topic)?.read()?;
    value.ok_or_else(|| Error::from(format!("nobody has published {topic}")))
}

/// Publishes a text to `lang/cleaned` when it is dropped.
struct Cleanup(String);

impl Drop for Cleanup {
    fn drop(&mut self) {
        if let Err(error) = publish::<String>("lang/cleaned", self.0.as_str()) {
            error!("{error}");
        }
    }
}
