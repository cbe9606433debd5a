//! A loaded plugin.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use gantry_scheduler::{Command, CommandBuilder, MechanismId, Resource, Supplier, Value};

use crate::contract::{ContractVersion, GuestPre};
use crate::description::{Definition, Description};
use crate::exceeded::{Exceeded, Limit};
use crate::quarantine::{Quarantine, Verdict};
use crate::registry::LookupError;
use crate::run::{Context, Warm, WasmBody, bytes};
use crate::runtime::RuntimeShared;
use crate::signature::Signed;

/// A plugin that was loaded and can make commands. Clones are the same plugin.
#[derive(Clone)]
pub struct Plugin(pub(crate) Arc<Shared>);

/// What all commands of one plugin share.
pub(crate) struct Shared {
    pub(crate) context: Arc<Context>,
    pub(crate) description: Description,
    /// Of every command, what it requires.
    pub(crate) requirements: Vec<Vec<MechanismId>>,
    pub(crate) version: ContractVersion,
    pub(crate) origin: String,
    pub(crate) digest: String,
    pub(crate) signed: Signed,
    pub(crate) pre: GuestPre,
    pub(crate) counters: Arc<Counters>,
    pub(crate) supplier: Supplier,
    pub(crate) quarantine: Arc<Quarantine>,
    pub(crate) runtime: Arc<RuntimeShared>,
    pub(crate) warm: Warm,
}

/// What [`Statistics`] are made from.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) started: AtomicU64,
    pub(crate) cold: AtomicU64,
    pub(crate) completed: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) preempted: AtomicU64,
    pub(crate) fuel: AtomicU64,
}

/// What the runs of one plugin have done since it was loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// Runs that were started.
    pub started: u64,
    /// Those of them for which no instance was ready.
    pub cold: u64,
    /// Runs whose body returned a value or nothing.
    pub completed: u64,
    /// Runs whose body returned an error, trapped or could not be instantiated.
    pub failed: u64,
    /// Ticks in which a run was stopped because its slice was used up.
    pub preempted: u64,
    /// Instructions that runs have executed, in whole quanta; 0 unless
    /// [`Preemption::Fuel`](crate::Preemption::Fuel) counts them.
    pub fuel: u64,
}

impl Plugin {
    /// What the plugin is called in this robot.
    pub fn name(&self) -> &str {
        &self.0.context.name
    }

    /// Where it came from.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// What it says about itself.
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// The version of the contract that it speaks.
    pub fn contract_version(&self) -> ContractVersion {
        self.0.version
    }

    /// SHA-256 of the component, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// What all its commands are supplied by: with it they are canceled and withdrawn together.
    pub fn supplier(&self) -> &Supplier {
        &self.0.supplier
    }

    /// Who vouches for it.
    pub fn signed(&self) -> &Signed {
        &self.0.signed
    }

    /// What became of it, if it has failed too often or has another chance. Also counts what the
    /// scheduler had to end, and tells of log lines that were dropped. The host MUST ask once per tick, before it.
    pub fn review(&self, now: Duration) -> Option<Verdict> {
        self.0.context.log.tell();
        self.0.quarantine.review(now)
    }

    /// A limit that it has gone over and that the host has not been told of; each at once, and then
    /// once a second at most. To be asked for once per tick, until there is none.
    pub fn take_exceeded(&self, now: Duration) -> Option<Exceeded> {
        self.note_refused();
        self.0.context.usage.take_exceeded(now)
    }

    /// What the scheduler has refused its commands of what they may have.
    fn note_refused(&self) {
        let (supplier, context) = (&self.0.supplier, &self.0.context);
        for resource in [Resource::Runs, Resource::Conditions, Resource::Bytes] {
            if !supplier.was_refused(resource) {
                continue;
            }
            let (limit, message) = match resource {
                Resource::Runs => {
                    let most = supplier.limits().runs.unwrap_or_default();
                    (Limit::Runs, format!("it may have {most} runs at a time"))
                }
                Resource::Conditions => {
                    let most = supplier.limits().conditions.unwrap_or_default();
                    let message = format!("its bindings and waits may look at {most} conditions");
                    (Limit::Bindings, message)
                }
                Resource::Bytes => {
                    let most = bytes(supplier.limits().bytes.unwrap_or_default());
                    let message = format!("the host keeps {most} at most for all its runs");
                    (Limit::HostMemory, message)
                }
            };
            let message = format!("{message}; what was more was refused");
            context.usage.exceed(limit, message);
        }
    }

    /// What its runs have done.
    pub fn statistics(&self) -> Statistics {
        let counters = &self.0.counters;
        Statistics {
            started: counters.started.load(Relaxed),
            cold: counters.cold.load(Relaxed),
            completed: counters.completed.load(Relaxed),
            failed: counters.failed.load(Relaxed),
            preempted: counters.preempted.load(Relaxed),
            fuel: counters.fuel.load(Relaxed),
        }
    }

    /// A command by its name in the description, with arguments. Arguments that are left out take
    /// their parameter's default.
    pub fn command(
        &self,
        name: &str,
        arguments: Vec<(String, Value)>,
    ) -> Result<Command, LookupError> {
        let (index, full_name, body) = self.find(name, arguments)?;
        let definition = &self.0.description.commands[index];
        let builder = Command::builder(full_name)
            .requires(self.0.requirements[index].iter().copied())
            .priority(definition.priority)
            .runs_while_disabled(definition.runs_while_disabled);
        Ok(self.limited(builder).build(body))
    }

    /// Like [`command`](Self::command), but the host says what the command is called, what it
    /// requires and how it is scheduled; the plugin only provides the body.
    pub fn command_as(
        &self,
        builder: CommandBuilder,
        name: &str,
        arguments: Vec<(String, Value)>,
    ) -> Result<Command, LookupError> {
        let (_, _, body) = self.find(name, arguments)?;
        Ok(self.limited(builder).build(body))
    }

    /// A command's place in the description, its full name and its body.
    fn find(
        &self,
        name: &str,
        arguments: Vec<(String, Value)>,
    ) -> Result<(usize, Arc<str>, WasmBody), LookupError> {
        let commands = &self.0.description.commands;
        let index = commands.iter().position(|command| command.name == name);
        let Some(index) = index else {
            return Err(LookupError::command(self.name(), name, &self.0.description));
        };
        let full_name: Arc<str> = Arc::from(format!("{}/{name}", self.name()));
        let arguments = complete(&full_name, &commands[index], arguments)?;
        let body = WasmBody {
            plugin: self.0.clone(),
            command: Arc::from(name),
            arguments: Arc::from(arguments),
        };
        Ok((index, full_name, body))
    }

    fn limited(&self, builder: CommandBuilder) -> CommandBuilder {
        let builder = builder.supplier(&self.0.supplier);
        match self.0.context.limits.preemptions {
            Some(ticks) => builder.preemption_limit(ticks),
            None => builder,
        }
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name())
            .field("origin", &self.origin())
            .field("digest", &self.digest())
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Whether it has started runs since it was last given an instance.
    pub(crate) fn is_used(&self) -> bool {
        self.warm.is_used(self.counters.started.load(Relaxed))
    }

    /// Makes one instance ready; false if there are enough, or if that is not possible now. With
    /// `exchange`, one of another plugin is dropped for it if there is no place.
    pub(crate) fn warm_one(&self, exchange: bool) -> bool {
        let runtime = &self.runtime;
        let make_place = || exchange && runtime.drop_oldest_warm();
        if !self.warm.has_place(&runtime.warm, make_place) {
            return false;
        }
        match runtime
            .maker
            .instance(&self.context, &self.pre, self.context.limits.slice)
        {
            Some(Ok(instance)) => {
                let started = self.counters.started.load(Relaxed);
                self.warm.keep(&runtime.warm, instance, started);
                true
            }
            // A run that needs an instance makes its own, and says what is wrong.
            Some(Err(_)) | None => false,
        }
    }
}

/// The arguments of a command, all of them, in the order of the declaration.
fn complete(
    command: &str,
    definition: &Definition,
    mut given: Vec<(String, Value)>,
) -> Result<Vec<(String, Value)>, LookupError> {
    let mut arguments = Vec::with_capacity(definition.parameters.len());
    for parameter in &definition.parameters {
        let at = given.iter().position(|(name, _)| *name == parameter.name);
        let value = match (at.map(|at| given.swap_remove(at)), &parameter.default) {
            (Some((_, value)), _) => parameter
                .kind
                .accept(value)
                .map_err(|value| LookupError::wrong_type(command, parameter, &value))?,
            (None, Some(default)) => default.clone(),
            (None, None) => return Err(LookupError::missing(command, parameter)),
        };
        arguments.push((parameter.name.clone(), value));
    }
    match given.first() {
        None => Ok(arguments),
        Some((name, _)) => Err(LookupError::unknown_argument(command, name, definition)),
    }
}
