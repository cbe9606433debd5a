//! Elevator, arm, intake and shooter commands.
