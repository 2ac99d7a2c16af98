//! What ships beside the program: the compose file, the images' recipe, the unit for systemd, the workflows, and the
//! scripts that prepare them agree with each other and with the program.

mod compose;
mod databases;
mod env_file;
mod systemd;
mod workflows;

use std::path::PathBuf;

use crate::harness::workspace;

fn file(path: &str) -> PathBuf {
    workspace().join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
