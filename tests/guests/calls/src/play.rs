//! One call after the other. What comes of a call is of no interest, but for its handles.

use std::hint::black_box;
use std::time::Duration;

use crate::gantry::command::commands::{Command, StateMachine};
use crate::gantry::command::coroutine;
use crate::gantry::command::hardware::{
    ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput,
};
use crate::gantry::command::signals::{Edge, Signal, Source};
use crate::gantry::command::state::Topic;
use crate::gantry::command::triggers::{self, Binding};
use crate::gantry::command::types::{SchedulingError, Value};
use crate::gantry::command::{clock, config, log};
use crate::handles::Handles;
use crate::reader::{COMMANDS, NAMES, Reader};

/// How often a program may go back.
const MOST_JUMPS: u32 = 2_000;

/// Whether there is more to do.
type Flow = Result<(), Result<Option<Value>, String>>;

pub(crate) struct Player<'a> {
    reader: Reader<'a>,
    handles: Handles,
    /// Whether it goes on after it was canceled.
    stays: bool,
    jumps: u32,
}

/// Calls a method of a handle, if there is one.
macro_rules! on {
    ($self:ident, $kind:ty, |$thing:ident| $call:expr) => {
        if let Some($thing) = $self.handles.pick::<$kind>(&mut $self.reader) {
            let _ = $call;
        }
    };
}

impl<'a> Player<'a> {
    pub(crate) fn new(program: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(program),
            handles: Handles::default(),
            stays: false,
            jumps: 0,
        }
    }

    pub(crate) fn play(mut self) -> Result<Option<Value>, String> {
        while !self.reader.is_at_end() {
            if let Err(end) = self.call() {
                return end;
            }
        }
        Ok(None)
    }

    fn call(&mut self) -> Flow {
        match self.reader.byte() % 80 {
            number @ 0..=19 => self.of_commands(number),
            number @ 20..=31 => return self.of_the_coroutine(number),
            number @ 32..=44 => self.of_signals(number),
            number @ 45..=63 => self.of_hardware(number),
            number @ 64..=71 => self.of_the_rest(number),
            number => return self.of_the_guest(number),
        }
        Ok(())
    }

    fn of_commands(&mut self, number: u8) {
        let Self {
            reader, handles, ..
        } = self;
        match number {
            0..=2 => {
                let name = reader.name(&COMMANDS);
                handles.keep_if(Command::lookup(&name, &reader.arguments()));
            }
            3 => {
                let members = handles.several(reader);
                handles.keep(Command::sequence(&members.borrowed()));
            }
            4 => {
                let (required, optional) = (handles.several(reader), handles.several(reader));
                handles.keep_if(Command::parallel(
                    &required.borrowed(),
                    &optional.borrowed(),
                ));
            }
            5 => {
                let members = handles.several(reader);
                handles.keep_if(Command::race(&members.borrowed()));
            }
            6 => handles.keep_if(Command::delay(reader.number())),
            7 => on!(self, Signal, |s| self.handles.keep(Command::condition(&s))),
            8 => on!(self, Command, |c| {
                let name = self.reader.message();
                self.handles.keep(c.named(&name));
            }),
            9 => on!(self, Command, |c| {
                let priority = self.reader.priority();
                self.handles.keep(c.with_priority(priority));
            }),
            10 => on!(self, Command, |c| {
                let seconds = self.reader.number();
                self.handles.keep_if(c.with_timeout(seconds));
            }),
            11 => on!(self, Command, |c| on!(self, Signal, |s| {
                self.handles.keep(c.until(&s))
            })),
            12 => on!(self, Command, |c| {
                black_box((c.name(), c.requirements(), c.priority(), c.is_running()))
            }),
            13 => handles.give_back::<Command>(reader),
            14 => handles.keep(StateMachine::new(&reader.message())),
            15 => on!(self, StateMachine, |m| on!(self, Command, |c| {
                m.add_state(&self.reader.message(), &c)
            })),
            16 => on!(self, StateMachine, |m| on!(self, Signal, |s| {
                let (origins, target) = transition(&mut self.reader);
                black_box(m.switch_when(&origins, target, &s))
            })),
            17 => on!(self, StateMachine, |m| {
                let (origins, target) = transition(&mut self.reader);
                let signal = self.handles.pick::<Signal>(&mut self.reader);
                black_box(m.switch_on_completion(&origins, target, signal.as_deref()))
            }),
            18 => on!(self, StateMachine, |m| {
                let initial = self.reader.whole_number();
                self.handles.keep_if(m.build(initial));
            }),
            _ => handles.give_back::<StateMachine>(reader),
        }
    }

    fn of_the_coroutine(&mut self, number: u8) -> Flow {
        let Self {
            reader, handles, ..
        } = self;
        let answer = match number {
            20 => coroutine::fork(&handles.several(reader).borrowed()),
            21 | 22 => match handles.pick::<Command>(reader) {
                Some(command) => coroutine::await_(&command).map(drop),
                None => Ok(()),
            },
            23 => coroutine::await_all(&handles.several(reader).borrowed()).map(drop),
            24 => coroutine::await_any(&handles.several(reader).borrowed()).map(drop),
            25 => coroutine::wait(reader.number()),
            26 => match handles.pick::<Signal>(reader) {
                Some(signal) => {
                    let timeout = reader.flag().then(|| reader.number());
                    coroutine::wait_until(&signal, timeout).map(drop)
                }
                None => Ok(()),
            },
            27 => coroutine::park(),
            28 => {
                coroutine::set_cancel_on_fork_failure(reader.flag());
                Ok(())
            }
            29 => match handles.pick::<Command>(reader) {
                Some(command) => command.cancel(),
                None => Ok(()),
            },
            _ => coroutine::yield_(),
        };
        self.answered(answer)
    }

    /// One that was canceled returns, unless it does not.
    fn answered(&self, answer: Result<(), SchedulingError>) -> Flow {
        match answer {
            Err(SchedulingError::Canceled) if !self.stays => Err(Err("canceled".to_owned())),
            _ => Ok(()),
        }
    }

    fn of_signals(&mut self, number: u8) {
        let Self {
            reader, handles, ..
        } = self;
        let source = |flag| match flag {
            true => Source::Topic,
            false => Source::Channel,
        };
        match number {
            32 => {
                let source = source(reader.flag());
                handles.keep_if(Signal::is_true(source, &reader.name(&NAMES)));
            }
            33 => {
                let (source, name) = (source(reader.flag()), reader.name(&NAMES));
                handles.keep_if(Signal::above(source, &name, reader.number()));
            }
            34 => {
                let (source, name) = (source(reader.flag()), reader.name(&NAMES));
                handles.keep_if(Signal::below(source, &name, reader.number()));
            }
            35 => on!(self, Signal, |a| on!(self, Signal, |b| {
                self.handles.keep(a.both(&b))
            })),
            36 => on!(self, Signal, |a| on!(self, Signal, |b| {
                self.handles.keep(a.either(&b))
            })),
            37 => on!(self, Signal, |s| self.handles.keep(s.negate())),
            38 => on!(self, Signal, |s| {
                let edge = [Edge::Rising, Edge::Falling, Edge::Both];
                let edge = edge[usize::from(self.reader.byte()) % 3];
                let seconds = self.reader.number();
                self.handles.keep_if(s.debounce(seconds, edge));
            }),
            39 => on!(self, Signal, |s| self.handles.keep(s.rising_edge())),
            40 => on!(self, Signal, |s| self.handles.keep(s.falling_edge())),
            41 => on!(self, Signal, |s| {
                let (count, seconds) = (self.reader.whole_number(), self.reader.number());
                self.handles.keep_if(s.multi_press(count, seconds));
            }),
            42 | 43 => on!(self, Signal, |s| black_box(s.get())),
            _ => handles.give_back::<Signal>(reader),
        }
    }

    fn of_hardware(&mut self, number: u8) {
        let Self {
            reader, handles, ..
        } = self;
        match number {
            45 => handles.keep_if(NumberInput::open(&reader.name(&NAMES))),
            46 => on!(self, NumberInput, |i| black_box((
                i.get(),
                i.unit(),
                i.age()
            ))),
            47 => handles.keep_if(BooleanInput::open(&reader.name(&NAMES))),
            48 => on!(self, BooleanInput, |i| black_box((i.get(), i.age()))),
            49 => handles.keep_if(ArrayInput::open(&reader.name(&NAMES))),
            50 => on!(self, ArrayInput, |i| black_box((
                i.get(),
                i.unit(),
                i.age()
            ))),
            51 => handles.keep_if(NumberOutput::open(&reader.name(&NAMES))),
            52 | 53 => on!(self, NumberOutput, |o| {
                black_box(o.set(self.reader.number()))
            }),
            54 => on!(self, NumberOutput, |o| {
                black_box((o.unit(), o.minimum(), o.maximum()))
            }),
            55 => handles.keep_if(BooleanOutput::open(&reader.name(&NAMES))),
            56 => on!(self, BooleanOutput, |o| black_box(
                o.set(self.reader.flag())
            )),
            57 => handles.keep_if(ArrayOutput::open(&reader.name(&NAMES))),
            58 => on!(self, ArrayOutput, |o| {
                black_box(o.set(&self.reader.numbers()))
            }),
            59 => on!(self, ArrayOutput, |o| {
                let values = vec![self.reader.number(); o.length() as usize];
                black_box((o.set(&values), o.unit()))
            }),
            60 => handles.give_back::<NumberInput>(reader),
            61 => handles.give_back::<NumberOutput>(reader),
            62 => handles.give_back::<ArrayOutput>(reader),
            _ => {
                handles.give_back::<BooleanInput>(reader);
                handles.give_back::<BooleanOutput>(reader);
                handles.give_back::<ArrayInput>(reader);
            }
        }
    }

    /// State, log, clock and configuration.
    fn of_the_rest(&mut self, number: u8) {
        let Self {
            reader, handles, ..
        } = self;
        match number {
            64 => handles.keep_if(Topic::open(&reader.name(&NAMES))),
            65 | 66 => on!(self, Topic, |t| {
                black_box(t.publish(&self.reader.value()))
            }),
            67 => on!(self, Topic, |t| black_box(t.read())),
            68 => handles.give_back::<Topic>(reader),
            69 => {
                let level = [
                    log::Level::Trace,
                    log::Level::Debug,
                    log::Level::Info,
                    log::Level::Warn,
                    log::Level::Error,
                ];
                let level = level[usize::from(reader.byte()) % 5];
                log::log(level, &reader.message());
            }
            70 => {
                black_box((clock::now(), clock::period(), clock::tick()));
            }
            _ => {
                black_box((config::keys(), config::get(&reader.name(&NAMES))));
            }
        }
    }

    /// Bindings, and what a guest does by itself.
    fn of_the_guest(&mut self, number: u8) -> Flow {
        let Self {
            reader, handles, ..
        } = self;
        match number {
            72 => {
                let kind = binding(reader.byte());
                let signal = handles.pick::<Signal>(reader);
                let command = handles.pick::<Command>(reader);
                if let (Some(signal), Some(command)) = (signal, command) {
                    let answer = triggers::bind(&signal, kind, &command);
                    return self.answered(answer);
                }
            }
            73 => {
                let mechanism = reader.name(&NAMES);
                if let Some(command) = handles.pick::<Command>(reader) {
                    let answer = triggers::set_default(&mechanism, &command);
                    return self.answered(answer);
                }
            }
            74 if self.jumps < MOST_JUMPS => {
                self.jumps += 1;
                reader.go_back();
            }
            75 => self.stays = reader.flag(),
            76 => {
                for step in 0..u64::from(reader.byte()) << 8 {
                    black_box(step);
                }
            }
            77 => of_wasi(reader),
            78 => match reader.byte() % 8 {
                0 => std::process::abort(),
                1 => panic!("{}", reader.message()),
                2 => return Err(Err(reader.message())),
                3 => {
                    black_box(vec![1_u8; usize::from(reader.byte()) << 19]);
                }
                4 => return Err(Ok(None)),
                _ => return Err(Ok(Some(reader.value()))),
            },
            _ => return self.answered(coroutine::yield_()),
        }
        Ok(())
    }
}

fn transition(reader: &mut Reader<'_>) -> (Vec<u32>, Option<u32>) {
    let count = reader.byte() % 4;
    let origins = (0..count).map(|_| reader.whole_number()).collect();
    (origins, reader.flag().then(|| reader.whole_number()))
}

fn binding(kind: u8) -> Binding {
    match kind % 8 {
        0 => Binding::OnTrue,
        1 => Binding::OnFalse,
        2 => Binding::WhileTrue,
        3 => Binding::WhileFalse,
        4 => Binding::RetryWhileTrue,
        5 => Binding::RetryWhileFalse,
        6 => Binding::ToggleOnTrue,
        _ => Binding::ToggleOnFalse,
    }
}

/// What a language's standard library does.
fn of_wasi(reader: &mut Reader<'_>) {
    match reader.byte() % 7 {
        0 => println!("{}", reader.byte()),
        1 => eprint!("{}", reader.byte()),
        2 => std::thread::sleep(Duration::from_millis(u64::from(reader.byte()))),
        3 => std::thread::sleep(Duration::from_secs(u64::from(reader.whole_number()))),
        4 => {
            black_box((std::time::SystemTime::now(), std::time::Instant::now()));
        }
        5 => {
            black_box(std::collections::HashMap::<u8, u8>::new().insert(1, 1));
        }
        _ => {
            black_box(std::fs::read(reader.name(&NAMES)).is_ok());
        }
    }
}
