//! A plugin that keeps failing is set aside, and is given another chance later each time.

mod support;

use std::time::Duration;

use gantry_plugin::{Limits, Plugin, Policy, QuarantineLimits, Verdict};
use gantry_scheduler::{Admission, Command};
use gantry_test_guests::{HOGS, KEEPS_LOCALS};
use support::{Bench, trusting};

impl Bench {
    /// A tick before which the host asks what became of the plugin.
    fn judge(&mut self, plugin: &Plugin) -> Option<Verdict> {
        let verdict = plugin.review(self.now());
        if let Some(Verdict::Quarantined { .. }) = verdict {
            self.scheduler.cancel_from(plugin.supplier());
        }
        self.tick();
        verdict
    }

    /// Runs a command once per tick until its plugin is quarantined.
    fn provoke(&mut self, plugin: &Plugin, name: &str, most: usize) -> (Option<Duration>, String) {
        for _ in 0..most {
            let command = self.command(name);
            if !command.is_running() {
                self.scheduler.schedule(&command);
            }
            if let Some(Verdict::Quarantined { time, reason, .. }) = self.judge(plugin) {
                return (time, reason.to_string());
            }
        }
        panic!("`{name}` is not quarantined: {:?}", self.ended(name));
    }

    fn refusal(&mut self, name: &str) -> String {
        let command = self.command(name);
        match self.scheduler.schedule(&command) {
            Admission::Refused(refusal) => refusal.to_string(),
            other => panic!("`{name}`: {other:?}"),
        }
    }
}

fn limited(quarantine: QuarantineLimits) -> Policy {
    Policy {
        limits: Limits {
            quarantine,
            preemptions: Some(3),
            ..Limits::default()
        },
        ..trusting()
    }
}

#[test]
fn five_traps_are_too_many_and_nothing_of_the_plugin_goes_on() {
    let mut bench = Bench::new();
    let hogs = bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    let looping = bench.schedule("hogs/loops");
    let counting = bench.schedule("counter/count");
    let (time, reason) = bench.provoke(&hogs, "hogs/traps", 6);
    assert_eq!(time, Some(Duration::from_secs(2)));
    assert!(
        reason.contains("failed 5 times within 10s") && reason.contains("trap: "),
        "{reason}"
    );
    assert!(!looping.is_running() && counting.is_running());
    assert_eq!(bench.count("hogs/traps failed"), 5);
    for name in ["hogs/traps", "hogs/works-a-while"] {
        let refusal = bench.refusal(name);
        assert!(
            refusal.contains(&format!(
                "`{name}` may not start: its plugin is quarantined for 2s"
            )),
            "{refusal}"
        );
    }

    // Another chance after two seconds, then after four.
    let mut waited = 0;
    while bench.judge(&hogs) != Some(Verdict::Released) {
        waited += 1;
        assert!(waited < 200, "it is never released");
    }
    assert!((98..=100).contains(&waited), "{waited} ticks");
    let done = bench.finish("hogs/works-a-while");
    assert!(done.starts_with("completed"), "{done}");
    let (time, _) = bench.provoke(&hogs, "hogs/traps", 6);
    assert_eq!(time, Some(Duration::from_secs(4)));
}

#[test]
fn every_kind_of_misconduct_counts() {
    for name in [
        "panics",
        "recurses",
        "exits",
        "grows",
        "shouts",
        "ping-pongs",
    ] {
        let mut bench = Bench::new();
        let policy = limited(QuarantineLimits::default());
        let hogs = bench.load_with("hogs", HOGS, &policy).unwrap();
        bench.provoke(&hogs, &format!("hogs/{name}"), 200);
    }
}

#[test]
fn a_run_that_is_canceled_for_its_preemptions_fails_once() {
    let mut bench = Bench::new();
    let policy = limited(QuarantineLimits {
        failures: 2,
        ..QuarantineLimits::default()
    });
    let hogs = bench.load_with("hogs", HOGS, &policy).unwrap();
    // It never ends, not even when it cleans up.
    bench.schedule("hogs/loops");
    for _ in 0..20 {
        assert_eq!(bench.judge(&hogs), None);
    }
    assert_eq!(bench.count("hogs/loops canceled"), 1);
    bench.schedule("hogs/loops");
    let verdicts: Vec<_> = (0..20).filter_map(|_| bench.judge(&hogs)).collect();
    let [Verdict::Quarantined { reason, .. }] = &verdicts[..] else {
        panic!("{verdicts:?}");
    };
    assert!(
        reason.ends_with("it did not yield and had to be canceled"),
        "{reason}"
    );
}

#[test]
fn cleanups_that_do_not_end_count() {
    let mut bench = Bench::new();
    let hogs = bench.load("hogs", HOGS);
    let mut verdict = None;
    for _ in 0..5 {
        let looping = bench.schedule("hogs/loops");
        assert_eq!(verdict, None);
        verdict = bench.judge(&hogs);
        bench.scheduler.cancel(&looping);
    }
    assert_eq!(verdict, None);
    let Some(Verdict::Quarantined { reason, .. }) = bench.judge(&hogs) else {
        panic!("it is not quarantined");
    };
    assert!(
        reason.ends_with("its cleanup did not end in time"),
        "{reason}"
    );
}

#[test]
fn errors_that_a_command_returns_do_not_count() {
    let mut bench = Bench::new();
    let hogs = bench.load("hogs", HOGS);
    for _ in 0..50 {
        bench.schedule("hogs/fails");
        assert_eq!(bench.judge(&hogs), None);
    }
    assert_eq!(bench.count("hogs/fails failed"), 50);
}

#[test]
fn a_default_command_is_not_started_while_its_plugin_is_quarantined() {
    let mut bench = Bench::new();
    let policy = limited(QuarantineLimits::default());
    let hogs = bench.load_with("hogs", HOGS, &policy).unwrap();
    let arm = bench.robot.mechanisms.find("arm").unwrap();
    let builder = gantry_scheduler::Command::builder("traps").requires([arm]);
    let command = hogs.command_as(builder, "traps", Vec::new()).unwrap();
    bench.scheduler.set_default(arm, &command).unwrap();
    let mut verdicts = Vec::new();
    for _ in 0..1000 {
        verdicts.extend(bench.judge(&hogs));
    }
    // Quarantined at 0, 2, 6 and 14 seconds, each time for longer.
    let times: Vec<_> = verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Verdict::Quarantined { time, .. } => time.map(|time| time.as_secs()),
            Verdict::Released => None,
        })
        .collect();
    assert_eq!(times, [2, 4, 8, 16]);
    assert_eq!(bench.count("traps failed"), 4 * 5);
}

#[test]
fn without_another_chance_it_stays_until_the_end() {
    let mut bench = Bench::new();
    let policy = limited(QuarantineLimits {
        retry: false,
        ..QuarantineLimits::default()
    });
    let hogs = bench.load_with("hogs", HOGS, &policy).unwrap();
    let (time, _) = bench.provoke(&hogs, "hogs/traps", 6);
    assert_eq!(time, None);
    for _ in 0..1000 {
        assert_eq!(bench.judge(&hogs), None);
    }
    let refusal = bench.refusal("hogs/works-a-while");
    assert!(
        refusal.contains("until the program is started again"),
        "{refusal}"
    );
}

/// A command of this plugin that starts others, one after the other, and waits for each.
fn attack(attacker: &Plugin, commands: Vec<Command>) -> Command {
    let name = format!("{}/attack", attacker.name());
    Command::builder(name)
        .supplier(attacker.supplier())
        .build_async(move |co| {
            let commands = commands.clone();
            async move {
                for command in &commands {
                    // What becomes of it is no matter.
                    let _ = co.fork(std::slice::from_ref(command)).await;
                    co.yield_now().await?;
                }
                Ok(None)
            }
        })
}

#[test]
fn what_another_plugin_has_started_counts_against_that_one() {
    let mut bench = Bench::new();
    let victim = bench.load("victim", HOGS);
    let attacker = bench.load("attacker", HOGS);
    let holding = bench.schedule("victim/loops");
    let mut verdict = None;
    for _ in 0..8 {
        let attack = attack(&attacker, vec![bench.command("victim/traps")]);
        bench.scheduler.schedule(&attack);
        assert_eq!(victim.review(bench.now()), None, "the victim pays for it");
        verdict = verdict.or(bench.judge(&attacker));
    }
    let Some(Verdict::Quarantined { reason, .. }) = verdict else {
        panic!("the attacker is not quarantined: {:?}", bench.events());
    };
    assert!(
        reason.contains("failed 5 times")
            && reason.contains("`victim/traps`, which it has started"),
        "{reason}"
    );
    assert!(holding.is_running(), "what the victim does goes on");
    let done = bench.finish("victim/works-a-while");
    assert!(done.starts_with("completed"), "{done}");
    assert!(
        bench
            .refusal("attacker/works-a-while")
            .contains("quarantined")
    );
}

#[test]
fn runs_that_have_to_be_ended_count_against_who_started_them() {
    let mut bench = Bench::new();
    let policy = limited(QuarantineLimits {
        failures: 2,
        ..QuarantineLimits::default()
    });
    let victim = bench.load_with("victim", HOGS, &policy).unwrap();
    let attacker = bench.load_with("attacker", HOGS, &policy).unwrap();
    let mut verdict = None;
    for _ in 0..2 {
        let loops = bench.command("victim/loops");
        let attack = attack(&attacker, vec![loops.clone(); 30]);
        bench.scheduler.schedule(&attack);
        for _ in 0..20 {
            assert_eq!(victim.review(bench.now()), None, "the victim pays for it");
            verdict = verdict.or(bench.judge(&attacker));
        }
    }
    let Some(Verdict::Quarantined { reason, .. }) = verdict else {
        panic!("the attacker is not quarantined: {:?}", bench.events());
    };
    assert!(reason.contains("did not yield"), "{reason}");
}
