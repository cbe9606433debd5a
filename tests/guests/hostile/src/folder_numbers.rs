//! Asks for the numbers that the disk gives to files, which tell what else was written to it.

use std::fs;

use crate::Answer;

pub(crate) fn run() -> Answer {
    let numbers = numbers().map_err(|error| error.to_string())?;
    Err(format!("{numbers:?}"))
}

fn numbers() -> std::io::Result<[u64; 7]> {
    fs::write("/first", "")?;
    fs::write("/second", "")?;
    fs::hard_link("/first", "/also-first")?;
    let mut numbers = [0; 7];
    numbers[0] = number_of(c"/first");
    numbers[1] = number_of(c"/second");
    numbers[2] = number_of(c"/also-first");
    fs::remove_file("/second")?;
    fs::write("/third", "")?;
    numbers[3] = number_of(c"/third");
    fs::rename("/first", "/third")?;
    numbers[4] = number_of(c"/third");
    fs::remove_file("/also-first")?;
    fs::remove_file("/third")?;
    fs::create_dir("/fourth")?;
    numbers[5] = number_of(c"/fourth");
    fs::remove_dir("/fourth")?;
    fs::create_dir("/fourth")?;
    numbers[6] = number_of(c"/fourth");
    fs::remove_dir("/fourth")?;
    Ok(numbers)
}

fn number_of(path: &std::ffi::CStr) -> u64 {
    unsafe extern "C" {
        unsafe fn stat(path: *const std::ffi::c_char, stat: *mut u64) -> i32;
    }
    // The second of it is the number.
    let mut answer = [0; 32];
    // SAFETY: The path ends with a zero, and what the C library writes is shorter than the answer.
    unsafe { stat(path.as_ptr(), answer.as_mut_ptr()) };
    answer[1]
}
