//! Reading and writing at a position of a file, whatever the system calls it.

use std::fs::File;
use std::io;

/// Reads once from a position on. Returns how many bytes; none at the end of the file.
#[cfg(unix)]
pub(super) fn read(file: &File, bytes: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, position)
}

/// Writes once from a position on. Returns how many bytes.
#[cfg(unix)]
pub(super) fn write(file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, position)
}

/// Writes once at the end, wherever that is by then. Returns how many bytes.
#[cfg(unix)]
pub(super) fn append(file: &File, bytes: &[u8]) -> io::Result<usize> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    #[cfg(target_os = "linux")]
    {
        use rustix::io::{Errno, ReadWriteFlags, pwritev2};
        let slices = [io::IoSlice::new(bytes)];
        match pwritev2(file, &slices, 0, ReadWriteFlags::APPEND) {
            Err(Errno::NOSYS | Errno::NOTSUP) => {}
            done => return Ok(done?),
        }
    }
    // One thread has the file: nobody else sees the flag.
    let flags = fcntl_getfl(file)?;
    fcntl_setfl(file, flags | OFlags::APPEND)?;
    let written = rustix::io::write(file, bytes);
    fcntl_setfl(file, flags)?;
    Ok(written?)
}

/// Reads once from a position on. Returns how many bytes; none at the end of the file.
#[cfg(windows)]
pub(super) fn read(file: &File, bytes: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, position)
}

/// Writes once from a position on. Returns how many bytes.
#[cfg(windows)]
pub(super) fn write(file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, position)
}

/// Writes once at the end, where it was when this began. Returns how many bytes.
#[cfg(windows)]
pub(super) fn append(file: &File, bytes: &[u8]) -> io::Result<usize> {
    write(file, bytes, file.metadata()?.len())
}
