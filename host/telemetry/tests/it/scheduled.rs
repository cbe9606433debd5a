//! What a real scheduler tells, all the way to the event stream.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use gantry_scheduler::{Command, Event, Mechanisms, Observer, Scheduler, Tick, Value, sequence};
use gantry_telemetry::{Jsonl, JsonlOptions, Recorder, channel};

use crate::golden;
use crate::support::{PERIOD, run};

struct Watch(Rc<RefCell<Recorder>>);

impl Observer for Watch {
    fn event(&mut self, event: &Event<'_>) {
        self.0.borrow_mut().event(event);
    }
}

/// A routine of two steps, and somebody who takes the drivetrain from it.
fn play() -> String {
    let (producer, mut consumer) = channel(256);
    let recorder = Rc::new(RefCell::new(Recorder::new(producer)));
    let mechanisms = Mechanisms::new(["drive"]).unwrap();
    let drive = mechanisms.find("drive").unwrap();
    let watch = Box::new(Watch(recorder.clone()));
    let mut scheduler = Scheduler::new(Arc::new(mechanisms), watch);
    scheduler.set_enabled(true);

    let measure = Command::builder("measure").build_async(|co| async move {
        co.yield_now().await?;
        Ok(Some(Value::Number(1.5)))
    });
    let forward = Command::builder("forward").requires([drive]);
    let forward = forward.build_async(|co| async move { match co.park().await? {} });
    let align = Command::builder("align").requires([drive]);
    let align = align.build_async(|_| async { Ok(None) });
    let routine = sequence(&[measure, forward]).named("routine");

    let mut jsonl = Jsonl::new(JsonlOptions::default());
    let mut text = jsonl.header(run()).to_vec();
    for number in 0..6 {
        let time = PERIOD * number as u32;
        recorder.borrow_mut().begin_tick(Tick { number, time });
        match number {
            1 => drop(scheduler.schedule(&routine)),
            4 => drop(scheduler.schedule(&align)),
            _ => {}
        }
        scheduler.tick(time);
        recorder.borrow_mut().end_tick(None);
        while let Some(record) = consumer.pop() {
            if jsonl.wants(&record) {
                text.extend_from_slice(jsonl.line(&record));
            }
        }
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn a_routine_is_told_from_beginning_to_end_and_the_same_twice() {
    let events = play();
    golden::check("routine.jsonl", &events);
    assert_eq!(events, play());
}
