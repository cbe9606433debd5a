//! Writes without waiting, and reads the same place at once.

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags, PathFlags};

use crate::Answer;
use crate::gantry::command::types::Value;

const PIECE: u64 = 60_000;

pub(crate) fn run() -> Answer {
    let file = new_file("race.bin")?;
    let mut seen = String::new();
    for place in (0..10).map(|piece| piece * PIECE) {
        let stream = file.write_via_stream(place).map_err(refused)?;
        stream.check_write().map_err(refused)?;
        stream.write(&[b'x'; PIECE as usize]).map_err(refused)?;
        let (read, _) = file.read(PIECE, place).map_err(refused)?;
        seen.push(match read.len() as u64 {
            0 => '0',
            PIECE => 'F',
            _ => 'p',
        });
    }
    Ok(Some(Value::Text(seen)))
}

/// The folder that was granted.
pub(crate) fn folder() -> Result<Descriptor, String> {
    let mut folders = get_directories().into_iter();
    folders
        .next()
        .map(|(folder, _)| folder)
        .ok_or_else(|| "no folder".to_owned())
}

/// A file in it, new and empty.
pub(crate) fn new_file(name: &str) -> Result<Descriptor, String> {
    let how = OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let flags = DescriptorFlags::READ | DescriptorFlags::WRITE;
    let opened = folder()?.open_at(PathFlags::empty(), name, how, flags);
    opened.map_err(refused)
}

pub(crate) fn refused(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
