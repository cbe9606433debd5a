//! `[robot]`: the robot itself.

use std::time::Duration;

use super::reader::Table;
use super::{LimitsConfig, ReloadConfig, plugins};

/// What `[robot]` says.
#[derive(Debug)]
pub(super) struct Robot {
    pub(super) name: String,
    pub(super) period: Duration,
    pub(super) live_runs: Option<u32>,
    pub(super) reload: ReloadConfig,
    /// With nothing but the limit of pre-emptions, which is a policy of the whole robot.
    pub(super) limits: LimitsConfig,
}

impl Robot {
    pub(super) fn read(root: &mut Table<'_>) -> Self {
        const SHORTEST: Duration = Duration::from_millis(1);
        const LONGEST: Duration = Duration::from_secs(1);
        const REASON: &str = "a loop that is faster or slower than this drives no robot";
        let mut robot = Self {
            name: String::new(),
            period: Duration::from_millis(20),
            live_runs: None,
            reload: ReloadConfig::default(),
            limits: LimitsConfig::default(),
        };
        let table = root.required("robot", "name = \"Kickoff\"");
        let Some(mut table) = table.and_then(|node| node.table("{ name = \"Kickoff\" }")) else {
            return robot;
        };
        let name = table.required("name", "\"Kickoff\"");
        robot.name = name
            .and_then(|node| node.string("Kickoff"))
            .unwrap_or_default()
            .to_owned();
        let period = table.optional("period");
        let period = period.and_then(|node| node.duration_within(SHORTEST, LONGEST, REASON));
        robot.period = period.unwrap_or(robot.period);
        let limit = table.optional("preemption-limit");
        robot.limits.preemption_limit = limit.and_then(|node| node.count(1, u32::MAX));
        let live_runs = table.optional("live-runs");
        robot.live_runs = live_runs.and_then(|node| node.count(1, u32::MAX));
        robot.reload = plugins::read_reload(&mut table).unwrap_or_default();
        table.finish();
        robot
    }
}
