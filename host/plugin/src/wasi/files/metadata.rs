//! What files say about themselves: nothing that differs between two executions.

use std::collections::HashMap;

use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorStat, DescriptorType, MetadataHashValue,
};

use crate::wasi::clocks::WALL_CLOCK_START;

/// The most files and folders that are told apart by their numbers.
const MAX_KNOWN: usize = 10_000;

/// As a plugin sees it. All times are the start of its wall clock: the disk has the real ones.
/// What size a folder has and how many links lead to it is up to the file system.
pub(super) fn seen(stat: DescriptorStat) -> DescriptorStat {
    let time = Some(Datetime {
        seconds: WALL_CLOCK_START,
        nanoseconds: 0,
    });
    let is_folder = stat.type_ == DescriptorType::Directory;
    let (size, link_count) = match is_folder {
        true => (0, 1),
        false => (stat.size, stat.link_count),
    };
    DescriptorStat {
        type_: stat.type_,
        link_count,
        size,
        data_access_timestamp: time,
        data_modification_timestamp: time,
        status_change_timestamp: time,
    }
}

/// Numbers by which one plugin tells files apart, in the order in which it first asks.
///
/// The system has such numbers, too, but gives them to the next file when one is removed, or does
/// not, and they are others on another disk.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    known: HashMap<(u64, u64), u64>,
    last: u64,
}

impl Numbers {
    /// The number of what has this hash.
    pub(super) fn of(&mut self, hash: &MetadataHashValue) -> MetadataHashValue {
        // The numbers begin where they ended: none is ever used twice.
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        let number = self.known.entry((hash.lower, hash.upper));
        let lower = *number.or_insert_with(|| {
            self.last += 1;
            self.last
        });
        MetadataHashValue { lower, upper: 0 }
    }

    /// A number that nothing has: for what was removed and is still open.
    pub(super) fn new_one(&mut self) -> MetadataHashValue {
        self.last += 1;
        MetadataHashValue {
            lower: self.last,
            upper: 0,
        }
    }

    /// It is about to be removed: what has this hash next is something else.
    pub(super) fn forget(&mut self, hash: &MetadataHashValue) {
        self.known.remove(&(hash.lower, hash.upper));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> MetadataHashValue {
        MetadataHashValue {
            lower: number,
            upper: !number,
        }
    }

    #[test]
    fn numbers_tell_apart_and_are_never_used_twice() {
        let mut numbers = Numbers::default();
        let mut of = |number| numbers.of(&hash(number)).lower;
        assert_eq!([of(70), of(50), of(70)], [1, 2, 1]);
        numbers.forget(&hash(70));
        let mut of = |number| numbers.of(&hash(number)).lower;
        assert_eq!([of(50), of(70)], [2, 3]);
        let all: std::collections::HashSet<u64> = (0..30_000).map(of).collect();
        assert_eq!(all.len(), 30_000);
        assert!(numbers.known.len() <= MAX_KNOWN);
    }
}
