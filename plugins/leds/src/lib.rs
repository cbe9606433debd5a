//! Robot state on an LED strip.
