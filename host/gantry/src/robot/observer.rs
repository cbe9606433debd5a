//! What the scheduler says goes two ways: events to telemetry, owners to the process image.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use gantry_hardware::{Image, MechanismIndex};
use gantry_scheduler::{Event, MechanismId, Observer, RunId};
use gantry_telemetry::Recorder;

/// Watches the scheduler of a robot.
pub(super) struct Watch {
    pub(super) image: Arc<Image>,
    pub(super) recorder: Rc<RefCell<Recorder>>,
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

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        // The image has the same mechanisms in the same order.
        let index = MechanismIndex(mechanism.index() as u16);
        if released {
            self.image.release(index);
        }
        self.image.set_owner(index, owner.map_or(0, |run| run.0));
    }
}
