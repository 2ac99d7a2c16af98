//! nginx in front of services: what the shipped configuration lets through, says itself, logs, and does when nodes come
//! and go.

mod errors;
mod forwarding;
pub mod internal;
mod logs;
mod names;
mod nodes;
mod pages;
mod upstream;

use crate::harness::{Frontend, Socket, Topology, User};

#[tokio::test]
async fn people_talk_to_each_other_through_it() {
    let app = Topology::services().start().await;
    let frontend = Frontend::of(&app).await;
    let sign_up = async |name: &str| {
        let email = format!("{name}@example.org");
        User::sign_up(&frontend.api, name, &email, "a long walk by the sea 7").await
    };
    let (alice, bob) = (sign_up("alice").await, sign_up("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, echoed) = Socket::open_by_protocol(&frontend.api, "", &alice.token).await;
    assert_eq!(echoed, "bearer");
    // Wherever nginx sends them: one connection each on every node.
    let mut his = [bob.connect().await, bob.connect().await];

    hers.send_acked(plans, "one", "through nginx").await;
    for socket in &mut his {
        assert_eq!(socket.expect_message(plans).await["content"], "through nginx");
    }
    let page = bob.get(&format!("/messages/{plans}")).await.is(200);
    assert_eq!(page.json()[0]["content"], "through nginx");
    page.assert_common_headers();
    assert_eq!(page.headers.get_all("x-request-id").iter().count(), 1);
    assert_eq!(page.headers.get_all("cache-control").iter().count(), 1);
}
