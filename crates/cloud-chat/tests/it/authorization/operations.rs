//! The matrix, acted out.

use super::{
    table::{ROLES, ROWS},
    world::World,
};
use crate::harness::Topology;

pub async fn every_operation_admits_whom_it_should_and_nobody_else(topology: Topology) {
    let mut app = topology.start().await;
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
