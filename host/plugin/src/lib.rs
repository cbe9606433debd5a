//! x
mod contract;
