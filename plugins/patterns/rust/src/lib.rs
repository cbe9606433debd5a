//! Every example of `docs/guide`, which shows the regions between `guide:` and `end`.

mod all;
mod any;
mod awaiting;
mod blocks;
mod forks;
mod practice;
mod robots;

use gantry_sdk::prelude::*;

use all::{one_by_one, together, together_with_failure};
use any::{as_a_race, collect_while_driving, first_to_fail, photo_finish, raise_or_give_up};
use awaiting::{feed_or_collect, give_way, join, keep_going, lit_drive, measure};
use blocks::{blink, collect, drive, feed, hold_arm, raise, say, shoot, spin_up};
use forks::{careful, careless, drive_with_lights, lend, polite, stubborn, swap, two_words};
use practice::{as_a_body, as_a_group, cycle, meet, prepare, retry, warm_up};
use robots::{climb, home_arm, try_to_score, two_ball};

plugin! {
    reads = ["drive.*", "arm.*", "shooter.*", "feeder.*", "driver.*"],
    publishes = ["shooter/*"],
    commands = [
        blink, collect, drive, feed, hold_arm, raise, say, shoot, spin_up,
        careful, careless, drive_with_lights, lend, polite, stubborn, swap, two_words,
        feed_or_collect, give_way, join, keep_going, lit_drive, measure,
        one_by_one, together, together_with_failure,
        as_a_race, collect_while_driving, first_to_fail, photo_finish, raise_or_give_up,
        as_a_body, as_a_group, cycle, meet, prepare, retry, warm_up,
        climb, home_arm, try_to_score, two_ball,
    ],
}
