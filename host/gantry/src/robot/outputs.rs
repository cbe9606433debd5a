//! What devices are given, for the recording.

use std::sync::Arc;

use gantry_hardware::{ChannelId, Direction, Image, Value};
use gantry_telemetry::Recorder;

/// Sees which outputs of a robot have changed.
pub(super) struct OutputWatch {
    image: Arc<Image>,
    outputs: Vec<Output>,
}

struct Output {
    id: ChannelId,
    name: Arc<str>,
    /// The value that was recorded last; none before the first time.
    last: Option<Value>,
}

impl OutputWatch {
    /// A watch over all outputs of an image.
    pub(super) fn new(image: Arc<Image>) -> Self {
        let outputs = image.channels();
        let outputs = outputs.filter(|(_, channel)| channel.direction == Direction::Output);
        let outputs = outputs.map(|(id, channel)| Output {
            id,
            name: channel.name.as_str().into(),
            last: None,
        });
        Self {
            outputs: outputs.collect(),
            image,
        }
    }

    /// Records the outputs for which devices were given another value since the last time; the first
    /// time, all of them. The value is the one after everything that makes outputs safe.
    pub(super) fn record(&mut self, recorder: &mut Recorder) {
        for output in &mut self.outputs {
            let last = output.last.as_ref();
            if last.is_some_and(|last| is_flushed(&self.image, output.id, last)) {
                continue;
            }
            let value = self.image.flushed(output.id);
            recorder.output(&output.name, &recorded(&value));
            output.last = Some(value);
        }
    }
}

/// Whether this is what the device was last given.
fn is_flushed(image: &Image, id: ChannelId, value: &Value) -> bool {
    match value {
        Value::Number(value) => image.flushed_number(id).to_bits() == value.to_bits(),
        Value::Boolean(value) => image.flushed_boolean(id) == *value,
        Value::Array(values) => image.flushed_array(id, |flushed| flushed == values.as_slice()),
    }
}

fn recorded(value: &Value) -> gantry_scheduler::Value {
    match value {
        Value::Number(value) => gantry_scheduler::Value::Number(*value),
        Value::Boolean(value) => gantry_scheduler::Value::Boolean(*value),
        Value::Array(values) => gantry_scheduler::Value::Numbers(values.as_slice().into()),
    }
}
