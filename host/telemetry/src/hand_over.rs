//! The bounded, lock-free way from the loop to whoever reads the records.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use gantry_scheduler::Tick;

use crate::{Record, RecordKind};

/// Bytes of texts and values that there is room for, per record of the ring.
const BYTES_PER_RECORD: usize = 512;
/// There is room for so many in the smallest ring.
const LEAST_BYTES: usize = 1 << 20;
/// A record with more than this is a large one.
const LARGE: usize = 4 << 10;

/// Makes a ring for this many records, rounded up to at least 16, and for 512 bytes of texts and
/// values per record, rounded up to at least 1 MiB.
///
/// Pushing never blocks and never allocates. Resumes and suspensions of bodies, which are the bulk,
/// may use three quarters of the ring; the rest is kept for everything else. In the same way records
/// of more than 4 KiB leave a quarter of the bytes to the others. What does not fit is counted, and
/// the count goes out as a record of its own as soon as there is room.
pub fn channel(capacity: usize) -> (Producer, Consumer) {
    let capacity = capacity.max(16);
    let (producer, consumer) = rtrb::RingBuffer::new(capacity);
    let bytes = Arc::new(AtomicUsize::new(0));
    let producer = Producer {
        ring: producer,
        bytes: bytes.clone(),
        most_bytes: capacity.saturating_mul(BYTES_PER_RECORD).max(LEAST_BYTES),
        reserve: capacity / 4,
        known_free: capacity,
        lost_bodies: 0,
        lost_others: 0,
    };
    let ring = consumer;
    (producer, Consumer { ring, bytes })
}

/// The loop's end.
#[derive(Debug)]
pub struct Producer {
    ring: rtrb::Producer<Record>,
    /// Bytes that the records in the ring hold.
    bytes: Arc<AtomicUsize>,
    /// The most that they may hold.
    most_bytes: usize,
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
        if self.has_room(keep_free) && self.has_bytes(record.bytes()) {
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

    /// Reports losses once bodies fit again, and large records, so that a flood does not fill the
    /// reserve with reports.
    fn tell_lost(&mut self, at: Tick) {
        if !self.has_room(self.reserve) || self.bytes.load(Relaxed) > self.most_bytes / 2 {
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
            plugin: None,
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

    fn has_bytes(&self, more: usize) -> bool {
        let keep_free = if more > LARGE { self.most_bytes / 4 } else { 0 };
        more == 0 || self.bytes.load(Relaxed) + more + keep_free <= self.most_bytes
    }

    fn push_into_room(&mut self, record: Record) {
        self.known_free -= 1;
        // Counted before the reader can take them off again.
        count(record.bytes(), |bytes| self.bytes.fetch_add(bytes, Relaxed));
        let pushed = self.ring.push(record);
        debug_assert!(pushed.is_ok(), "there was room, and nobody else pushes");
    }
}

/// The reader's end.
#[derive(Debug)]
pub struct Consumer {
    ring: rtrb::Consumer<Record>,
    bytes: Arc<AtomicUsize>,
}

impl Consumer {
    /// The oldest record that has not been taken.
    pub fn pop(&mut self) -> Option<Record> {
        let record = self.ring.pop().ok()?;
        count(record.bytes(), |bytes| self.bytes.fetch_sub(bytes, Relaxed));
        Some(record)
    }

    /// Whether nothing is left and nothing can come any more, because the loop's end is gone.
    pub fn is_finished(&self) -> bool {
        // The order matters: what was pushed before the loop's end went away is seen by the second.
        self.ring.is_abandoned() && self.ring.is_empty()
    }
}

/// Counts the bytes of a record. Most have none, and then the other side's cache line is left alone.
fn count(bytes: usize, add: impl FnOnce(usize) -> usize) {
    if bytes > 0 {
        add(bytes);
    }
}
