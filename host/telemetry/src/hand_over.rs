//! The bounded, lock-free way from the loop to whoever reads the records.

use gantry_scheduler::Tick;

use crate::{Record, RecordKind};

/// Makes a ring for this many records, rounded up to at least 16.
///
/// Pushing never blocks and never allocates. Resumes and suspensions of bodies, which are the bulk,
/// may use three quarters of the ring; the rest is kept for everything else. What does not fit is
/// counted, and the count goes out as a record of its own as soon as there is room.
pub fn channel(capacity: usize) -> (Producer, Consumer) {
    let capacity = capacity.max(16);
    let (producer, consumer) = rtrb::RingBuffer::new(capacity);
    let producer = Producer {
        ring: producer,
        reserve: capacity / 4,
        known_free: capacity,
        lost_bodies: 0,
        lost_others: 0,
    };
    (producer, Consumer { ring: consumer })
}

/// The loop's end.
#[derive(Debug)]
pub struct Producer {
    ring: rtrb::Producer<Record>,
    /// Slots that records of bodies leave free.
    reserve: usize,
    /// At least this many slots are free. Asked for again only when it runs out, so that the
    /// reader's cache line is not touched with every record.
    known_free: usize,
    lost_bodies: u64,
    lost_others: u64,
}

impl Producer {
    /// Hands a record over, or counts it as lost.
    pub fn push(&mut self, record: Record) {
        if self.lost() > 0 {
            self.tell_lost(record.at);
        }
        let body = record.kind.is_body();
        let keep_free = if body { self.reserve } else { 0 };
        if self.has_room(keep_free) {
            self.push_into_room(record);
        } else if body {
            self.lost_bodies += 1;
        } else {
            self.lost_others += 1;
        }
    }

    /// How many records were lost and have not been reported yet.
    pub fn lost(&self) -> u64 {
        self.lost_bodies + self.lost_others
    }

    /// Reports losses once bodies fit again, so that a flood does not fill the reserve with reports.
    fn tell_lost(&mut self, at: Tick) {
        if !self.has_room(self.reserve) {
            return;
        }
        let kind = RecordKind::Dropped {
            bodies: std::mem::take(&mut self.lost_bodies),
            others: std::mem::take(&mut self.lost_others),
        };
        self.push_into_room(Record {
            at,
            run: None,
            parent: None,
            command: None,
            body: None,
            kind,
        });
    }

    fn has_room(&mut self, keep_free: usize) -> bool {
        if self.known_free <= keep_free {
            self.known_free = self.ring.slots();
        }
        self.known_free > keep_free
    }

    fn push_into_room(&mut self, record: Record) {
        self.known_free -= 1;
        let pushed = self.ring.push(record);
        debug_assert!(pushed.is_ok(), "there was room, and nobody else pushes");
    }
}

/// The reader's end.
#[derive(Debug)]
pub struct Consumer {
    ring: rtrb::Consumer<Record>,
}

impl Consumer {
    /// The oldest record that has not been taken.
    pub fn pop(&mut self) -> Option<Record> {
        self.ring.pop().ok()
    }

    /// Whether nothing is left and nothing can come any more, because the loop's end is gone.
    pub fn is_finished(&self) -> bool {
        // The order matters: what was pushed before the loop's end went away is seen by the second.
        self.ring.is_abandoned() && self.ring.is_empty()
    }
}
