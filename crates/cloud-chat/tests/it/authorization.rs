//! Who may do what: every operation of the OpenAPI document against every kind of caller. The statuses are in one
//! table (`table.rs`); an operation without a row fails, and so does a row without an operation.

mod table;
mod world;

use std::collections::BTreeSet;

use crate::harness::Topology;

use table::{ROLES, ROWS};
use world::World;

#[tokio::test]
async fn every_operation_admits_whom_it_should_and_nobody_else() {
    let mut app = Topology::one_process().start().await;
    let world = World::new(&app).await;
    let mut wrong = Vec::new();

    for row in ROWS {
        // The one who may comes last: what they do may end what the others are refused.
        for (role, expected) in ROLES.iter().zip(row.statuses) {
            let answer = world.act(row, *role).await;
            if answer.status >= 400 {
                answer.any_problem(answer.status);
            }
            if answer.status != expected {
                wrong.push(format!("{} as {role:?}: {} instead of {expected}", row.operation, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.assert_healthy().await;
}

#[tokio::test]
async fn every_operation_has_a_row_and_every_row_an_operation() {
    let app = Topology::one_process().start().await;
    let document = app.get("/openapi.json").await.is(200).json();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            documented.insert(format!("{} {path}", method.to_ascii_uppercase()));
        }
    }
    assert_eq!(documented, ROWS.iter().map(|row| row.operation.to_owned()).collect());
    assert_eq!(ROWS.len(), documented.len(), "no row twice");
}
