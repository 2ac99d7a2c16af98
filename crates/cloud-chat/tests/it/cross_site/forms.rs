//! Requests that browsers send to other sites without asking first have one of three content types.

use crate::{bad_input::operations_with_bodies, harness::Topology};

pub async fn what_a_form_can_send_is_refused_everywhere(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let room = alice.create_room("plans").await;
    // With the token even, which a form does not have.
    for (method, path) in operations_with_bodies(&alice, room) {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
            let call = app.api.call(&method, &path).body("{\"name\":\"x\",\"content\":\"x\"}");
            let call = call.header("content-type", kind).bearer(&alice.token);
            let answer = call.header("x-internal-api-key", crate::harness::INTERNAL_API_KEY).await;
            answer.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
    assert_eq!(alice.history(room).await.len(), 0);
    assert_eq!(alice.my_room(room).await.expect("it is there")["name"], "plans");
}
