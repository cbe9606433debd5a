//! Autonomous routines.
