//! Memory that holds the program's own code. The kernel maps what surrounds each page that is used, start-up's too, and
//! keeps it mapped until memory is short.

#[cfg(target_os = "linux")]
mod code;

use std::io;

/// Gives back all code of the program that is in its memory; what runs on is mapped again as it is used, from the
/// kernel's cache of the file. How many bytes of code there are; none where this is not Linux.
pub fn give_back_code() -> io::Result<usize> {
    #[cfg(target_os = "linux")]
    return code::give_back();
    #[cfg(not(target_os = "linux"))]
    Ok(0)
}
