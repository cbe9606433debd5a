//! Published state: named values that commands share with each other and with telemetry.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gantry_scheduler::Value;

use crate::description::Kind;

/// Bytes that the value of a topic may take.
pub const MAX_VALUE_BYTES: usize = 64 << 10;
/// Bytes of a topic's name.
pub(crate) const MAX_NAME_BYTES: usize = 128;
/// How many topics a robot can have.
pub const MAX_TOPICS: usize = 4096;

/// All published topics.
///
/// ```
/// use gantry_plugin::Topics;
/// use gantry_scheduler::Value;
/// let topics = Topics::default();
/// topics.publish("drive/pose", &Value::Numbers([0.0, 1.5, 0.2].into()))?;
/// assert_eq!(topics.read("drive/pose"), Some(Value::Numbers([0.0, 1.5, 0.2].into())));
/// # Ok::<(), gantry_plugin::TopicError>(())
/// ```
#[derive(Debug, Default)]
pub struct Topics(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    ids: HashMap<String, TopicId>,
    topics: Vec<Topic>,
    /// Counts publications that changed something.
    changes: u64,
}

#[derive(Debug)]
struct Topic {
    name: String,
    value: Value,
    /// The value of `Table::changes` when the value last changed.
    changed: u64,
}

/// A topic that has been published, by its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TopicId(usize);

/// Why a value was not published.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TopicError {
    /// The name has other characters than it may, is empty or too long.
    #[error(
        "`{0}` cannot be a topic: names are made of letters, digits, `-`, `_`, `.` and `/`, \
         {MAX_NAME_BYTES} bytes at most"
    )]
    Name(String),
    /// The first value had another type.
    #[error("topic `{topic}` was first published as {published} and cannot carry {given}")]
    Kind {
        /// The topic.
        topic: String,
        /// What the first value was.
        published: Kind,
        /// What was to be published.
        given: Kind,
    },
    /// The value is too large.
    #[error(
        "a value of {bytes} bytes is too large for topic `{topic}`: {MAX_VALUE_BYTES} may be published"
    )]
    TooLarge {
        /// The topic.
        topic: String,
        /// The size of what was to be published.
        bytes: usize,
    },
    /// There are too many topics.
    #[error("there are {MAX_TOPICS} topics, which is the most; `{0}` was not published")]
    TooMany(String),
}

impl Topics {
    /// Whether this can be the name of a topic.
    pub fn check_name(name: &str) -> Result<(), TopicError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.chars().all(allowed) {
            return Err(TopicError::Name(
                name.chars().take(MAX_NAME_BYTES).collect(),
            ));
        }
        Ok(())
    }

    /// Publishes a value: it is what is read from now on. The first value fixes the topic's type.
    pub fn publish(&self, name: &str, value: &Value) -> Result<TopicId, TopicError> {
        Self::check_name(name)?;
        let mut table = self.lock();
        if let Some(&id) = table.ids.get(name) {
            table.set(id, value)?;
            return Ok(id);
        }
        check_size(name, value)?;
        if table.topics.len() >= MAX_TOPICS {
            return Err(TopicError::TooMany(name.to_owned()));
        }
        table.changes += 1;
        let id = TopicId(table.topics.len());
        let topic = Topic {
            name: name.to_owned(),
            value: value.clone(),
            changed: table.changes,
        };
        table.topics.push(topic);
        table.ids.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Publishes a value of a topic that has been published before. A value of the same length
    /// allocates nothing.
    pub fn publish_again(&self, id: TopicId, value: &Value) -> Result<(), TopicError> {
        self.lock().set(id, value)
    }

    /// The topic of this name, if it has been published.
    pub fn find(&self, name: &str) -> Option<TopicId> {
        self.lock().ids.get(name).copied()
    }

    /// The value published last.
    pub fn read(&self, name: &str) -> Option<Value> {
        let table = self.lock();
        table
            .ids
            .get(name)
            .map(|id| table.topics[id.0].value.clone())
    }

    /// Calls `look` with the value published last.
    pub fn with<R>(&self, id: TopicId, look: impl FnOnce(&Value) -> R) -> R {
        look(&self.lock().topics[id.0].value)
    }

    /// Calls `look` with the name and value of every topic that changed after the moment `since`
    /// stands for, and returns the present moment. Zero is the moment before everything.
    pub fn changes(&self, since: u64, mut look: impl FnMut(&str, &Value)) -> u64 {
        let table = self.lock();
        if table.changes > since {
            for topic in table.topics.iter().filter(|topic| topic.changed > since) {
                look(&topic.name, &topic.value);
            }
        }
        table.changes
    }

    /// No operation leaves the table half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn set(&mut self, id: TopicId, value: &Value) -> Result<(), TopicError> {
        let topic = &mut self.topics[id.0];
        check_size(&topic.name, value)?;
        match (&mut topic.value, value) {
            (old, new) if Kind::of(old) == Kind::of(new) => {
                if old == new {
                    return Ok(());
                }
                *old = new.clone();
            }
            (old, new) => {
                return Err(TopicError::Kind {
                    topic: topic.name.clone(),
                    published: Kind::of(old),
                    given: Kind::of(new),
                });
            }
        }
        self.changes += 1;
        topic.changed = self.changes;
        Ok(())
    }
}

fn check_size(name: &str, value: &Value) -> Result<(), TopicError> {
    let bytes = value.shared_bytes();
    if bytes > MAX_VALUE_BYTES {
        return Err(TopicError::TooLarge {
            topic: name.to_owned(),
            bytes,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(topics: &Topics, since: u64) -> (u64, Vec<String>) {
        let mut names = Vec::new();
        let now = topics.changes(since, |name, _| names.push(name.to_owned()));
        (now, names)
    }

    #[test]
    fn the_first_value_fixes_the_type() {
        let topics = Topics::default();
        topics.publish("score", &Value::Integer(1)).unwrap();
        let error = topics
            .publish("score", &Value::Text("two".into()))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "topic `score` was first published as integer and cannot carry text"
        );
        assert_eq!(topics.read("score"), Some(Value::Integer(1)));
    }

    #[test]
    fn only_what_changed_is_reported() {
        let topics = Topics::default();
        topics.publish("a", &Value::Boolean(true)).unwrap();
        topics.publish("b", &Value::Number(1.0)).unwrap();
        let (now, names) = changed(&topics, 0);
        assert_eq!(names, ["a", "b"]);
        topics.publish("a", &Value::Boolean(true)).unwrap();
        topics.publish("b", &Value::Number(2.0)).unwrap();
        assert_eq!(changed(&topics, now).1, ["b"]);
    }

    #[test]
    fn names_and_sizes_are_bounded() {
        let topics = Topics::default();
        assert!(matches!(
            topics.publish("a b", &Value::Integer(0)),
            Err(TopicError::Name(_))
        ));
        assert!(matches!(
            topics.publish("", &Value::Integer(0)),
            Err(TopicError::Name(_))
        ));
        let large = Value::Numbers(vec![0.0; MAX_VALUE_BYTES / 8 + 1].into());
        assert!(matches!(
            topics.publish("a", &large),
            Err(TopicError::TooLarge { .. })
        ));
        assert_eq!(topics.find("a"), None);
        for index in 0..MAX_TOPICS {
            topics
                .publish(&format!("t{index}"), &Value::Integer(0))
                .unwrap();
        }
        assert!(matches!(
            topics.publish("a", &Value::Integer(0)),
            Err(TopicError::TooMany(_))
        ));
    }
}
