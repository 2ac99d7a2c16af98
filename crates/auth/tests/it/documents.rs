//! The part of the OpenAPI document that accounts contribute.

use std::collections::HashSet;

use serde_json::Value;

use crate::harness::TestApp;

fn document() -> Value {
    let mut document = auth::routes().into_openapi();
    document.merge(auth::internal_routes().into_openapi());
    kit::openapi::complete(&mut document);
    serde_json::to_value(document).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods =
            item.as_object().unwrap().iter().filter(|(_, operation)| operation.get("responses").is_some());
        methods.map(|(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn every_path_of_the_contract_is_documented() {
    let document = document();
    let mut found: Vec<String> = operations(&document)
        .iter()
        .map(|(method, path, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "DELETE /users/{id}",
            "GET /auth/health",
            "GET /users",
            "GET /users/by-username/{username}",
            "GET /users/me",
            "GET /users/{id}",
            "PATCH /users/{id}",
            "POST /auth/forgot-password",
            "POST /auth/introspect",
            "POST /auth/login",
            "POST /auth/logout",
            "POST /auth/refresh",
            "POST /auth/reset-password",
            "POST /auth/signup",
        ]
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_a_summary_and_described_answers() {
    let document = document();
    let mut names = HashSet::new();
    for (method, path, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].clone()), "{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                continue;
            }
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{path} {status}");
            assert!(
                response["content"].get("application/problem+json").is_some(),
                "{method} {path} {status}"
            );
        }
    }
}

#[tokio::test]
async fn health_answers() {
    let app = TestApp::start().await;
    let answer = crate::harness::Answer::of(app.request("GET", "/auth/health")).await.expect(200);
    assert_eq!(answer.body["status"], "ok");
    app.db.clone().close().await.unwrap();
    let answer = crate::harness::Answer::of(app.request("GET", "/auth/health")).await;
    assert!(!answer.refused(503, "UNAVAILABLE").header("retry-after").is_empty());
}
