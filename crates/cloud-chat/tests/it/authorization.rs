//! Who may do what: every operation of the OpenAPI document against every kind of caller, and sockets. The statuses are
//! in one table (`table.rs`); an operation without a row fails, and so does a row without an operation.

mod table;
mod world;

use std::collections::BTreeSet;

use crate::harness::openapi;

use table::ROWS;

suite! { [one_process, services] {
    operations:
        every_operation_admits_whom_it_should_and_nobody_else;
    sockets:
        a_socket_admits_whom_it_should_and_nobody_else;
} }

/// API Gateway refuses in the handshake.
mod behind_api_gateway {
    use super::sockets;

    shapes! { [aws] {
        sockets:
            a_socket_admits_whom_it_should_and_nobody_else;
    } }
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let mut documented = BTreeSet::new();
    for (path, item) in openapi()["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            documented.insert(format!("{} {path}", method.to_ascii_uppercase()));
        }
    }
    assert_eq!(documented, ROWS.iter().map(|row| row.operation.to_owned()).collect());
    assert_eq!(ROWS.len(), documented.len(), "no row twice");
}
