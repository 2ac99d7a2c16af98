//! `/users`: finding people.

use serde_json::{Value, json};

use crate::harness::{Answer, INTERNAL_KEY, Person, TestApp};

fn ids(answer: &Answer) -> Vec<String> {
    let users = answer.body.as_array().expect("a list");
    users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

fn names(answer: &Answer) -> Vec<&str> {
    let mut names: Vec<_> =
        answer.body.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn people_are_listed_page_by_page_without_emails() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    for name in ["bob", "cleo", "dora", "emil"] {
        app.sign_up(name).await;
    }
    let all = anna.get("/users").await.expect(200);
    assert_eq!(all.header("x-has-more"), "false");
    assert_eq!(names(&all), ["anna", "bob", "cleo", "dora", "emil"]);
    for user in all.body.as_array().unwrap() {
        assert_eq!(user.as_object().unwrap().len(), 2, "id and username: {user}");
    }

    let mut paged = Vec::new();
    let mut path = "/users?limit=2".to_owned();
    loop {
        let page = anna.get(&path).await.expect(200);
        paged.extend(ids(&page));
        if page.header("x-has-more") == "false" {
            break;
        }
        assert_eq!(ids(&page).len(), 2);
        path = format!("/users?limit=2&after={}", paged.last().unwrap());
    }
    assert_eq!(paged, ids(&all));
    let mut sorted = paged.clone();
    sorted.sort();
    assert_eq!(paged, sorted);
}

#[tokio::test]
async fn a_prefix_finds_names_in_any_case_and_is_taken_literally() {
    let app = TestApp::start().await;
    let anna = app.sign_up("Anna").await;
    for name in ["annika", "ANTON", "a_nna", "bob", "Жанна"] {
        app.sign_up(name).await;
    }
    for (q, expected) in [
        ("ann", vec!["Anna", "annika"]),
        ("AN", vec!["ANTON", "Anna", "annika"]),
        ("a_", vec!["a_nna"]),
        ("a%25", vec![]),
        ("%25", vec![]),
        ("%D0%B6", vec!["Жанна"]),
        ("nna", vec![]),
        ("anna%00", vec![]),
        ("", vec!["ANTON", "Anna", "a_nna", "annika", "bob", "Жанна"]),
    ] {
        let answer = anna.get(&format!("/users?q={q}")).await.expect(200);
        assert_eq!(names(&answer), expected, "{q}");
    }
}

#[tokio::test]
async fn list_parameters_have_limits() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    anna.get("/users?limit=1").await.expect(200);
    anna.get("/users?limit=200&unknown=1").await.expect(200);
    for limit in ["0", "201", "18446744073709551615"] {
        let answer = anna.get(&format!("/users?limit={limit}")).await;
        answer.refused(400, "INVALID").names("limit", "OUT_OF_RANGE");
    }
    for query in ["limit=-1", "limit=x", "limit=", "limit=18446744073709551616", "after=7", "after=%00"] {
        anna.get(&format!("/users?{query}")).await.refused(400, "INVALID");
    }
    let long = anna.get(&format!("/users?q={}", "x".repeat(65))).await;
    long.refused(400, "INVALID").names("q", "TOO_LONG");
}

#[tokio::test]
async fn one_sees_ones_own_email_and_nobody_elses() {
    let app = TestApp::start().await;
    let (anna, bob) = (app.sign_up("anna").await, app.sign_up("bob").await);
    let me = json!({"id": anna.id, "username": "anna", "email": "anna@example.org"});
    assert_eq!(anna.get("/users/me").await.expect(200).body, me);
    assert_eq!(anna.get(&format!("/users/{}", anna.id)).await.expect(200).body, me);
    let other = json!({"id": bob.id, "username": "bob"});
    assert_eq!(anna.get(&format!("/users/{}", bob.id)).await.expect(200).body, other);
    assert_eq!(anna.get("/users/by-username/BOB").await.expect(200).body, other);
    assert_eq!(anna.get("/users/by-username/anna").await.expect(200).body["email"], Value::Null);
}

#[tokio::test]
async fn nobody_is_found_where_nobody_is() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let random = uuid::Uuid::new_v4();
    for path in [
        &format!("/users/{random}"),
        "/users/7",
        "/users/%00",
        "/users/%FF",
        "/users/by-username/nobody",
        "/users/by-username/%00",
        "/users/by-username/%FF",
        "/users/by-username/anna%20",
        &format!("/users/by-username/{}", "\u{FDFA}".repeat(200)),
        "/users/me/more",
    ] {
        anna.get(path).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_service_finds_people_by_name_with_the_key() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let ask = async |path: &str, key: &str, token: &str| {
        let mut request = app.request("GET", path);
        if !key.is_empty() {
            request = request.header("x-internal-api-key", key);
        }
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        Answer::of(request).await
    };
    let path = "/users/by-username/anna";
    ask(path, INTERNAL_KEY, "").await.expect(200);
    ask(path, INTERNAL_KEY, "nonsense").await.expect(200);
    ask(path, "wrong", &anna.token).await.expect(200);
    ask(path, "wrong", "").await.refused(401, "UNAUTHORIZED");
    ask(path, "", "").await.refused(401, "UNAUTHORIZED");
    ask("/users", INTERNAL_KEY, "").await.refused(401, "UNAUTHORIZED");
    ask("/users/me", INTERNAL_KEY, "").await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn disabled_accounts_are_not_listed() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let bob = app.sign_up("bob").await;
    app.sql("UPDATE users SET disabled_at = 1 WHERE username = 'bob'").await;
    assert_eq!(names(&anna.get("/users").await.expect(200)), ["anna"]);
    anna.get("/users/by-username/bob").await.refused(404, "NOT_FOUND");
    // Whoever has the id, from a message or a list of members, still learns the name.
    anna.get(&format!("/users/{}", bob.id)).await.expect(200);
}

#[tokio::test]
async fn strangers_see_nothing() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let id = &anna.id;
    let stranger = Person::new(&app, &json!({"token": "nonsense", "user": {"id": id}}));
    for path in ["/users", "/users/me", &format!("/users/{id}"), "/users/by-username/anna"] {
        Answer::of(app.request("GET", path)).await.refused(401, "UNAUTHORIZED");
        stranger.get(path).await.refused(401, "UNAUTHORIZED");
    }
    stranger.change(json!({"username": "mine"})).await.refused(401, "UNAUTHORIZED");
    stranger.delete(crate::harness::PASSWORD).await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_name_with_a_space_behind_it_is_nobody_s() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    anna.get("/users/by-username/anna").await.expect(200);
    anna.get("/users/by-username/anna%20").await.refused(404, "NOT_FOUND");
    assert_eq!(anna.get("/users?q=anna").await.expect(200).body.as_array().map(Vec::len), Some(1));
    assert_eq!(anna.get("/users?q=anna%20").await.expect(200).body.as_array().map(Vec::len), Some(0));
}
