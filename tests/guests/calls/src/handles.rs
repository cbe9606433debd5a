//! The handles that a guest holds, and those that it only claims to hold.

use std::mem::ManuallyDrop;

use crate::gantry::command::commands::{Command, StateMachine};
use crate::gantry::command::hardware::{
    ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput,
};
use crate::gantry::command::signals::Signal;
use crate::gantry::command::state::Topic;
use crate::reader::Reader;

/// A kind of handle.
pub(crate) trait Handle {
    const KIND: usize;
    fn number(&self) -> u32;
    /// It need not be one of this kind, or one at all.
    fn of(number: u32) -> Self;
}

macro_rules! kinds {
    ($($number:literal $kind:ident)*) => {
        $(impl Handle for $kind {
            const KIND: usize = $number;
            fn number(&self) -> u32 {
                self.handle()
            }
            fn of(number: u32) -> Self {
                // SAFETY: none: the host has to refuse what is not a handle.
                unsafe { Self::from_handle(number) }
            }
        })*
        const KINDS: usize = [$($number),*].len();
    };
}

kinds! {
    0 Command 1 Signal 2 StateMachine 3 Topic 4 NumberInput 5 BooleanInput 6 ArrayInput
    7 NumberOutput 8 BooleanOutput 9 ArrayOutput
}

#[derive(Default)]
pub(crate) struct Handles {
    live: [Vec<u32>; KINDS],
    gone: Vec<u32>,
}

impl Handles {
    pub(crate) fn keep<T: Handle>(&mut self, thing: T) {
        self.live[T::KIND].push(thing.number());
        std::mem::forget(thing);
    }

    pub(crate) fn keep_if<T: Handle, E>(&mut self, made: Result<T, E>) {
        if let Ok(thing) = made {
            self.keep(thing);
        }
    }

    /// One of this kind, or what is not; none if there is none yet.
    pub(crate) fn pick<T: Handle>(&self, reader: &mut Reader<'_>) -> Option<ManuallyDrop<T>> {
        let choice = reader.byte();
        let numbers = match choice {
            252.. => return Some(ManuallyDrop::new(T::of(reader.whole_number()))),
            248.. => self.live.iter().find(|numbers| !numbers.is_empty())?,
            244.. => &self.gone,
            _ => &self.live[T::KIND],
        };
        let index = usize::from(choice) % numbers.len().max(1);
        let number = *numbers.get(index)?;
        Some(ManuallyDrop::new(T::of(number)))
    }

    pub(crate) fn several<T: Handle>(&self, reader: &mut Reader<'_>) -> Several<T> {
        match reader.byte() {
            many @ 250.. => {
                let one = self.pick::<T>(reader);
                let repeat = |one: ManuallyDrop<T>| {
                    let again = |_| ManuallyDrop::new(T::of(one.number()));
                    (0..usize::from(many - 249) * 300).map(again).collect()
                };
                Several(one.map(repeat).unwrap_or_default())
            }
            few => Several((0..few % 6).filter_map(|_| self.pick(reader)).collect()),
        }
    }

    /// Gives one back. From then on it counts as one that is gone.
    pub(crate) fn give_back<T: Handle>(&mut self, reader: &mut Reader<'_>) {
        if let Some(thing) = self.pick::<T>(reader) {
            let number = thing.number();
            self.live[T::KIND].retain(|live| *live != number);
            self.gone.push(number);
            drop(ManuallyDrop::into_inner(thing));
        }
    }
}

/// Several of a kind, which are not given back.
pub(crate) struct Several<T>(Vec<ManuallyDrop<T>>);

impl<T> Several<T> {
    pub(crate) fn borrowed(&self) -> Vec<&T> {
        self.0.iter().map(|thing| &**thing).collect()
    }
}
