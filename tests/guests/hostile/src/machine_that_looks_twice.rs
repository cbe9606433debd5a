//! Makes state machines whose only state has 100 transitions, each named 1,000 times.

use crate::Answer;
use crate::gantry::command::commands::{Command, StateMachine};
use crate::gantry::command::coroutine;
use crate::gantry::command::signals::{Signal, Source};

pub(crate) fn run() -> Answer {
    let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
    for _ in 1..5 {
        signal = signal.negate();
    }
    let mut machines = Vec::new();
    for _ in 0..4 {
        let machine = StateMachine::new("machine");
        let state = machine.add_state("state", &Command::delay(1e6)?);
        for _ in 0..100 {
            machine.switch_when(&[state; 1000], None, &signal)?;
        }
        machines.push(machine.build(state)?);
    }
    let machines: Vec<&Command> = machines.iter().collect();
    coroutine::fork(&machines).map_err(|error| crate::refusal(&error))?;
    let _ = coroutine::park();
    Ok(None)
}
