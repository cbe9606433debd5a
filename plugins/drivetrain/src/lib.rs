//! Drivetrain commands.
