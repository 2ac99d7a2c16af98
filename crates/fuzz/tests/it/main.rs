//! What is kept passes, and so does what becomes of it when it is changed at random. `PROPTEST_CASES=1000000` looks for
//! longer.

use std::{collections::BTreeSet, fs, path::Path};

use fuzz::TARGETS;
use proptest::{collection::vec, prelude::*, sample::Index, test_runner::TestRunner};

/// What means something to one of the parsers.
const WORDS: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b".",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"9007199254740993",
    b"\n",
    b"&",
    b"%00",
    b"%",
    b"\xff",
    b"\xe2\x80\xae",
    b"\x00",
    b"roomId",
];

/// One change.
#[derive(Debug, Clone)]
enum Edit {
    Set(Index, u8),
    Insert(Index, Index),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    /// What another one has from there on.
    Splice(Index, Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<Index>(), any::<Index>()).prop_map(|(at, word)| Edit::Insert(at, word)),
        (any::<Index>(), 1..16_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        (any::<Index>(), 1..16_usize, 1..300_usize)
            .prop_map(|(at, count, times)| Edit::Repeat(at, count, times)),
        (any::<Index>(), any::<Index>(), any::<Index>())
            .prop_map(|(at, other, from)| Edit::Splice(at, other, from)),
    ]
}

fn apply(edit: &Edit, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let place = |at: &Index, bytes: &[u8]| at.index(bytes.len() + 1);
    match edit {
        Edit::Set(at, byte) => {
            let at = place(at, bytes);
            if let Some(place) = bytes.get_mut(at) {
                *place = *byte;
            }
        }
        Edit::Insert(at, word) => {
            let at = place(at, bytes);
            bytes.splice(at..at, word.get(&WORDS).iter().copied());
        }
        Edit::Remove(at, count) => {
            let at = place(at, bytes);
            bytes.drain(at..bytes.len().min(at + count));
        }
        Edit::Repeat(at, count, times) => {
            let at = place(at, bytes);
            let repeated = bytes[at..bytes.len().min(at + count)].repeat(*times);
            bytes.splice(at..at, repeated);
        }
        Edit::Splice(at, other, from) => {
            let other = other.get(seeds);
            bytes.truncate(place(at, bytes));
            bytes.extend_from_slice(&other[place(from, other)..]);
        }
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.expect("it can be read").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("it can be read")).collect()
}

/// Each panics where a promise is broken.
fn search(name: &str) {
    let (_, take) = TARGETS.iter().find(|(target, _)| *target == name).expect("a target");
    let seeds = corpus(name);
    assert!(seeds.len() >= 5, "the corpus of {name} is kept");
    for seed in &seeds {
        take(seed);
    }

    let cases = ProptestConfig::default().cases.max(4096);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let inputs = (any::<Index>(), vec(edit(), 0..6));
    let outcome = TestRunner::new(config).run(&inputs, |(seed, edits)| {
        let mut bytes = seed.get(&seeds).clone();
        for edit in &edits {
            apply(edit, &mut bytes, &seeds);
        }
        take(&bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{name}: {why}"));
}

#[test]
fn every_target_has_a_corpus_and_is_one_of_libfuzzers() {
    let in_folder = |folder: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it can be read"));
        let stem = |entry: fs::DirEntry| entry.path().file_stem().expect("a name").display().to_string();
        entries.map(stem).collect()
    };
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(in_folder("corpus"), targets);
    assert_eq!(in_folder("fuzz_targets"), targets);
}

#[test]
fn no_body_of_a_request_breaks_a_promise() {
    search("bodies");
}

#[test]
fn no_event_of_the_bus_breaks_a_promise() {
    search("bus");
}

#[test]
fn no_frame_of_a_socket_breaks_a_promise() {
    search("frames");
}

#[test]
fn no_handshake_breaks_a_promise() {
    search("handshakes");
}

#[test]
fn no_event_of_api_gateway_breaks_a_promise() {
    search("lambda_events");
}

#[test]
fn no_id_breaks_a_promise() {
    search("ids");
}

#[test]
fn no_token_but_a_good_one_is_taken() {
    search("tokens");
}
