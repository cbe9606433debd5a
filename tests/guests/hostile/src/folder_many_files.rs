//! Makes as many files, folders and links in its folder as it can.

use std::fs;

use crate::Answer;

pub(crate) fn run() -> Answer {
    let made = crate::until_refused(2000, |number| {
        let path = format!("/made-{number}");
        match number % 4 {
            0 => fs::write(path, ""),
            1 => fs::create_dir(path),
            2 => fs::hard_link("/inside.txt", path),
            #[allow(deprecated, reason = "the one for this system is not stable")]
            _ => fs::soft_link("inside.txt", path),
        }
    });
    // Those that were there before are not its own.
    let failed_again = crate::until_refused(10, |_| match fs::create_dir("/sub") {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    });
    fs::remove_dir("/made-1").map_err(|error| error.to_string())?;
    fs::rename("/made-0", "/made-2").map_err(|error| error.to_string())?;
    let after_two = crate::until_refused(10, |number| fs::write(format!("/after-{number}"), ""));
    Err(format!("{made}, {failed_again}, {after_two}"))
}
