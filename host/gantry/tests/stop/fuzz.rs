//! Anything on standard input: whatever came before it, a stop stops.

use gantry::operator::{Heard, Order, OrderReader};

use super::driven::{Driven, assert_stopped};

/// Numbers that are the same in every execution (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() >> 16) as usize % most
    }
}

/// What is near to orders.
const PIECES: [&[u8]; 17] = [
    b"enable drive\n",
    b"enable drive\r\n",
    b"enable ",
    b"enable gret\n",
    b"disable\n",
    b"alive\n",
    b"alive",
    b"\n",
    b"\r",
    b"\n\n",
    b" \t",
    b"\0",
    b"\x1b[2J",
    b"\xff\xfe",
    b"caf\xe9",
    b"est",
    "größe ✓".as_bytes(),
];

fn chunk(random: &mut Random) -> Vec<u8> {
    match random.below(8) {
        0..4 => {
            let bytes = random.below(64) + 1;
            (0..bytes).map(|_| random.next() as u8).collect()
        }
        4..7 => {
            let pieces = random.below(6) + 1;
            let pieces = (0..pieces).map(|_| PIECES[random.below(PIECES.len())]);
            pieces.collect::<Vec<_>>().concat()
        }
        // Longer than a line may be, and than one read.
        _ => vec![b'a' + random.below(3) as u8; random.below(40_000) + 1],
    }
}

/// What the orders so far would come to.
struct Oracle(Vec<u8>);

impl Oracle {
    /// Whether the robot still takes orders after these bytes, which they count for then.
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let mut reader = OrderReader::new(["drive".to_owned(), "stubborn".to_owned()]);
        let mut ends = false;
        let before = self.0.len();
        self.0.extend_from_slice(bytes);
        reader.feed(&self.0, |heard| {
            ends |= matches!(heard, Heard::Order(Order::EmergencyStop | Order::Quit));
        });
        match ends {
            true => self.0.truncate(before),
            // A line that is over says nothing any more.
            false => {
                let line = self.0.iter().rposition(|byte| matches!(byte, b'\n'));
                self.0.drain(..line.map_or(0, |line| line + 1));
            }
        }
        !ends
    }
}

#[test]
fn a_stop_stops_after_hundreds_of_chunks_of_anything() {
    for seed in [1_u64, 0x5eed_0f57_0905, 20_261_126] {
        println!("seed {seed}");
        let mut random = Random(seed);
        let mut oracle = Oracle(Vec::new());
        let mut driven = Driven::start(&[]);
        driven.drive();
        for _ in 0..400 {
            let chunk = chunk(&mut random);
            // What happens to be a stop is left out, for there is one stop in a robot's life.
            if oracle.takes(&chunk) {
                driven.order(&chunk);
            }
        }
        // Whatever line was under way ends, as nothing in particular.
        let ends = [&b"\n"[..], b"zzz\n", b"q\n"];
        let end = ends.iter().find(|end| oracle.takes(end));
        driven.order(end.expect("an end of the line that is no stop"));
        driven.drive();
        let mut last = chunk(&mut random);
        last.retain(|byte| !matches!(byte, b'\n' | b'\r'));
        if oracle.takes(&last) {
            driven.order(&last);
        }
        driven.order(b" estop");
        if oracle.takes(b" estop") {
            // After `enable` it could be the name of an op mode, until the end of the line.
            driven.order(b"\n");
        }
        assert_stopped(&driven.end_stopped());
    }
}
