//! What is mapped of the program and its libraries, as `/proc/self/smaps` tells.

use std::{fs, io, ops::Range, ptr};

use rustix::mm::{Advice, madvise};

pub fn give_back() -> io::Result<()> {
    let smaps = fs::read_to_string("/proc/self/smaps")?;
    let ranges = unwritten(&smaps);
    for range in &ranges {
        let start = ptr::with_exposed_provenance_mut(range.start);
        #[expect(unsafe_code, reason = "much of an idle process is what only its start uses")]
        // SAFETY: This is a private mapping of a file that cannot be written and of which no page was ever written, by
        // relocation neither: its pages are the file's, so that whoever uses one again, this very function first, finds the
        // same bytes, as of pages that were never used before.
        unsafe {
            madvise(start, range.len(), Advice::LinuxDontNeed)?;
        }
    }
    Ok(())
}

/// Code and constants.
fn unwritten(smaps: &str) -> Vec<Range<usize>> {
    let mut mappings: Vec<Mapping> = Vec::new();
    for line in smaps.lines() {
        if let Some(mapping) = Mapping::parse(line) {
            mappings.push(mapping);
        } else if let Some(last) = mappings.last_mut() {
            last.learn(line);
        }
    }
    let is_unwritten = |mapping: &Mapping| mapping.is_constant && mapping.has_own_pages == Some(false);
    mappings.into_iter().filter(is_unwritten).map(|mapping| mapping.range).collect()
}

struct Mapping {
    range: Range<usize>,
    /// Of a file, and not to be written.
    is_constant: bool,
    /// Some pages are not the file's any more, as of constants that were relocated.
    has_own_pages: Option<bool>,
}

impl Mapping {
    /// `55d0c0a00000-55d0c2a00000 r-xp 00400000 fe:00 1234   /usr/bin/name`
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let range = usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?;
        let (permissions, _offset, _device, inode) =
            (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let is_constant = ["r-xp", "r--p"].contains(&permissions) && inode != "0";
        Some(Self { range, is_constant, has_own_pages: None })
    }

    /// `Anonymous:            588 kB`; what was swapped out counts, too.
    fn learn(&mut self, line: &str) {
        let mut fields = line.split_ascii_whitespace();
        if let (Some("Anonymous:" | "Swap:"), Some(kib)) = (fields.next(), fields.next()) {
            self.has_own_pages = Some(self.has_own_pages == Some(true) || kib != "0");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    const SMAPS: &str = "\
1000-2000 r--p 00000000 fe:00 7 /srv/cloud chat
Rss:                   4 kB
Anonymous:             0 kB
Swap:                  0 kB
2000-5000 r-xp 00001000 fe:00 7 /srv/cloud chat
Anonymous:             0 kB
5000-6000 r--p 00004000 fe:00 7 /srv/cloud chat
Anonymous:             4 kB
6000-7000 r--p 00005000 fe:00 7 /srv/cloud chat
Anonymous:             0 kB
Swap:                  4 kB
7000-8000 rw-p 00006000 fe:00 7 /srv/cloud chat
Anonymous:             0 kB
8000-9000 rw-p 00000000 00:00 0 [heap]
9000-a000 r-xp 00000000 fe:00 8 /lib/libc.so.6
Anonymous:             0 kB
a000-b000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
b000-c000 r--p 00000000 fe:00 9 /lib/of which nothing is said
";

    #[test]
    fn only_what_was_never_written_of_files_is_found() {
        assert_eq!(unwritten(SMAPS), [0x1000..0x2000, 0x2000..0x5000, 0x9000..0xa000]);
    }

    /// As large as to be told from whatever else the test maps.
    static CONSTANT: [u8; 4 << 20] = [7; 4 << 20];

    #[test]
    fn what_is_given_back_takes_no_memory_and_is_still_there() {
        let sum = || black_box(&CONSTANT).iter().map(|byte| u64::from(*byte)).sum::<u64>();
        assert_eq!(sum(), 7 << 22);
        let before = resident_of_files_kib();
        give_back().unwrap();
        assert!(resident_of_files_kib() + 3 * 1024 < before);
        assert_eq!(sum(), 7 << 22);
    }

    fn resident_of_files_kib() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix("RssFile:")).unwrap();
        value.split_ascii_whitespace().next().unwrap().parse().unwrap()
    }
}
