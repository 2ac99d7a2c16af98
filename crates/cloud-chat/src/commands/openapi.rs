//! `cloud-chat openapi`.

use crate::{commands, router};

pub fn run() -> Result<(), String> {
    let json = router::document().to_pretty_json();
    commands::say(json.map_err(|error| format!("the document cannot be written: {error}"))?)
}
