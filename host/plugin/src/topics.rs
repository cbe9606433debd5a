//! Published state: named values that commands share with each other and with telemetry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gantry_scheduler::{Supplier, Value};

use crate::description::Kind;

/// Bytes that the value of a topic may take.
pub const MAX_VALUE_BYTES: usize = 64 << 10;
/// Bytes of a topic's name.
pub(crate) const MAX_NAME_BYTES: usize = 128;
/// How many topics a robot can have.
pub const MAX_TOPICS: usize = 4096;

/// All published topics.
///
/// A topic has a value from its first publication until the plugin that published it last is gone.
/// Then it reads as if it had never been published, and its next value may be of another type.
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
    /// Counts publications and withdrawals that changed something.
    changes: u64,
    /// Publishers whose place another has taken, though some of their runs go on.
    retired: Vec<Supplier>,
}

#[derive(Debug)]
struct Topic {
    name: String,
    /// None: it was withdrawn with its publisher.
    value: Option<Value>,
    /// The robot's time of the last publication, of the same value or another.
    published: Duration,
    /// The plugin that published it last; none: the host.
    publisher: Option<Supplier>,
    /// The value of `Table::changes` when the value last changed.
    changed: u64,
}

/// A topic that has been published, by its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TopicId(usize);

/// When a value is published, and by whom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Publication<'a> {
    /// The robot's time.
    pub at: Duration,
    /// The plugin; none: the host.
    pub by: Option<&'a Supplier>,
}

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

    /// Publishes a value of the host's own, at time zero: it is what is read from now on. The first
    /// value fixes the topic's type.
    pub fn publish(&self, name: &str, value: &Value) -> Result<TopicId, TopicError> {
        self.publish_as(name, value, Publication::default())
    }

    /// Publishes a value of a plugin's.
    pub fn publish_as(
        &self,
        name: &str,
        value: &Value,
        publication: Publication<'_>,
    ) -> Result<TopicId, TopicError> {
        Self::check_name(name)?;
        let mut table = self.lock();
        if let Some(&id) = table.ids.get(name) {
            table.set(id, value, publication)?;
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
            value: Some(value.clone()),
            published: publication.at,
            publisher: publication.by.cloned(),
            changed: table.changes,
        };
        table.topics.push(topic);
        table.ids.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Publishes a value of a topic that has been published before. A value of the same length
    /// allocates nothing.
    pub fn publish_again(
        &self,
        id: TopicId,
        value: &Value,
        publication: Publication<'_>,
    ) -> Result<(), TopicError> {
        self.lock().set(id, value, publication)
    }

    /// Another plugin takes the place of this one, some of whose runs go on: what it published stays
    /// for now, and the other one may publish values of other types in its place.
    pub fn retire(&self, publisher: &Supplier) {
        self.lock().retired.push(publisher.clone());
    }

    /// A plugin is gone: what it was the last to publish has no value any more.
    pub fn withdraw(&self, publisher: &Supplier) {
        let mut table = self.lock();
        let table = &mut *table;
        table.retired.retain(|retired| !retired.same(publisher));
        for topic in &mut table.topics {
            let by = topic.publisher.as_ref();
            if topic.value.is_some() && by.is_some_and(|by| by.same(publisher)) {
                topic.value = None;
                table.changes += 1;
                topic.changed = table.changes;
            }
        }
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
            .and_then(|id| table.topics[id.0].value.clone())
    }

    /// Calls `look` with the value published last, if there is one.
    pub fn with<R>(&self, id: TopicId, look: impl FnOnce(&Value) -> R) -> Option<R> {
        self.lock().topics[id.0].value.as_ref().map(look)
    }

    /// How long ago the value was published last, changed or not, as of this time of the robot's.
    /// None: there is no value.
    pub fn age(&self, id: TopicId, now: Duration) -> Option<Duration> {
        let table = self.lock();
        let topic = &table.topics[id.0];
        let published = topic.value.as_ref().map(|_| topic.published);
        published.map(|published| now.saturating_sub(published))
    }

    /// Calls `look` with the name, the value and the publisher's name of every topic that changed
    /// after the moment `since` stands for, and returns the present moment. Zero is the moment before
    /// everything. A topic without a value was withdrawn.
    pub fn changes(
        &self,
        since: u64,
        mut look: impl FnMut(&str, Option<&Value>, Option<&Arc<str>>),
    ) -> u64 {
        let table = self.lock();
        if table.changes > since {
            for topic in table.topics.iter().filter(|topic| topic.changed > since) {
                let by = topic.publisher.as_ref().and_then(Supplier::name);
                look(&topic.name, topic.value.as_ref(), by);
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
    fn set(
        &mut self,
        id: TopicId,
        value: &Value,
        publication: Publication<'_>,
    ) -> Result<(), TopicError> {
        let topic = &mut self.topics[id.0];
        check_size(&topic.name, value)?;
        let same = match (&topic.publisher, publication.by) {
            (Some(before), Some(now)) => before.same(now),
            (before, now) => before.is_none() && now.is_none(),
        };
        let of_same_kind = |old: &Value| Kind::of(old) == Kind::of(value);
        if let Some(old) = topic.value.as_ref().filter(|old| !of_same_kind(old)) {
            let before = topic.publisher.as_ref();
            let is_retired = before.is_some_and(|by| self.retired.iter().any(|r| r.same(by)));
            if same || !is_retired {
                return Err(TopicError::Kind {
                    topic: topic.name.clone(),
                    published: Kind::of(old),
                    given: Kind::of(value),
                });
            }
        }
        topic.published = publication.at;
        if !same {
            topic.publisher = publication.by.cloned();
        }
        if topic.value.as_ref() == Some(value) {
            return Ok(());
        }
        topic.value = Some(value.clone());
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
        let now = topics.changes(since, |name, _, _| names.push(name.to_owned()));
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

    fn by(publisher: &Supplier, millis: u64) -> Publication<'_> {
        Publication {
            at: Duration::from_millis(millis),
            by: Some(publisher),
        }
    }

    #[test]
    fn a_topic_says_how_old_its_value_is() {
        let (topics, plugin) = (Topics::default(), Supplier::default());
        let id = topics
            .publish_as("a", &Value::Integer(1), by(&plugin, 100))
            .unwrap();
        let age = |now| topics.age(id, Duration::from_millis(now));
        assert_eq!(age(100), Some(Duration::ZERO));
        assert_eq!(age(250), Some(Duration::from_millis(150)));
        // The same value is fresh again, though nothing has changed.
        topics
            .publish_again(id, &Value::Integer(1), by(&plugin, 200))
            .unwrap();
        assert_eq!(age(250), Some(Duration::from_millis(50)));
        assert_eq!(changed(&topics, 1).1, [""; 0]);
    }

    #[test]
    fn a_topic_ends_with_whoever_published_it_last() {
        let (topics, one, other) = (Topics::default(), Supplier::default(), Supplier::default());
        let a = topics
            .publish_as("a", &Value::Boolean(true), by(&one, 0))
            .unwrap();
        topics
            .publish_as("b", &Value::Boolean(true), by(&one, 0))
            .unwrap();
        topics
            .publish_as("b", &Value::Boolean(true), by(&other, 0))
            .unwrap();
        let (now, _) = changed(&topics, 0);
        topics.withdraw(&one);
        assert_eq!(changed(&topics, now).1, ["a"]);
        assert_eq!(topics.read("a"), None);
        assert_eq!(topics.with(a, Value::clone), None);
        assert_eq!(topics.age(a, Duration::from_secs(1)), None);
        assert_eq!(topics.read("b"), Some(Value::Boolean(true)));
        topics
            .publish_again(a, &Value::Text("new".into()), by(&other, 0))
            .unwrap();
        assert_eq!(topics.read("a"), Some(Value::Text("new".into())));
    }

    #[test]
    fn who_takes_the_place_of_another_may_publish_another_type() {
        let (topics, old, new) = (Topics::default(), Supplier::default(), Supplier::default());
        let (flag, text) = (Value::Boolean(true), Value::Text("yes".into()));
        topics.publish_as("a", &flag, by(&old, 0)).unwrap();
        topics.publish_as("a", &text, by(&new, 0)).unwrap_err();
        topics.retire(&old);
        topics.publish_as("a", &text, by(&old, 0)).unwrap_err();
        topics.publish_as("a", &text, by(&new, 0)).unwrap();
        topics.publish_as("a", &flag, by(&old, 0)).unwrap_err();
        topics.withdraw(&old);
        assert_eq!(topics.read("a"), Some(text), "it is the new one's");
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
