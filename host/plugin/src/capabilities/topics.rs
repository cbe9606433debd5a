//! Published state: everybody may read it, publishing needs a grant.

#![allow(unreachable_pub)]

use std::cell::Cell;
use std::sync::Arc;

use gantry_scheduler::{Signal, Value};

use super::Grants;
use crate::topics::{Publication, TopicId, Topics};

/// A topic that a run has opened. It may not have been published yet.
#[derive(Debug)]
pub struct Topic {
    name: String,
    id: Cell<Option<TopicId>>,
    granted: bool,
}

impl Topic {
    pub(crate) fn open(grants: &Grants, name: &str) -> Result<Self, String> {
        Topics::check_name(name).map_err(|error| error.to_string())?;
        Ok(Self {
            name: name.to_owned(),
            id: Cell::new(None),
            granted: grants.publishes.iter().any(|pattern| pattern.matches(name)),
        })
    }

    /// Publishes a value. `admit` says whether the topic may be brought into the world, if nobody
    /// has published it before.
    pub(crate) fn publish(
        &self,
        topics: &Topics,
        value: &Value,
        publication: Publication<'_>,
        admit: impl FnOnce(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        if !self.granted {
            return Err(format!(
                "publishing `{}` was not granted; the plugin's `publishes` in the robot's file \
                 must name it",
                self.name
            ));
        }
        let published = match self.id.get().or_else(|| topics.find(&self.name)) {
            Some(id) => topics.publish_again(id, value, publication).map(|()| id),
            None => {
                admit(&self.name)?;
                topics.publish_as(&self.name, value, publication)
            }
        };
        let id = published.map_err(|error| error.to_string())?;
        self.id.set(Some(id));
        Ok(())
    }

    pub(crate) fn read(&self, topics: &Topics) -> Option<Value> {
        if self.id.get().is_none() {
            self.id.set(topics.find(&self.name));
        }
        self.id.get().and_then(|id| topics.with(id, Value::clone))
    }

    /// A condition on the value; false while there is none, or of another type.
    pub(crate) fn signal(
        self,
        topics: &Arc<Topics>,
        holds: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Signal {
        let (topics, name) = (topics.clone(), self.name);
        let found = std::sync::OnceLock::new();
        Signal::new(move || {
            let id = match found.get() {
                Some(id) => *id,
                None => match topics.find(&name) {
                    Some(id) => *found.get_or_init(|| id),
                    None => return false,
                },
            };
            topics.with(id, &holds).unwrap_or(false)
        })
    }
}
