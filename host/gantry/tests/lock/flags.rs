//! No flag takes the place of what is locked.

use crate::locked;

#[test]
fn a_locked_robot_takes_no_other_seed() {
    let robot = locked();
    let run = &["run", "robot.toml", "--for", "100ms"][..];
    let sim = &["sim", "robot.toml", "--opmode", "count", "--for", "1s"];
    for command in [run, sim] {
        let with = |seed| [command, &["--seed", seed], &["--locked"]].concat();
        let expected = "error: --seed 99 is not what is locked: random numbers of robot.toml start at 0; \
                        leave out --seed, or write `seed = 99` into [simulation] and lock it again\n";
        assert_eq!(robot.fails(&with("99")), expected);
        robot.succeeds(&with("0"));
        robot.succeeds(&[command, &["--seed", "99"]].concat());
    }
}
