//! The program's code as `/proc/self/maps` tells of it.

use std::{fs, io, ops::Range, ptr};

use rustix::mm::{Advice, madvise};

pub fn give_back() -> io::Result<usize> {
    let maps = fs::read_to_string("/proc/self/maps")?;
    let ranges = code_of(&maps, give_back as *const () as usize);
    for range in &ranges {
        let start = ptr::with_exposed_provenance_mut(range.start);
        #[expect(unsafe_code, reason = "much of an idle process is code that only its start uses")]
        // SAFETY: This is a private mapping of a file that can be read and executed but not written, and that no
        // relocation has written before, as constants' `r--p` may have been: its pages are the file's, so that whoever
        // uses one again, this very function first, finds the same bytes. While a program runs, its file cannot be
        // written.
        unsafe {
            madvise(start, range.len(), Advice::LinuxDontNeed)?;
        }
    }
    Ok(ranges.iter().map(Range::len).sum())
}

/// What may be executed and not written, of the file that `address` belongs to.
fn code_of(maps: &str, address: usize) -> Vec<Range<usize>> {
    let mappings: Vec<_> = maps.lines().filter_map(Mapping::parse).collect();
    let Some(own) = mappings.iter().find(|mapping| mapping.range.contains(&address)) else {
        return Vec::new();
    };
    let code = mappings.iter().filter(|mapping| mapping.permissions == "r-xp" && mapping.file == own.file);
    code.map(|mapping| mapping.range.clone()).collect()
}

struct Mapping<'a> {
    range: Range<usize>,
    permissions: &'a str,
    /// Its device and inode, which are `00:00` and `0` where there is none.
    file: [&'a str; 2],
}

impl<'a> Mapping<'a> {
    /// `55d0c0a00000-55d0c2a00000 r-xp 00400000 fe:00 1234   /usr/bin/name`
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let range = usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?;
        let (permissions, _offset) = (fields.next()?, fields.next()?);
        let file = [fields.next()?, fields.next()?];
        (file[1] != "0").then_some(Self { range, permissions, file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
1000-2000 r--p 00000000 fe:00 7 /srv/cloud chat
2000-5000 r-xp 00001000 fe:00 7 /srv/cloud chat
5000-6000 r--p 00004000 fe:00 7 /srv/cloud chat
6000-7000 rw-p 00005000 fe:00 7 /srv/cloud chat
7000-8000 rw-p 00000000 00:00 0 [heap]
8000-9000 r-xp 00000000 fe:00 8 /lib/libc.so.6
9000-a000 r-xp 00000000 00:00 0 [vdso]
";

    #[test]
    fn only_code_of_the_programs_own_file_is_found() {
        assert_eq!(code_of(MAPS, 0x2345), vec![Range { start: 0x2000, end: 0x5000 }]);
        assert!(code_of(MAPS, 0x9100).is_empty());
    }

    #[test]
    fn code_that_is_given_back_takes_no_memory_and_still_runs() {
        let before = resident_of_files_kib();
        assert!(give_back().unwrap() > 0);
        assert!(resident_of_files_kib() < before);
        only_code_of_the_programs_own_file_is_found();
    }

    fn resident_of_files_kib() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix("RssFile:")).unwrap();
        value.split_ascii_whitespace().next().unwrap().parse().unwrap()
    }
}
