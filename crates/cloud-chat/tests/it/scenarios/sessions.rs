//! Live sockets of sessions that end, within the contract's five seconds.

use crate::harness::{Refusal, Socket, Topology, eventually};

const HOUR_SECS: i64 = 3600;

pub async fn logout_cuts_the_sockets_of_that_session_only(topology: Topology) {
    let app = topology.start().await;
    let laptop = app.user("alice").await;
    let phone = laptop.log_in().await;
    let (mut on_laptop, mut on_phone) = (laptop.connect().await, phone.connect().await);
    let mut in_general = phone.connect_to(phone.general().await).await;

    phone.log_out().await;

    on_phone.expect_revoked().await;
    in_general.expect_revoked().await;
    phone.is_refused("/users/me").await;
    phone.is_refused("/rooms/my-rooms").await;
    phone.try_refresh().await.any_problem(401);
    on_laptop.assert_alive().await;
    laptop.get("/users/me").await.is(200);
}

pub async fn a_changed_password_cuts_every_other_session(topology: Topology) {
    let app = topology.start().await;
    let mut laptop = app.user("alice").await;
    let phone = laptop.log_in().await;
    let (mut on_laptop, mut on_phone) = (laptop.connect().await, phone.connect().await);

    laptop.change_password("an entirely other phrase 9").await;

    on_phone.expect_revoked().await;
    phone.is_refused("/users/me").await;
    phone.try_refresh().await.any_problem(401);
    on_laptop.assert_alive().await;
    laptop.refresh().await;
    laptop.get("/users/me").await.is(200);
    phone.try_log_in(&phone.password).await.problem(401, "BAD_CREDENTIALS");
    laptop.log_in().await;
}

pub async fn a_reset_password_cuts_every_session(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let mut socket = alice.connect().await;
    let body = serde_json::json!({"email": alice.email});
    let forgot = app.post("/auth/forgot-password", &body).await.is(200).json();
    let link = forgot["resetLink"].as_str().expect("DEV_MODE answers with the link");
    let (_, token) = link.split_once("/reset-password?token=").expect("the contract's link");

    let body = serde_json::json!({"token": token, "newPassword": "an entirely other phrase 9"});
    app.post("/auth/reset-password", &body).await.is(200);

    socket.expect_revoked().await;
    alice.is_refused("/users/me").await;
    alice.try_refresh().await.any_problem(401);
    alice.try_log_in(&alice.password).await.problem(401, "BAD_CREDENTIALS");
    alice.try_log_in("an entirely other phrase 9").await.is(200);
}

pub async fn a_reused_refresh_token_cuts_its_family(topology: Topology) {
    let app = topology.start().await;
    let mut alice = app.user("alice").await;
    let other = alice.log_in().await;
    let stolen = alice.clone();
    alice.refresh().await;
    alice.refresh().await;
    let (mut cut, mut kept) = (alice.connect().await, other.connect().await);

    // Two uses ago: no lost answer explains that.
    stolen.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");

    cut.expect_revoked().await;
    alice.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");
    alice.is_refused("/users/me").await;
    kept.assert_alive().await;
}

pub async fn a_deleted_account_is_cut_off(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let phone = alice.log_in().await;
    let (mut on_laptop, mut on_phone) = (alice.connect().await, phone.connect().await);

    alice.delete_account().await;

    on_laptop.expect_revoked().await;
    on_phone.expect_revoked().await;
    for session in [&alice, &phone] {
        session.get("/users/me").await.any_problem(401);
        session.get("/rooms/my-rooms").await.any_problem(401);
        session.try_refresh().await.any_problem(401);
    }
    alice.try_log_in(&alice.password).await.problem(401, "BAD_CREDENTIALS");
}

pub async fn an_expired_token_cuts_nobody_off(topology: Topology) {
    let app = topology.with("JWT_EXPIRES_IN", "2s").start().await;
    let mut alice = app.user("alice").await;
    let general = alice.general().await;
    let mut socket = alice.connect().await;

    eventually("the token expires", async || {
        let answer = alice.get("/users/me").await;
        (answer.status == 401).then(|| answer.problem(401, "UNAUTHORIZED"))
    })
    .await;

    assert_eq!(socket.send_acked(general, "late", "still here").await["seq"], 1);
    let query = format!("?token={}", alice.token);
    Socket::refused(&app.api, &query, Refusal::Token).await;
    alice.refresh().await;
    alice.connect().await;
}

/// As by a time server that is wrong for a moment.
pub async fn a_session_that_ended_stays_ended_when_clocks_jump_ahead_and_back(topology: Topology) {
    let mut app = topology.start().await;
    let phone = app.user("alice").await.log_in().await;
    phone.log_out().await;
    phone.is_refused("/rooms/my-rooms").await;

    app.step_clocks(HOUR_SECS);
    phone.get("/rooms/my-rooms").await.any_problem(401);
    // Whoever learns of one that ends forgets those whose tokens have expired.
    let bob = app.user("bob").await;
    bob.log_out().await;
    bob.is_refused("/rooms/my-rooms").await;
    app.step_clocks(-HOUR_SECS);

    phone.is_refused("/rooms/my-rooms").await;
}
