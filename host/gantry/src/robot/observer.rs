//! What the scheduler says goes two ways: events to telemetry, owners to the process image.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use gantry_hardware::{Image, MechanismIndex};
use gantry_scheduler::{
    Blocker, Command, Event, MechanismId, Mechanisms, Observer, RefusedStart, RunId, StartSource,
    Tick,
};
use gantry_telemetry::Recorder;

/// Watches the scheduler of a robot.
pub(super) struct Watch {
    pub(super) image: Arc<Image>,
    pub(super) recorder: Rc<RefCell<Recorder>>,
    pub(super) mechanisms: Arc<Mechanisms>,
    /// Where bodies are timed from; none in virtual time, where they take none.
    pub(super) clock: Option<Instant>,
}

impl Observer for Watch {
    fn event(&mut self, event: &Event<'_>) {
        let mut recorder = self.recorder.borrow_mut();
        match self.clock {
            Some(start) if Recorder::is_timed(event) => {
                recorder.event_at(event, start.elapsed());
            }
            _ => recorder.event(event),
        }
    }

    fn start_refused(&mut self, refused: &RefusedStart<'_>) {
        self.recorder.borrow_mut().start_refused(refused);
        if refused.again > 0 {
            return;
        }
        let (command, source) = (refused.command.name(), refused.source.name());
        let blocker = refused.blocker;
        match (blocker, refused.source) {
            // What was to be expected.
            (Blocker::Disabled, StartSource::Default) => {
                tracing::debug!("`{command}` is not started ({source}): {blocker}");
            }
            (Blocker::Disabled, _) => {
                tracing::info!("`{command}` is not started ({source}): {blocker}");
            }
            _ => tracing::warn!("`{command}` is not started ({source}): {blocker}"),
        }
    }

    fn default_ends_at_once(&mut self, _: Tick, mechanism: MechanismId, command: &Command) {
        let text = format!(
            "the default command `{}` of `{}` ends by itself as soon as it is started; from now on it is \
             started every {:?} at most, and the mechanism has no owner in between",
            command.name(),
            self.mechanisms.name(mechanism),
            gantry_scheduler::SHORT_DEFAULT,
        );
        tracing::warn!("{text}");
        self.recorder.borrow_mut().note(&text);
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        // The image has the same mechanisms in the same order.
        let index = MechanismIndex(mechanism.index() as u16);
        if released {
            self.image.release(index);
        }
        self.image.set_owner(index, owner.map_or(0, |run| run.0));
    }
}
