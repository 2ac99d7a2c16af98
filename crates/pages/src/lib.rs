//! Memory that a program keeps for nothing once it has started: its code and constants, since the kernel maps what surrounds
//! each page that is used and keeps it mapped until memory is short; and what the allocator keeps for what comes next.

#[cfg(target_os = "linux")]
mod file;

use std::io;

/// Gives back all code and constants that are in the program's memory, and what is free of its heap. What is used again
/// is mapped again, from the kernel's cache of the file.
pub fn give_back() -> io::Result<()> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    trim_heap();
    #[cfg(target_os = "linux")]
    file::give_back()?;
    Ok(())
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim_heap() {
    #[expect(unsafe_code, reason = "it is a function of C")]
    // SAFETY: It may be called at any time, by any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}
