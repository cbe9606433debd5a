//! What a routine tells about itself.

use gantry_sdk::prelude::*;

/// The topics of a routine: its step, how often it scored, and how often it fell back.
#[derive(Debug)]
pub(crate) struct Progress {
    step: Topic<String>,
    scored: Counter,
    fallbacks: Counter,
}

#[derive(Debug)]
struct Counter {
    topic: Topic<i64>,
    count: i64,
}

impl Progress {
    pub(crate) fn open() -> Result<Self> {
        Ok(Self {
            step: Topic::open("autos/step")?,
            scored: Counter::open("autos/scored")?,
            fallbacks: Counter::open("autos/fallbacks")?,
        })
    }

    /// The routine goes on with something else.
    pub(crate) fn step(&self, name: &str) -> Result<()> {
        info!("{name}");
        self.step.publish(name)
    }

    /// A ball has left the robot for the goal.
    pub(crate) fn score(&mut self) -> Result<()> {
        self.scored.add_one()
    }

    /// Something did not work, and the routine goes on without it.
    pub(crate) fn fall_back(&mut self, reason: &str) -> Result<()> {
        warn!("{reason}");
        self.fallbacks.add_one()
    }

    /// How often [`score`](Self::score) was called.
    pub(crate) fn scored(&self) -> i64 {
        self.scored.count
    }
}

impl Counter {
    fn open(name: &str) -> Result<Self> {
        let topic = Topic::open(name)?;
        topic.publish(0)?;
        Ok(Self { topic, count: 0 })
    }

    fn add_one(&mut self) -> Result<()> {
        self.count += 1;
        self.topic.publish(self.count)
    }
}
