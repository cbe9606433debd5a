//! Any bytes as an operator's standard input, in pieces of any length: the emergency stop that comes
//! after them works, and no piece hears more than there is in it.
#![no_main]

use gantry::operator::{Heard, Order, OrderReader};
use libfuzzer_sys::{arbitrary, fuzz_target};

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    pieces: Vec<&'a [u8]>,
}

fn reader() -> OrderReader {
    OrderReader::new(["drive", "stop-test", "autonomous"].map(str::to_owned))
}

fuzz_target!(|input: Input<'_>| {
    let (mut pieces, mut whole) = (Vec::new(), Vec::new());
    let mut reader_of_pieces = reader();
    for piece in &input.pieces {
        let before = pieces.len();
        reader_of_pieces.feed(piece, |heard| pieces.push(heard));
        assert!(pieces.len() - before <= piece.len());
    }
    let mut reader_of_whole = reader();
    reader_of_whole.feed(&input.pieces.concat(), |heard| whole.push(heard));
    assert_eq!(pieces, whole, "where input is cut makes no difference");

    for stop in [&b"\nestop\n"[..], b"\nE-STOP", b"\n\xff stop \xff\n"] {
        let mut heard = Vec::new();
        let mut reader = reader();
        reader.feed(&input.pieces.concat(), |_| ());
        reader.feed(stop, |what| heard.push(what));
        let stopped = heard.contains(&Heard::Order(Order::EmergencyStop));
        assert!(stopped, "{stop:?} is not heard: {heard:?}");
    }
});
