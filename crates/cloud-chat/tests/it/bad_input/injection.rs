//! Text that means something to a database, a template, a shell or a terminal is text here.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::harness::{Answer, Topology};

const TEXTS: [&str; 14] = [
    "' OR '1'='1",
    "' OR 1=1 -- ",
    "'; DROP TABLE users; --",
    "\" OR \"\"=\"",
    "x' UNION SELECT password_hash, id FROM users -- ",
    "1; SELECT pg_sleep(10)",
    "' AND SLEEP(10) AND '1'='1",
    "\\'; DELETE FROM messages; --",
    "%' ESCAPE '\\",
    "__%__",
    "%",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "$(reboot) `reboot` | reboot",
    "../../../../etc/passwd",
];

pub async fn text_that_means_something_elsewhere_is_text(topology: Topology) {
    let mut app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let room = alice.create_room_with("plans", &[&bob]).await;
    let refused = |answer: Answer| {
        assert!((400..500).contains(&answer.status), "{}: {}", answer.what, answer.text());
        answer.any_problem(answer.status);
    };

    for text in TEXTS {
        let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC);
        // Nobody is found, logged in, reset or let in by it.
        refused(app.post("/auth/login", &json!({"email": text, "password": text})).await);
        refused(app.post("/auth/login", &json!({"email": alice.email, "password": text})).await);
        refused(app.post("/auth/refresh", &json!({"refreshToken": text})).await);
        refused(app.post("/auth/reset-password", &json!({"token": text, "newPassword": "a long walk 9"})).await);
        refused(alice.get(&format!("/users/by-username/{encoded}")).await);
        refused(alice.get(&format!("/users/{encoded}")).await);
        refused(alice.get(&format!("/rooms/{encoded}")).await);
        refused(alice.get(&format!("/messages/{room}?after={encoded}")).await);
        refused(alice.post(&format!("/rooms/{room}/add-member"), &json!({"username": text})).await);
        refused(alice.send_as(room, text, "hi").await);
        assert_eq!(alice.get(&format!("/users?q={encoded}")).await.is(200).json(), json!([]), "{text}");
        // Where any text may stand it stands as it is.
        assert_eq!(alice.send(room, text).await.content, text.trim(), "{text}");
        let named = alice.create_room(text).await;
        assert_eq!(alice.my_room(named).await.expect("it is there")["name"], text.trim());
    }
    let history = bob.history(room).await;
    assert_eq!(history.len(), TEXTS.len(), "nothing else was stored or taken away");
    assert!(history.iter().zip(TEXTS).all(|(message, text)| message.content == text.trim()));
    alice.log_in().await;
    app.assert_healthy().await;
}
