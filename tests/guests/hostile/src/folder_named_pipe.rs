//! Opens a named pipe of its folder, which nobody writes to or reads from, and sets its times.

use std::fs;

use crate::Answer;

pub(crate) fn run() -> Answer {
    let read = fs::File::open("/pipe").map(drop);
    let written = fs::File::options().write(true).open("/pipe").map(drop);
    let created = fs::File::create("/pipe").map(drop);
    let through_a_link = fs::File::open("/pipe-link").map(drop);
    let times = set_times(c"/pipe");
    let kinds = [read, written, created, through_a_link, times];
    Err(format!("{:?}", kinds.map(|result| result.map_err(|error| error.kind()))))
}

/// Sets a file's times by its path, for which a host may open the file.
fn set_times(path: &std::ffi::CStr) -> std::io::Result<()> {
    unsafe extern "C" {
        safe fn utimensat(
            folder: i32,
            path: *const std::ffi::c_char,
            times: *const [u64; 4],
            flags: i32,
        ) -> i32;
    }
    // That of the C library for the working folder.
    const HERE: i32 = -2;
    match utimensat(HERE, path.as_ptr(), &[1, 0, 1, 0], 0) {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}
