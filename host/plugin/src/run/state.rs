//! What the store of one run holds.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use gantry_hardware::Image;
use gantry_scheduler::{
    Answer, Claim, Command, ForkFailure, Mailbox, Mechanisms, Request, Resource as Kind, RunId,
    Signal, Supplier, Tick, Value,
};
use wasmtime::bail;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;

use super::control::{Control, Phase};
use super::cost::Cost;
use super::limiter::{Limiter, bytes};
use super::size;
use super::usage::Usage;
use crate::capabilities::Grants;
use crate::config::Limits;
use crate::exceeded::Limit;
use crate::log::RunLog;
use crate::log_gate::LogGate;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::robot::{Robot, TickClock};
use crate::topics::Topics;
use crate::wasi::{Files, Random};

/// What all runs of one plugin share: the plugin's part of the robot.
pub(crate) struct Context {
    pub(crate) name: Arc<str>,
    pub(crate) grants: Grants,
    pub(crate) files: Files,
    pub(crate) config: BTreeMap<String, Value>,
    pub(crate) limits: Limits,
    pub(crate) mechanisms: Arc<Mechanisms>,
    pub(crate) image: Arc<Image>,
    pub(crate) topics: Arc<Topics>,
    pub(crate) clock: Arc<TickClock>,
    /// The registry holds the plugins, so they must not hold it.
    pub(crate) registry: Weak<Registry>,
    pub(crate) log: Arc<LogGate>,
    pub(crate) usage: Arc<Usage>,
    /// Whose the commands are that its runs make.
    pub(crate) supplier: Supplier,
    pub(crate) seed: u64,
}

impl Context {
    /// With what the plugin is granted, and a folder that is open.
    pub(crate) fn granted(
        name: &Arc<str>,
        policy: &Policy,
        files: Files,
        robot: &Robot,
        supplier: &Supplier,
    ) -> Self {
        Self {
            supplier: supplier.clone(),
            grants: Grants::of(policy),
            files,
            ..Self::bare(name, policy, robot)
        }
    }

    /// With nothing granted but the configuration, and nothing of the robot to be seen.
    pub(crate) fn describing(name: &Arc<str>, policy: &Policy, robot: &Robot) -> Self {
        Self::bare(name, policy, &robot.nowhere())
    }

    fn bare(name: &Arc<str>, policy: &Policy, robot: &Robot) -> Self {
        Self {
            name: name.clone(),
            grants: Grants::default(),
            files: Files::default(),
            config: policy.config.clone(),
            limits: policy.limits,
            mechanisms: robot.mechanisms.clone(),
            image: robot.image.clone(),
            topics: robot.topics.clone(),
            clock: robot.clock.clone(),
            registry: Arc::downgrade(&robot.registry),
            log: Arc::new(LogGate::new(
                robot.log.clone(),
                name.clone(),
                robot.clock.clone(),
                policy.limits.log_lines_per_second,
            )),
            usage: Arc::default(),
            supplier: Supplier::with_limits(policy.limits.of_supplier()),
            seed: robot.seed,
        }
    }
}

/// What the store of one run holds.
pub(crate) struct RunState {
    pub(crate) context: Arc<Context>,
    pub(crate) control: Arc<Control>,
    mailbox: Arc<Mailbox>,
    /// The handles the run holds, of the contract and of WASI.
    pub(crate) table: ResourceTable,
    pub(crate) limiter: Limiter,
    pub(crate) log: Arc<Mutex<RunLog>>,
    /// The run's id; 0 before it has one, which owns nothing.
    pub(crate) run: u64,
    pub(crate) random: Random,
    /// Deadlines of the pollables that are timers, in nanoseconds of tick time.
    pub(crate) timers: HashMap<u32, u64>,
    /// What is kept for the handles to signals.
    signals: HashMap<u32, Claim>,
    /// Only made when a guest looks for files or sockets.
    wasi: Option<WasiCtx>,
}

/// Why the scheduler did not do what was asked.
#[derive(Debug)]
pub(crate) enum Denied {
    /// The run was canceled.
    Canceled,
    /// Commands could not start.
    Refused(ForkFailure),
    /// The request was wrong.
    Invalid(String),
}

impl RunState {
    pub(crate) fn new(context: Arc<Context>, control: Arc<Control>, mailbox: Arc<Mailbox>) -> Self {
        let limits = &context.limits;
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        let log = RunLog::new(
            context.log.clone(),
            context.name.clone(),
            limits.log_lines_per_tick,
        );
        Self {
            limiter: Limiter::new(limits, context.usage.clone()),
            log: Arc::new(Mutex::new(log)),
            run: 0,
            // What a guest draws while it starts must not depend on when that is.
            random: Random::new(context.seed, &[&context.name], 0),
            timers: HashMap::new(),
            signals: HashMap::new(),
            wasi: None,
            table,
            context,
            control,
            mailbox,
        }
    }

    /// From now on this is the store of a run.
    ///
    /// Its random numbers start from its number among the plugin's runs rather than from its id,
    /// which tells what others have started.
    pub(crate) fn belongs_to(&mut self, command: &Arc<str>, run: RunId, number: u64) {
        self.run = run.0;
        self.random = Random::new(self.context.seed, &[&self.context.name, command], number);
        self.run_log().belongs_to(command.clone(), run);
        self.control.set_phase(Phase::Running);
    }

    /// The present tick. While the instance starts, time has not begun: a warm instance and one
    /// that is made on the spot must not differ.
    pub(crate) fn moment(&self) -> Tick {
        match self.control.phase() {
            Phase::Starting => Tick::default(),
            Phase::Describing | Phase::Running => self.context.clock.tick(),
        }
    }

    pub(crate) fn run_log(&self) -> MutexGuard<'_, RunLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the scheduler and suspends until it answers. The outer error ends the run.
    pub(crate) async fn ask(
        &mut self,
        call: &'static str,
        request: Request,
    ) -> wasmtime::Result<Result<Answer, Denied>> {
        if self.control.phase() != Phase::Running {
            bail!("`{call}` was called before the command runs; `describe` must not suspend");
        }
        // In a cleanup nothing can be started or waited for, but other commands be canceled.
        if self.control.canceled() && !matches!(request, Request::Cancel(_)) {
            return Ok(Err(Denied::Canceled));
        }
        self.control.count_request();
        self.control.charge(Cost::Request);
        let answer = self.mailbox.ask(request).await;
        Ok(match answer {
            Answer::Canceled => Err(Denied::Canceled),
            Answer::Refused(failure) => Err(Denied::Refused(failure)),
            Answer::Invalid(message) => Err(Denied::Invalid(message)),
            answer => Ok(answer),
        })
    }

    /// Asks for something whose answer carries nothing.
    pub(crate) async fn ask_done(
        &mut self,
        call: &'static str,
        request: Request,
    ) -> wasmtime::Result<Result<(), Denied>> {
        match self.ask(call, request).await? {
            Ok(Answer::Done) => Ok(Ok(())),
            Ok(other) => unexpected(call, &other),
            Err(denied) => Ok(Err(denied)),
        }
    }

    /// The state that a host call works on: every call goes through here, and is charged.
    pub(crate) fn called(&mut self) -> &mut Self {
        self.control.charge(Cost::Call);
        self
    }

    /// Counts bytes that the guest hands to the host; too many in one tick end the run.
    pub(crate) fn hand_over(&self, bytes: usize) -> wasmtime::Result<()> {
        self.control.charge(Cost::Bytes(bytes));
        let (context, tick) = (&self.context, self.moment().number);
        let result = context.usage.hand_over(tick, bytes, &context.limits);
        result.map_err(wasmtime::Error::msg)
    }

    /// Keeps something the guest gets a handle to.
    pub(crate) fn keep<T: Send + 'static>(&mut self, thing: T) -> wasmtime::Result<Resource<T>> {
        match self.table.push(thing) {
            Ok(handle) => Ok(handle),
            Err(error) => bail!("{error}: {}", self.too_many_handles()),
        }
    }

    /// Keeps something the guest gets a handle to, or says to the guest that it holds too many.
    pub(crate) fn try_keep<T: Send + 'static>(&mut self, thing: T) -> Result<Resource<T>, String> {
        self.table.push(thing).map_err(|_| self.too_many_handles())
    }

    /// A command that a run has made, of so many bytes besides itself: it counts as its plugin's.
    pub(crate) fn own(&self, command: &Command, bytes: usize) -> Result<Command, String> {
        let claim = self.claim(size::COMMAND + bytes)?;
        Ok(command.supplied_by(&self.context.supplier).claiming(claim))
    }

    /// Takes a part of what the host may keep for the plugin.
    pub(crate) fn claim(&self, amount: usize) -> Result<Claim, String> {
        let claim = self.context.supplier.claim(Kind::Bytes, amount);
        claim.map_err(|most| too_much_kept(amount, most))
    }

    /// Keeps a signal that the guest gets a handle to.
    pub(crate) fn try_keep_signal(&mut self, signal: Signal) -> Result<Resource<Signal>, String> {
        let claim = self.claim(size::of_signal(&signal))?;
        let handle = self.try_keep(signal)?;
        self.signals.insert(handle.rep(), claim);
        Ok(handle)
    }

    /// The run is over: nothing that it held is of any use.
    pub(crate) fn drop_handles(&mut self) {
        self.table = ResourceTable::new();
        self.signals.clear();
    }

    /// The guest has dropped its handle to a signal.
    pub(crate) fn drop_signal(&mut self, handle: Resource<Signal>) -> wasmtime::Result<()> {
        self.signals.remove(&handle.rep());
        self.table.delete(handle)?;
        Ok(())
    }

    fn too_many_handles(&self) -> String {
        let most = self.context.limits.handles;
        let message = "handles, which is the most; drop those it does not need";
        let message = format!("the run holds {most} {message}");
        self.context.usage.exceed(Limit::Handles, message)
    }

    /// The part of WASI that is not ours.
    pub(crate) fn wasi(&mut self) -> (&mut WasiCtx, &mut ResourceTable) {
        let wasi = self.wasi.get_or_insert_with(crate::wasi::closed);
        (wasi, &mut self.table)
    }
}

impl fmt::Debug for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunState")
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}

/// What a guest is told that would have the host keep so much more than it may.
pub(crate) fn too_much_kept(amount: usize, most: usize) -> String {
    format!(
        "the host keeps {} at most for all runs of the plugin, and {} more are too many; drop the \
         commands and signals that it does not need (`limits.{}`)",
        bytes(most),
        bytes(amount),
        Limit::HostMemory
    )
}

/// The scheduler broke its side of the seam: the run ends.
pub(crate) fn unexpected<T>(call: &str, answer: &Answer) -> wasmtime::Result<T> {
    bail!("the scheduler answered {answer:?} to `{call}`")
}
