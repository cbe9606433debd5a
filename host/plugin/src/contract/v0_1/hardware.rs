//! The interface `hardware`: handles to channels.

use gantry_hardware::WriteError as Refused;
use wasmtime::Result;
use wasmtime::component::Resource;

use super::bindings::gantry::command::hardware::{
    Host, HostArrayInput, HostArrayOutput, HostBooleanInput, HostBooleanOutput, HostNumberInput,
    HostNumberOutput, WriteError,
};
use crate::capabilities::{
    ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput,
};
use crate::run::{Cost, RunState};

/// What the guest gets: its own result within one that ends the run.
type Opened<T> = Result<std::result::Result<Resource<T>, String>>;
type Written = Result<std::result::Result<(), WriteError>>;

impl Host for RunState {}

impl HostNumberInput for RunState {
    fn open(&mut self, channel: String) -> Opened<NumberInput> {
        let opened = NumberInput::open(&self.context.image, &self.context.grants, &channel);
        Ok(self.keep_opened(&channel, opened))
    }

    fn get(&mut self, this: Resource<NumberInput>) -> Result<f64> {
        Ok(self.table.get(&this)?.get(&self.context.image))
    }

    fn unit(&mut self, this: Resource<NumberInput>) -> Result<String> {
        Ok(self.table.get(&this)?.unit(&self.context.image).to_owned())
    }

    fn age(&mut self, this: Resource<NumberInput>) -> Result<f64> {
        Ok(self.table.get(&this)?.age(&self.context.image))
    }

    fn drop(&mut self, this: Resource<NumberInput>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl HostBooleanInput for RunState {
    fn open(&mut self, channel: String) -> Opened<BooleanInput> {
        let opened = BooleanInput::open(&self.context.image, &self.context.grants, &channel);
        Ok(self.keep_opened(&channel, opened))
    }

    fn get(&mut self, this: Resource<BooleanInput>) -> Result<bool> {
        Ok(self.table.get(&this)?.get(&self.context.image))
    }

    fn age(&mut self, this: Resource<BooleanInput>) -> Result<f64> {
        Ok(self.table.get(&this)?.age(&self.context.image))
    }

    fn drop(&mut self, this: Resource<BooleanInput>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl HostArrayInput for RunState {
    fn open(&mut self, channel: String) -> Opened<ArrayInput> {
        let opened = ArrayInput::open(&self.context.image, &self.context.grants, &channel);
        Ok(self.keep_opened(&channel, opened))
    }

    fn get(&mut self, this: Resource<ArrayInput>) -> Result<Vec<f64>> {
        let values = self.table.get(&this)?.get(&self.context.image);
        self.control.charge(Cost::Bytes(size_of_val(&*values)));
        Ok(values)
    }

    fn unit(&mut self, this: Resource<ArrayInput>) -> Result<String> {
        Ok(self.table.get(&this)?.unit(&self.context.image).to_owned())
    }

    fn age(&mut self, this: Resource<ArrayInput>) -> Result<f64> {
        Ok(self.table.get(&this)?.age(&self.context.image))
    }

    fn drop(&mut self, this: Resource<ArrayInput>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl HostNumberOutput for RunState {
    fn open(&mut self, channel: String) -> Opened<NumberOutput> {
        let opened = NumberOutput::open(&self.context.image, &channel);
        Ok(self.keep_opened(&channel, opened))
    }

    fn set(&mut self, this: Resource<NumberOutput>, value: f64) -> Written {
        let output = *self.table.get(&this)?;
        Ok(output
            .set(&self.context.image, self.run, value)
            .map_err(refused))
    }

    fn unit(&mut self, this: Resource<NumberOutput>) -> Result<String> {
        Ok(self.table.get(&this)?.unit(&self.context.image).to_owned())
    }

    fn minimum(&mut self, this: Resource<NumberOutput>) -> Result<f64> {
        Ok(self.table.get(&this)?.range(&self.context.image).0)
    }

    fn maximum(&mut self, this: Resource<NumberOutput>) -> Result<f64> {
        Ok(self.table.get(&this)?.range(&self.context.image).1)
    }

    fn drop(&mut self, this: Resource<NumberOutput>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl HostBooleanOutput for RunState {
    fn open(&mut self, channel: String) -> Opened<BooleanOutput> {
        let opened = BooleanOutput::open(&self.context.image, &channel);
        Ok(self.keep_opened(&channel, opened))
    }

    fn set(&mut self, this: Resource<BooleanOutput>, value: bool) -> Written {
        let output = *self.table.get(&this)?;
        Ok(output
            .set(&self.context.image, self.run, value)
            .map_err(refused))
    }

    fn drop(&mut self, this: Resource<BooleanOutput>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl HostArrayOutput for RunState {
    fn open(&mut self, channel: String) -> Opened<ArrayOutput> {
        let opened = ArrayOutput::open(&self.context.image, &channel);
        Ok(self.keep_opened(&channel, opened))
    }

    fn set(&mut self, this: Resource<ArrayOutput>, value: Vec<f64>) -> Written {
        let output = *self.table.get(&this)?;
        self.control.charge(Cost::Bytes(size_of_val(&*value)));
        Ok(output
            .set(&self.context.image, self.run, &value)
            .map_err(refused))
    }

    fn unit(&mut self, this: Resource<ArrayOutput>) -> Result<String> {
        Ok(self.table.get(&this)?.unit(&self.context.image).to_owned())
    }

    fn length(&mut self, this: Resource<ArrayOutput>) -> Result<u32> {
        Ok(self.table.get(&this)?.length(&self.context.image))
    }

    fn drop(&mut self, this: Resource<ArrayOutput>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl RunState {
    /// Keeps a channel that was looked for by its name.
    fn keep_opened<T: Send + 'static>(
        &mut self,
        channel: &str,
        opened: std::result::Result<T, String>,
    ) -> std::result::Result<Resource<T>, String> {
        self.charge_channel(channel, &opened);
        self.try_keep(opened?)
    }

    /// Charges for a channel that was looked for by its name.
    pub(super) fn charge_channel<T>(&self, name: &str, found: &std::result::Result<T, String>) {
        self.control.charge(Cost::Bytes(name.len()));
        if found.is_err() {
            let names = self.context.image.channels().len();
            self.control.charge(Cost::Names(names));
        }
    }
}

fn refused(error: Refused) -> WriteError {
    let message = error.to_string();
    match error {
        Refused::NotOwner { .. } => WriteError::NotOwner(message),
        Refused::OutOfRange { .. } | Refused::WrongLength { .. } => WriteError::OutOfRange(message),
        Refused::WrongKind { .. } => WriteError::Other(message),
    }
}
