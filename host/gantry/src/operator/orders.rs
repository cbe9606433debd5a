//! Orders, read from bytes as they come.

/// The most bytes of a line that are kept; what comes after them is looked through for a stop only.
pub const MAX_LINE: usize = 4096;

/// An order of the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Enable the op mode at this position.
    Enable(usize),
    /// Disable the robot.
    Disable,
    /// Disable it for good.
    EmergencyStop,
    /// End the program.
    Quit,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An order.
    Order(Order),
    /// The operator is there, which is what `--hold-to-run` wants to know.
    Alive,
    /// `enable` with a name that no op mode has.
    UnknownOpMode(String),
    /// Anything else.
    Unknown(String),
    /// More than [`MAX_LINE`] bytes.
    TooLong,
}

/// Makes orders of bytes.
///
/// It takes all bytes there are and keeps [`MAX_LINE`] of them at most. Lines end with a line feed, a
/// carriage return, or both. A word that looks like a stop counts with its last letter: it needs no
/// line end, and neither junk before it nor the length of its line hides it.
///
/// ```
/// use gantry::operator::{Heard, Order, OrderReader};
///
/// let mut reader = OrderReader::new(["drive".to_owned()]);
/// let mut heard = Vec::new();
/// reader.feed(b"caf\xe9\nenable drive\n\xff E-Stop", |what| heard.push(what));
/// assert_eq!(heard[1..], [
///     Heard::Order(Order::Enable(0)),
///     Heard::Order(Order::EmergencyStop),
/// ]);
/// ```
#[derive(Debug)]
pub struct OrderReader {
    opmodes: Vec<String>,
    line: Vec<u8>,
    /// Whether bytes of this line were left out.
    too_long: bool,
    stop: StopWord,
    /// Whether this line has looked like a stop.
    stops: bool,
    /// Whether this line was answered before its end.
    answered: bool,
    /// Whether the last byte was a carriage return, which a line feed may follow.
    returned: bool,
}

impl OrderReader {
    /// A reader for a robot with these op modes, at the beginning of a line.
    pub fn new(opmodes: impl IntoIterator<Item = String>) -> Self {
        Self {
            opmodes: opmodes.into_iter().collect(),
            line: Vec::with_capacity(MAX_LINE),
            too_long: false,
            stop: StopWord::default(),
            stops: false,
            answered: false,
            returned: false,
        }
    }

    /// Takes the next bytes, and tells what they say.
    pub fn feed(&mut self, bytes: &[u8], mut hear: impl FnMut(Heard)) {
        for &byte in bytes {
            if let Some(heard) = self.byte(byte) {
                hear(heard);
            }
        }
    }

    /// Ends the line that is under way, if there is one: nothing comes any more.
    pub fn end(&mut self, mut hear: impl FnMut(Heard)) {
        if !self.line.is_empty()
            && let Some(heard) = self.end_line()
        {
            hear(heard);
        }
    }

    fn byte(&mut self, byte: u8) -> Option<Heard> {
        let returned = std::mem::replace(&mut self.returned, byte == b'\r');
        match byte {
            b'\n' if returned => return None,
            b'\n' | b'\r' => return self.end_line(),
            _ => {}
        }
        if self.line.len() < MAX_LINE {
            self.line.push(byte);
        } else {
            self.too_long = true;
        }
        if self.answered {
            return None;
        }
        self.stops |= self.stop.see(byte);
        // The name of an op mode may have `stop` in it, so `enable` waits for its end.
        if self.stops && (self.too_long || !first_word_is_enable(&self.line)) {
            self.answered = true;
            return Some(Heard::Order(Order::EmergencyStop));
        }
        None
    }

    fn end_line(&mut self) -> Option<Heard> {
        let heard = match (self.answered, self.too_long) {
            (true, _) => None,
            (false, true) => Some(Heard::TooLong),
            (false, false) => Some(self.parse()),
        };
        self.line.clear();
        self.stop = StopWord::default();
        (self.too_long, self.stops, self.answered) = (false, false, false);
        heard
    }

    fn parse(&self) -> Heard {
        let text = String::from_utf8_lossy(&self.line);
        if text.trim().is_empty() {
            return Heard::Order(Order::Disable);
        }
        let text = without_junk(&text);
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let enable = word.eq_ignore_ascii_case("enable");
        let name = without_junk(rest);
        if enable && let Some(index) = self.opmodes.iter().position(|opmode| opmode == name) {
            return Heard::Order(Order::Enable(index));
        }
        if self.stops {
            return Heard::Order(Order::EmergencyStop);
        }
        if enable && !name.is_empty() {
            return Heard::UnknownOpMode(shown(name));
        }
        // `test op` is no slip of `estop`.
        let one_word = !text.contains(char::is_whitespace);
        match &*letters(&self.line) {
            "quit" | "exit" => Heard::Order(Order::Quit),
            "alive" => Heard::Alive,
            "off" | "pause" => Heard::Order(Order::Disable),
            "halt" | "abort" | "kill" => Heard::Order(Order::EmergencyStop),
            word if word.contains("disab") || one_word && slipped(word, &["disable"]) => {
                Heard::Order(Order::Disable)
            }
            word if one_word && slipped(word, &["stop", "estop"]) => {
                Heard::Order(Order::EmergencyStop)
            }
            _ => Heard::Unknown(shown(text)),
        }
    }
}

/// Looks for words that mean a stop in bytes that come one by one: in capitals or not, with control
/// characters and bytes that are no ASCII anywhere in it, and with anything between single letters
/// (`e-stop`, `S.T.O.P`).
#[derive(Debug, Default)]
struct StopWord {
    /// The last letters of the word, newest last; 0 where there is none.
    tail: [u8; 5],
    /// Letters of the word so far.
    length: usize,
    /// Whether something printable has come since the last letter.
    separated: bool,
}

impl StopWord {
    /// Whether a word that means a stop is complete with this byte.
    fn see(&mut self, byte: u8) -> bool {
        if !byte.is_ascii_alphabetic() {
            self.separated |= matches!(byte, b'\t' | b' '..=b'~');
            return false;
        }
        if std::mem::take(&mut self.separated) {
            if self.length != 1 {
                self.tail = [0; 5];
            }
            self.length = 0;
        }
        self.length += 1;
        self.tail.rotate_left(1);
        self.tail[4] = byte.to_ascii_lowercase();
        self.tail.ends_with(b"stop") || self.tail == *b"emerg"
    }
}

fn first_word_is_enable(line: &[u8]) -> bool {
    let begins = |byte: &u8| byte.is_ascii_graphic();
    let start = line.iter().position(begins).unwrap_or(line.len());
    let word = &line[start..];
    let end = word.iter().position(u8::is_ascii_whitespace);
    end.is_some_and(|end| word[..end].eq_ignore_ascii_case(b"enable"))
}

/// The text without what is no text at its ends.
fn without_junk(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{fffd}')
}

/// The ASCII letters of a line, in lower case; of a long one, the first.
fn letters(line: &[u8]) -> String {
    let letters = line.iter().filter(|byte| byte.is_ascii_alphabetic());
    let lower = letters.map(|byte| char::from(byte.to_ascii_lowercase()));
    lower.take(64).collect()
}

/// Whether a word is one slip of the fingers away from one of these, or is one of them.
fn slipped(word: &str, meant: &[&str]) -> bool {
    let near = |meant: &&str| strsim::osa_distance(word, meant) <= 1;
    meant.iter().any(near)
}

/// A foreign text for people: at most 80 characters, without what a terminal would obey.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(bytes: &[u8]) -> Vec<Heard> {
        let opmodes = ["drive", "non-stop", "two words"].map(str::to_owned);
        let mut whole = (OrderReader::new(opmodes.clone()), Vec::new());
        whole.0.feed(bytes, |what| whole.1.push(what));
        whole.0.end(|what| whole.1.push(what));
        let mut single = (OrderReader::new(opmodes), Vec::new());
        for byte in bytes {
            single.0.feed(&[*byte], |what| single.1.push(what));
        }
        single.0.end(|what| single.1.push(what));
        assert_eq!(whole.1, single.1, "it depends on how the bytes come");
        whole.1
    }

    fn orders(bytes: &[u8]) -> Vec<Order> {
        let orders = hear(bytes).into_iter().filter_map(|heard| match heard {
            Heard::Order(order) => Some(order),
            _ => None,
        });
        orders.collect()
    }

    #[test]
    fn orders_are_what_the_help_says() {
        let all = b"enable drive\ndisable\n\nestop\nquit\nexit\n  enable   two words \r\nalive\n";
        assert_eq!(
            hear(all),
            [
                Heard::Order(Order::Enable(0)),
                Heard::Order(Order::Disable),
                Heard::Order(Order::Disable),
                Heard::Order(Order::EmergencyStop),
                Heard::Order(Order::Quit),
                Heard::Order(Order::Quit),
                Heard::Order(Order::Enable(2)),
                Heard::Alive,
            ]
        );
    }

    #[test]
    fn what_looks_like_a_stop_is_the_emergency_stop() {
        for stop in [
            &b"estop"[..],
            b"ESTOP\n",
            b"stop",
            b"Stop!",
            b"e-stop\n",
            b"E STOP",
            b"emergency stop",
            b"EMERGENCY",
            b"please stop now",
            b"s.t.o.p",
            b"\xff\xfeestop\xff",
            b"est\xffop",
            b"e\0s\0t\0o\0p\0",
            b"\x1b[Aestop",
            b"estopp",
            b"etsop",
            b"estp",
            b"sotp",
            b"stpo",
            b"halt",
            b"abort",
            b"KILL",
            b"enable estop",
            b"enable nonstop",
            b"enable drive estop",
            b"disable stop",
        ] {
            let shown = String::from_utf8_lossy(stop);
            assert_eq!(orders(stop), [Order::EmergencyStop], "{shown:?}");
        }
    }

    #[test]
    fn a_stop_needs_no_line_end_and_is_found_in_a_line_that_is_too_long() {
        let mut reader = OrderReader::new([]);
        let mut heard = Vec::new();
        reader.feed(b"estop", |what| heard.push(what));
        assert_eq!(heard, [Heard::Order(Order::EmergencyStop)]);
        for start in [&b""[..], b"enable "] {
            let mut long = start.to_vec();
            long.resize(600_000, b'x');
            long.extend(b" e-stop");
            assert_eq!(orders(&long), [Order::EmergencyStop]);
        }
        assert!(reader.line.capacity() <= 2 * MAX_LINE);
    }

    #[test]
    fn what_looks_like_disabling_disables() {
        for text in [
            &b"disable"[..],
            b"DISABLE now",
            b"disabled",
            b"disabel",
            b"dsiable",
            b"off",
            b" \t\n",
        ] {
            let shown = String::from_utf8_lossy(text);
            assert_eq!(orders(text), [Order::Disable], "{shown:?}");
        }
    }

    #[test]
    fn an_op_mode_may_have_a_stop_in_its_name_and_other_words_are_no_stop() {
        assert_eq!(
            orders(b"enable non-stop\n\xffenable drive\xff\n"),
            [Order::Enable(1), Order::Enable(0)]
        );
        for text in [
            &b"fly"[..],
            b"caf\xe9",
            b"\xff",
            b"enable",
            b"test op",
            b"enable gret",
            b"hello robot",
        ] {
            let shown = String::from_utf8_lossy(text);
            assert_eq!(orders(text), [], "{shown:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told_without_what_a_terminal_obeys() {
        assert_eq!(
            hear(b"fl\x1b[2Jy\n"),
            [Heard::Unknown("fl\\u{1b}[2Jy".to_owned())]
        );
        assert_eq!(
            hear(b"enable gret"),
            [Heard::UnknownOpMode("gret".to_owned())]
        );
        assert_eq!(hear(&[b'x'; MAX_LINE + 1]), [Heard::TooLong]);
        let [Heard::Unknown(shown)] = &hear(&[b'x'; MAX_LINE])[..] else {
            panic!("a line that just fits");
        };
        assert!(shown.len() < 100);
    }
}
