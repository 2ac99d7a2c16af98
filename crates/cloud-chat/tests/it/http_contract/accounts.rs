//! `/users*`.

use serde_json::{Value, json};

use crate::harness::{Topology, assert_shape};

pub async fn a_user_is_shown_with_an_email_to_oneself_only(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("Alice").await, app.user("bob").await);
    let (oneself, other) = (
        json!({"id": alice.id, "username": "Alice", "email": alice.email}),
        json!({"id": alice.id, "username": "Alice"}),
    );

    assert_eq!(alice.get("/users/me").await.is(200).json(), oneself);
    assert_eq!(alice.get(&format!("/users/{}", alice.id)).await.is(200).json(), oneself);
    assert_eq!(bob.get(&format!("/users/{}", alice.id)).await.is(200).json(), other);
    assert_eq!(bob.get("/users/by-username/alice").await.is(200).json(), other);
    assert_eq!(bob.get("/users/by-username/ALICE").await.is(200).json(), other);
    bob.get("/users/by-username/nobody").await.problem(404, "NOT_FOUND");
    bob.get("/users/2a7e7c7e-0000-4000-8000-000000000000").await.problem(404, "NOT_FOUND");
    let list = bob.get("/users").await.is(200);
    assert!(list.json().as_array().expect("a list").contains(&other));
    assert!(!list.text().contains("@example.org"), "no emails of others: {}", list.text());
}

pub async fn the_list_of_users_is_searched_by_prefix_and_paged_by_the_last_id(topology: Topology) {
    let app = topology.start().await;
    let anna = app.user("anna").await;
    for name in ["Annabel", "annika", "hanna"] {
        app.user(name).await;
    }

    let names = |list: Value| {
        let list = list.as_array().expect("a list").clone();
        let mut names: Vec<_> =
            list.iter().map(|user| user["username"].as_str().expect("a name").to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(anna.get("/users?q=ann").await.is(200).json()), ["Annabel", "anna", "annika"]);
    assert_eq!(names(anna.get("/users?q=ANNA").await.is(200).json()), ["Annabel", "anna"]);
    for pattern in ["/users?q=%25", "/users?q=_nna", "/users?q=%5C"] {
        assert_eq!(names(anna.get(pattern).await.is(200).json()), [] as [&str; 0], "{pattern}");
    }

    let mut paged = Vec::new();
    let mut path = "/users?limit=2".to_owned();
    loop {
        let page = anna.get(&path).await.is(200).json();
        let page = page.as_array().expect("a list").clone();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        path = format!("/users?limit=2&after={}", last["id"].as_str().expect("an id"));
        paged.extend(page);
    }
    assert_eq!(names(paged.into()), ["Annabel", "anna", "annika", "hanna"]);
    for query in ["limit=0", "limit=-1", "limit=x", "limit=99999999999999999999", "after=x"] {
        anna.get(&format!("/users?{query}")).await.problem(400, "INVALID");
    }
}

pub async fn oneself_changes_what_is_given_and_nothing_else(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let path = format!("/users/{}", alice.id);
    let mut session_lives = alice.clone();

    let renamed = alice.patch(&path, &json!({"username": "alicia"})).await.is(200).json();
    assert_eq!(renamed, json!({"id": alice.id, "username": "alicia", "email": alice.email}));
    assert_eq!(alice.patch(&path, &json!({})).await.is(200).json(), renamed);
    let unchanged = json!({"username": "alicia", "email": "ALICE@example.org"});
    alice.patch(&path, &json!({"username": "alicia", "email": alice.email})).await.is(200);

    for refused in [json!({"email": "new@example.org"}), json!({"password": "an entirely other phrase 9"})] {
        alice.patch(&path, &refused).await.problem(403, "WRONG_PASSWORD");
        let mut with_wrong = refused.clone();
        with_wrong["currentPassword"] = json!("not her password");
        alice.patch(&path, &with_wrong).await.problem(403, "WRONG_PASSWORD");
    }
    assert_eq!(alice.get("/users/me").await.is(200).json(), renamed, "nothing changed: {unchanged}");

    let change = json!({"email": "new@example.org", "currentPassword": alice.password});
    assert_eq!(alice.patch(&path, &change).await.is(200).json()["email"], "new@example.org");
    session_lives.refresh().await;
    assert_eq!(
        (session_lives.username.as_str(), session_lives.email.as_str()),
        ("alicia", "new@example.org")
    );
    session_lives.log_in().await;
}

pub async fn names_and_emails_are_unique_ignoring_case(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("Émile").await);
    let password = "long walks and short talks";

    let cases = [
        (json!({"username": "ALICE", "email": "other@example.org"}), "USERNAME_TAKEN"),
        (json!({"username": "éMILE", "email": "other@example.org"}), "USERNAME_TAKEN"),
        (json!({"username": "other", "email": "Alice@Example.ORG"}), "EMAIL_TAKEN"),
    ];
    for (mut body, code) in cases {
        body["password"] = json!(password);
        app.post("/auth/signup", &body).await.problem(409, code);
    }
    let path = format!("/users/{}", bob.id);
    bob.patch(&path, &json!({"username": "Alice"})).await.problem(409, "USERNAME_TAKEN");
    let email = json!({"email": "ALICE@example.org", "currentPassword": bob.password});
    bob.patch(&path, &email).await.problem(409, "EMAIL_TAKEN");
    let case =
        alice.patch(&format!("/users/{}", alice.id), &json!({"username": "Alice"})).await.is(200).json();
    assert_eq!(case["username"], "Alice", "one's own name may change its case");
}

pub async fn deleting_an_account_takes_the_password_and_oneself(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let path = format!("/users/{}", alice.id);

    bob.delete(&path).json(&json!({"currentPassword": bob.password})).await.problem(403, "FORBIDDEN");
    alice
        .delete(&path)
        .json(&json!({"currentPassword": "not hers at all"}))
        .await
        .problem(403, "WRONG_PASSWORD");
    alice.delete(&path).await.any_problem(415);
    alice.get("/users/me").await.is(200);

    let done = alice.delete(&path).json(&json!({"currentPassword": alice.password})).await.is(200).json();
    assert_shape(&done, &json!({"ok": true}));
    bob.get(&path).await.problem(404, "NOT_FOUND");
}
