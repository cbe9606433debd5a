//! The cost of host calls where instructions are counted instead of time.
//!
//! A host call takes a guest a handful of instructions whatever the host does for it. Where real time
//! pre-empts, that time counts by itself. In `sim` it would not: one slice of calls that each fill a
//! megabyte would take minutes. So each call is charged as many instructions as a small computer executes
//! in the time that the call takes, by what it does and never by a clock. Charges count like
//! instructions: they use up slices, and what a plugin may compute in a tick.

/// Bytes from which on memory is not kept for the next time.
const FROM_THE_SYSTEM: usize = 64 << 10;

/// Something that a host call does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cost {
    /// The call itself. Charged for every call, in one place (`RunState::called`).
    Call,
    /// Bytes that are copied between the guest and the host.
    Bytes(usize),
    /// Random bytes that are made for the guest.
    Random(usize),
    /// Things that are looked at one by one: conditions of a signal, members of a group, origins of a
    /// transition, pollables.
    Parts(usize),
    /// Names that an unknown one is compared with, for "did you mean".
    Names(usize),
    /// A request to the scheduler.
    Request,
    /// A call of the system about a file.
    File,
    /// Entries of a folder that are listed.
    Entries(usize),
}

impl Cost {
    /// Instructions; 500 stand for a microsecond.
    pub(crate) fn fuel(self) -> u64 {
        let (each, count) = match self {
            Cost::Call => (50, 1),
            // Room for many bytes comes from the system, which takes as long again.
            Cost::Bytes(count) => {
                return (count + count.saturating_sub(FROM_THE_SYSTEM)) as u64 / 8;
            }
            Cost::Random(count) => return count as u64 / 2,
            Cost::Parts(count) => (25, count),
            Cost::Names(count) => (100, count),
            Cost::Request => (250, 1),
            Cost::File => (2_500, 1),
            Cost::Entries(count) => (250, count),
        };
        count as u64 * each
    }
}
