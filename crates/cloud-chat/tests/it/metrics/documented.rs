//! The table of figures in `docs/operations.md` against what is exported.

use std::collections::BTreeSet;

use super::{Figures, measured, talk};
use crate::harness::{Topology, eventually, quoted, require, workspace};

/// Names as they are scraped, without the `_bucket`, `_sum` and `_count` of a histogram. What has labels is told once it
/// has a value.
async fn exported() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for topology in [Topology::side_by_side(), Topology::services()] {
        let app = measured(topology).with("RATE_LIMITS", "on").start().await;
        let _ear = talk(&app).await;
        let carol = app.user("carol").await;
        carol.history(carol.general().await).await;
        let mut socket = carol.connect().await;
        socket.say_text("{").await;
        socket.expect_error("BAD_JSON").await;
        drop(socket);
        let told = async || {
            let mut told = BTreeSet::new();
            for server in &app.servers {
                let figures = Figures::of(&server.log()).await;
                told.extend(figures.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")).map(name));
            }
            told.contains("cloud_chat_socket_ends_total").then_some(told)
        };
        names.extend(eventually("the socket's end is told", told).await);
    }
    names
}

/// Of `cloud_chat_sends counter`.
fn name(described: &str) -> String {
    match described.split_once(' ') {
        Some((name, "counter")) => format!("{name}_total"),
        Some((name, "info")) => format!("{name}_info"),
        Some((name, _)) => name.to_owned(),
        None => panic!("{described} has no type"),
    }
}

pub fn documented() -> BTreeSet<String> {
    let guide = std::fs::read_to_string(require(workspace().join("docs/operations.md"))).expect("readable");
    let (_, table) = guide.split_once("| Figure ").expect("the table of figures");
    let (table, _) = table.split_once("\n\n").expect("it ends");
    let cells = table.lines().skip(2).filter_map(|row| row.split('|').nth(1));
    let figures = cells.flat_map(quoted);
    let names = figures.filter_map(|figure| figure.split('{').next());
    names
        .map(|name| if name.starts_with("process_") { name.to_owned() } else { format!("cloud_chat_{name}") })
        .collect()
}

#[tokio::test]
async fn every_figure_is_in_the_guide_and_the_guide_names_no_other() {
    assert_eq!(exported().await, documented());
}
