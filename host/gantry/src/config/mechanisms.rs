//! `[mechanisms]`: what one command at a time may drive, and its channels.

use gantry_hardware::Channel;

use super::Span;

/// A mechanism. Its index in [`RobotConfig::mechanisms`](super::RobotConfig::mechanisms) is the
/// [`MechanismIndex`](gantry_hardware::MechanismIndex) that its channels name.
#[derive(Clone, Debug, PartialEq)]
pub struct MechanismConfig {
    /// `drive`.
    pub name: String,
    /// Where its name is.
    pub span: Span,
}

/// A channel of the process image.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelConfig {
    /// The declaration, as the image takes it. A mechanism's channel is called
    /// `<mechanism>.<channel>`, a device's own one `<prefix>.<port>`, the host's own ones
    /// `robot.<channel>`.
    pub channel: Channel,
    /// Where it is declared; none for the channels that every robot has.
    pub span: Option<Span>,
}
