//! The interface `state`: topics.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::bindings::gantry::command::state::{Host, HostTopic};
use super::bindings::gantry::command::types::Value;
use crate::capabilities::Topic;
use crate::run::{Cost, RunState, size};
use crate::topics::Publication;

impl Host for RunState {}

impl HostTopic for RunState {
    fn open(&mut self, name: String) -> Result<std::result::Result<Resource<Topic>, String>> {
        self.control.charge(Cost::Bytes(name.len()));
        let opened = Topic::open(&self.context.grants, &name);
        Ok(opened.and_then(|topic| self.try_keep(topic)))
    }

    fn publish(
        &mut self,
        this: Resource<Topic>,
        value: Value,
    ) -> Result<std::result::Result<(), String>> {
        let value = value.into();
        self.hand_over(size::of_value(&value))?;
        let context = &self.context;
        let admit = |name: &str| context.usage.new_topic(name, &context.limits);
        let topic = self.table.get(&this)?;
        let publication = Publication {
            at: context.clock.tick().time,
            by: Some(&context.supplier),
        };
        Ok(topic.publish(&context.topics, &value, publication, admit))
    }

    fn read(&mut self, this: Resource<Topic>) -> Result<Option<Value>> {
        let value = self.table.get(&this)?.read(&self.context.topics);
        let bytes = value.as_ref().map_or(0, size::of_value);
        self.control.charge(Cost::Bytes(bytes));
        Ok(value.map(Into::into))
    }

    fn drop(&mut self, this: Resource<Topic>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}
