//! Ids in paths that are another's, nobody's, or none at all.

use serde_json::json;

use crate::harness::Topology;

pub async fn another_users_id_in_the_path_gives_nothing_away(topology: Topology) {
    let app = topology.start().await;
    let (alice, mallory) = (app.user("alice").await, app.user("mallory").await);
    let path = format!("/users/{}", alice.id);
    let body = json!({"username": "mallory2", "currentPassword": alice.password});

    mallory.patch(&path, &body).await.problem(403, "FORBIDDEN");
    mallory.patch(&path, &json!({})).await.problem(403, "FORBIDDEN");
    mallory.delete(&path).json(&json!({"currentPassword": alice.password})).await.problem(403, "FORBIDDEN");
    mallory.delete(&path).json(&json!({"currentPassword": mallory.password})).await.problem(403, "FORBIDDEN");
    let nobody = "/users/00000000-0000-4000-8000-000000000000";
    mallory.patch(nobody, &json!({})).await.problem(403, "FORBIDDEN");

    alice.try_log_in(&alice.password).await.is(200);
    assert_eq!(alice.get("/users/me").await.is(200).json()["username"], "alice");
}

pub async fn what_is_no_id_names_nothing(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let room = alice.create_room("plans").await;
    let nonsense = [
        "x",
        "-1",
        "0",
        "1.5",
        "+1",
        "%20",
        "%00",
        "1%00",
        "%2e%2e%2f",
        "1e3",
        "0x1",
        "９",
        "null",
        "%F0%9F%97%BC",
        "9007199254740992",
        "9223372036854775808",
        "99999999999999999999999",
        "'; DROP TABLE rooms; --",
        "{id}",
        "%ff%fe",
        "1/..",
        "%E2%80%AE1",
        &"1".repeat(5000),
    ];
    for id in nonsense {
        let id = id.replace(' ', "%20");
        for path in [
            format!("/rooms/{id}"),
            format!("/messages/{id}"),
            format!("/users/{id}"),
            format!("/rooms/{room}/members/{id}"),
        ] {
            let is_membership = path.contains("/members/");
            let answer = if is_membership { alice.delete(&path).await } else { alice.get(&path).await };
            // A path that is no UTF-8, or has other segments than it seems to, may name another route.
            assert!([400, 404, 405, 414].contains(&answer.status), "{path:.80}: {}", answer.text());
            answer.any_problem(answer.status);
        }
    }
    app.assert_healthy().await;
    alice.get(&format!("/rooms/{room}")).await.is(200);
}
