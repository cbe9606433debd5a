//! The process image and the simulated world that a file describes.

use std::sync::Arc;

use gantry_hardware::sim::{Sim, SimBuilder, SimError};
use gantry_hardware::{Image, ImageBuilder};

use super::{ConfigErrors, RobotConfig, Span};

impl RobotConfig {
    /// The process image with all mechanisms and channels, in the order in which they are here.
    ///
    /// # Errors
    /// If there are more of them than an image can count.
    pub fn image(&self) -> Result<Image, ConfigErrors> {
        let mut builder = ImageBuilder::new();
        for mechanism in &self.mechanisms {
            builder
                .add_mechanism(&mechanism.name)
                .map_err(|error| self.refuse(mechanism.span, &error))?;
        }
        for declared in &self.channels {
            let span = declared.span.unwrap_or_default();
            builder
                .add_channel(declared.channel.clone())
                .map_err(|error| self.refuse(span, &error))?;
        }
        Ok(builder.build())
    }

    /// The simulated world behind the channels of `image`, which [`image`](Self::image) made.
    ///
    /// # Errors
    /// If parameters of a device do not fit together; the file was refused then already.
    pub fn sim(&self, image: Arc<Image>, seed: u64) -> Result<Sim, ConfigErrors> {
        let mut builder = SimBuilder::new(image.clone());
        for device in &self.devices {
            let channels = device.ports.iter();
            let ports = channels
                .filter_map(|(port, channel)| Some((port.clone(), image.find(channel)?)))
                .collect();
            builder
                .add_device(
                    &device.name,
                    &device.model,
                    device.parameters.clone(),
                    ports,
                )
                .map_err(|error| self.about_device(&error))?;
        }
        builder
            .build(seed)
            .map_err(|error| self.about_device(&error))
    }

    pub(super) fn check_world(&self) -> Result<(), ConfigErrors> {
        let image = self.image()?;
        self.sim(Arc::new(image), self.simulation.seed).map(drop)
    }

    /// The simulator's error at the place that it is about.
    fn about_device(&self, error: &SimError) -> ConfigErrors {
        let find = |name: &str| self.devices.iter().find(|device| device.name == name);
        let span: Option<Span> = match error {
            SimError::BadParameter {
                device, parameter, ..
            } => find(device).map(|device| device.span_of(parameter)),
            SimError::SecondBattery { second, .. } => find(second).map(|device| device.span),
            // Everything else was checked on the way here, at its place and with a better message.
            _ => None,
        };
        self.refuse(span.unwrap_or_default(), error)
    }

    fn refuse(&self, span: Span, error: &dyn std::error::Error) -> ConfigErrors {
        self.diagnostic(span, error.to_string(), None).into()
    }
}
