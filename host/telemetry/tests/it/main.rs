//! What leaves the host, by behaviour.

mod allocation;
mod golden;
mod hand_over;
mod jsonl;
mod overrun;
mod recorder;
mod recording;
mod scheduled;
mod statistics;
mod summary;
mod support;
