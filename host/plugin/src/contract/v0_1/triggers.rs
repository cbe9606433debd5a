//! The interface `triggers`: bindings and default commands.

use gantry_scheduler::{self as plain, Command, Request, Signal};
use wasmtime::Result;
use wasmtime::component::Resource;

use super::bindings::gantry::command::triggers::{Binding, Host};
use super::bindings::gantry::command::types::SchedulingError;
use super::coroutine::answered;
use crate::run::{Cost, RunState};

impl Host for RunState {
    async fn bind(
        &mut self,
        signal: Resource<Signal>,
        kind: Binding,
        command: Resource<Command>,
    ) -> Result<std::result::Result<(), SchedulingError>> {
        let binding = match kind {
            Binding::OnTrue => plain::Binding::OnTrue,
            Binding::OnFalse => plain::Binding::OnFalse,
            Binding::WhileTrue => plain::Binding::WhileTrue,
            Binding::WhileFalse => plain::Binding::WhileFalse,
            Binding::RetryWhileTrue => plain::Binding::RetryWhileTrue,
            Binding::RetryWhileFalse => plain::Binding::RetryWhileFalse,
            Binding::ToggleOnTrue => plain::Binding::ToggleOnTrue,
            Binding::ToggleOnFalse => plain::Binding::ToggleOnFalse,
        };
        let signal = self.table.get(&signal)?.clone();
        let command = self.table.get(&command)?.clone();
        answered(
            self.ask_done(
                "bind",
                Request::Bind {
                    signal,
                    binding,
                    command,
                },
            )
            .await,
        )
    }

    async fn set_default(
        &mut self,
        mechanism: String,
        command: Resource<Command>,
    ) -> Result<std::result::Result<(), SchedulingError>> {
        let command = self.table.get(&command)?.clone();
        let context = &self.context;
        let names = context.mechanisms.names().count();
        self.control.charge(Cost::Bytes(mechanism.len()));
        self.control.charge(Cost::Names(names));
        let granted = context
            .grants
            .default_mechanism(&context.mechanisms, &mechanism);
        let mechanism = match granted {
            Ok(mechanism) => mechanism,
            Err(message) => return Ok(Err(SchedulingError::Invalid(message))),
        };
        answered(
            self.ask_done("set-default", Request::SetDefault { mechanism, command })
                .await,
        )
    }
}
