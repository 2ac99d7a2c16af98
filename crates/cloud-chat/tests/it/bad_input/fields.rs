//! Every field of every body, wrong in every way. The fields come from the OpenAPI document: a new one without a
//! row fails.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, App, INTERNAL_API_KEY, Topology, User, openapi};

/// What a field does with text that is odd but of the right type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// 400, and the field is named.
    Refused,
    /// Taken, or refused for another reason than the field's form.
    Passes,
}
use Odd::{Passes, Refused};

#[derive(Clone, Copy)]
struct Row {
    operation: &'static str,
    field: &'static str,
    /// What may be left out may also be `null`.
    optional: bool,
    too_long: usize,
    empty: Odd,
    nul: Odd,
    right_to_left: Odd,
    zero_width: Odd,
}

const fn row(operation: &'static str, field: &'static str, too_long: usize) -> Row {
    Row {
        operation,
        field,
        optional: false,
        too_long,
        empty: Refused,
        nul: Refused,
        right_to_left: Refused,
        zero_width: Refused,
    }
}

/// A secret is compared or hashed, never shown: any characters are fine.
const fn secret(operation: &'static str, field: &'static str, too_long: usize) -> Row {
    Row { nul: Passes, right_to_left: Passes, zero_width: Passes, ..row(operation, field, too_long) }
}

const fn optional(row: Row) -> Row {
    Row { optional: true, ..row }
}

/// One of a few words.
const fn word(operation: &'static str, field: &'static str) -> Row {
    row(operation, field, 100)
}

const ROWS: &[Row] = &[
    row("POST /auth/signup", "username", 33),
    row("POST /auth/signup", "email", 255),
    secret("POST /auth/signup", "password", 129),
    optional(word("POST /auth/signup", "session")),
    secret("POST /auth/login", "email", 255),
    secret("POST /auth/login", "password", 513),
    optional(word("POST /auth/login", "session")),
    optional(secret("POST /auth/refresh", "refreshToken", 4097)),
    optional(word("POST /auth/refresh", "session")),
    optional(secret("POST /auth/logout", "refreshToken", 4097)),
    optional(word("POST /auth/logout", "session")),
    row("POST /auth/forgot-password", "email", 255),
    secret("POST /auth/reset-password", "token", 4097),
    secret("POST /auth/reset-password", "newPassword", 129),
    // Never an error for a bad token, whatever is wrong with it: longer than a body may be is another matter.
    Row { empty: Passes, ..secret("POST /auth/introspect", "token", usize::MAX) },
    optional(row("PATCH /users/{id}", "username", 33)),
    optional(row("PATCH /users/{id}", "email", 255)),
    optional(secret("PATCH /users/{id}", "currentPassword", 513)),
    optional(secret("PATCH /users/{id}", "password", 129)),
    secret("DELETE /users/{id}", "currentPassword", 513),
    row("POST /rooms/create", "name", 51),
    row("PATCH /rooms/{id}", "name", 51),
    row("POST /rooms/{id}/add-member", "username", 33),
    // Anything but NUL is a message: what it looks like is the reader's to judge.
    Row { right_to_left: Passes, zero_width: Passes, ..row("POST /messages/{roomId}", "content", 4001) },
    optional(row("POST /messages/{roomId}", "clientMessageId", 65)),
];

/// Fields that are numbers; their ways to be wrong are written out in `numbers`.
const NUMBERS: &[(&str, &str)] = &[("POST /rooms/{id}/read", "seq")];

pub async fn every_field_of_every_body_refuses_what_it_must(topology: Topology) {
    let mut app = topology.start().await;
    let world = World::new(&app).await;

    for row in ROWS {
        for (what, value, odd) in row.texts() {
            let answer =
                world.send(row.operation, &with(&World::valid(row.operation), row.field, &value)).await;
            match odd {
                Refused => assert_names(&answer, row.field, what),
                Passes => assert_not_a_form_error(&answer, row.field, what),
            }
        }
        for value in [json!(1), json!(-1.5), json!(true), json!([]), json!(["x"]), json!({}), json!({"a": 1})]
        {
            let answer =
                world.send(row.operation, &with(&World::valid(row.operation), row.field, &value)).await;
            assert_names(&answer, row.field, &format!("{value} instead of a string"));
        }
        world.check_absent(row.operation, row.field, row.optional).await;
        world.check_surrogate(row.operation, row.field).await;
    }
    world.numbers().await;
    app.assert_healthy().await;
    world.alice.get("/users/me").await.is(200);
}

#[test]
fn every_field_of_the_document_has_a_row() {
    let documented: BTreeSet<_> = fields_of(&openapi());
    let texts = ROWS.iter().map(|row| (row.operation.to_owned(), row.field.to_owned()));
    let numbers = NUMBERS.iter().map(|(operation, field)| ((*operation).to_owned(), (*field).to_owned()));
    assert_eq!(documented, texts.chain(numbers).collect());
}

/// `(operation, field)` of every JSON body.
fn fields_of(document: &Value) -> BTreeSet<(String, String)> {
    let mut fields = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
            let name = name.unwrap_or_else(|| panic!("the body of {method} {path} is no component"));
            let properties =
                document["components"]["schemas"][name]["properties"].as_object().expect("an object");
            let operation = format!("{} {path}", method.to_ascii_uppercase());
            fields.extend(properties.keys().map(|field| (operation.clone(), field.clone())));
        }
    }
    fields
}

impl Row {
    fn texts(&self) -> Vec<(&'static str, Value, Odd)> {
        let plain = "abcdefgh";
        let mut texts = vec![
            ("empty", json!(""), self.empty),
            ("NUL", json!(format!("{plain}\0")), self.nul),
            ("right-to-left override", json!(format!("{plain}\u{202E}zyx@example.org")), self.right_to_left),
            ("zero-width only", json!("\u{200B}".repeat(8)), self.zero_width),
        ];
        if self.too_long != usize::MAX {
            texts.push(("too long", json!("a".repeat(self.too_long)), Refused));
            texts.push(("far too long", json!("é".repeat(30_000)), Refused));
        }
        texts
    }
}

/// People and a room for bodies to be about.
struct World {
    app: crate::harness::Api,
    alice: User,
    room: i64,
}

impl World {
    async fn new(app: &App) -> Self {
        let alice = app.user("alice").await;
        let room = alice.create_room("plans").await;
        Self { app: app.api.clone(), alice, room }
    }

    /// A body that is fine in form, so that the one changed field is what is wrong with it. It never succeeds in
    /// what would end the world.
    fn valid(operation: &str) -> Value {
        let bodies = BTreeMap::from([
            (
                "POST /auth/signup",
                json!({"username": "alice", "email": "alice@example.org", "password": "long walks and talks", "session": "token"}),
            ),
            (
                "POST /auth/login",
                json!({"email": "nobody@example.org", "password": "long walks and talks", "session": "token"}),
            ),
            ("POST /auth/refresh", json!({"refreshToken": "unknown", "session": "token"})),
            ("POST /auth/logout", json!({"refreshToken": "unknown", "session": "token"})),
            ("POST /auth/forgot-password", json!({"email": "nobody@example.org"})),
            ("POST /auth/reset-password", json!({"token": "unknown", "newPassword": "long walks and talks"})),
            ("POST /auth/introspect", json!({"token": "unknown"})),
            (
                "PATCH /users/{id}",
                json!({"username": "alice", "email": "alice@example.org", "currentPassword": "not hers at all", "password": "long walks and talks"}),
            ),
            ("DELETE /users/{id}", json!({"currentPassword": "not hers at all"})),
            ("POST /rooms/create", json!({"name": "a room"})),
            ("PATCH /rooms/{id}", json!({"name": "a room"})),
            ("POST /rooms/{id}/add-member", json!({"username": "alice"})),
            ("POST /rooms/{id}/read", json!({"seq": 0})),
            ("POST /messages/{roomId}", json!({"content": "hi", "clientMessageId": "the-same"})),
        ]);
        bodies.get(operation).unwrap_or_else(|| panic!("{operation} has no body here")).clone()
    }

    async fn send(&self, operation: &str, body: &Value) -> Answer {
        self.send_raw(operation, &body.to_string()).await
    }

    async fn send_raw(&self, operation: &str, body: &str) -> Answer {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let user_or_room =
            if path.starts_with("/users") { self.alice.id.clone() } else { self.room.to_string() };
        let path = path.replace("{id}", &user_or_room).replace("{roomId}", &user_or_room);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let call =
            self.app.call(&method, &path).raw_json(body).header("x-internal-api-key", INTERNAL_API_KEY);
        call.bearer(&self.alice.token).await
    }

    /// Left out, and `null`.
    async fn check_absent(&self, operation: &str, field: &str, optional: bool) {
        let mut without = Self::valid(operation);
        without.as_object_mut().expect("an object").remove(field);
        for (body, what) in
            [(without, "missing"), (with(&Self::valid(operation), field, &Value::Null), "null")]
        {
            let answer = self.send(operation, &body).await;
            if !optional {
                assert_names(&answer, field, what);
            } else if (operation, field) == ("POST /auth/refresh", "refreshToken") {
                // Neither here nor in a cookie.
                assert_names(&answer, field, what);
            } else if what == "missing" {
                assert_not_a_form_error(&answer, field, what);
            } else {
                assert!(answer.status < 500, "{operation} {field} null: {}", answer.text());
            }
        }
    }

    /// Half of a pair, escaped: no Unicode text has it.
    async fn check_surrogate(&self, operation: &str, field: &str) {
        for half in ["\\ud800", "abcdefgh\\udfff", "\\ud83d\\ud83d"] {
            let body = with(&Self::valid(operation), field, &json!("HERE")).to_string().replace("HERE", half);
            let answer = self.send_raw(operation, &body).await;
            answer.problem(400, "BAD_JSON");
        }
    }

    async fn numbers(&self) {
        for (operation, field) in NUMBERS {
            let wrong = [
                "-1",
                "1.5",
                "\"1\"",
                "null",
                "[]",
                "{}",
                "true",
                "9007199254740992",
                "1e400",
                "99999999999999999999",
            ];
            for value in wrong {
                let body = with(&Self::valid(operation), field, &json!("HERE"))
                    .to_string()
                    .replace("\"HERE\"", value);
                let answer = self.send_raw(operation, &body).await;
                // A number past all numbers is not JSON to every reader.
                if value == "1e400" {
                    answer.any_problem(400);
                } else {
                    assert_names(&answer, field, value);
                }
            }
            let answer = self.send(operation, &json!({})).await;
            assert_names(&answer, field, "missing");
            // JSON knows one kind of number: this is the integer.
            self.send(operation, &json!({*field: 0.0})).await.is(200);
        }
    }
}

fn with(body: &Value, field: &str, value: &Value) -> Value {
    let mut body = body.clone();
    body[field] = value.clone();
    body
}

#[track_caller]
fn assert_names(answer: &Answer, field: &str, what: &str) {
    assert_eq!(answer.status, 400, "{} with {field} {what}: {}", answer.what, answer.text());
    answer.problem(400, "INVALID");
    let fields = answer.fields();
    assert!(
        fields.iter().any(|named| named == field || named.starts_with(&format!("{field}["))),
        "{} with {field} {what} names {fields:?}",
        answer.what
    );
}

/// Whatever became of it, the field's form was not what was wrong.
#[track_caller]
fn assert_not_a_form_error(answer: &Answer, field: &str, what: &str) {
    assert!(answer.status < 500, "{} with {field} {what}: {}", answer.what, answer.text());
    if answer.status == 400 {
        let problem = answer.any_problem(400);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let about_form = |error: &Value| error["field"] == field && error["code"] != "TOO_WEAK";
        assert!(!errors.iter().any(about_form), "{} with {field} {what}: {problem}", answer.what);
    }
}
