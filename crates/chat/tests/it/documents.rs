//! What the OpenAPI document says of chat's paths.

use std::collections::BTreeSet;

use crate::app::TestApp;

#[tokio::test]
async fn the_document_names_every_path_of_the_contract_with_its_security() {
    let app = TestApp::start().await;
    let (_, mut document) = chat::routes().with_state::<()>(app.chat.clone()).split_for_parts();
    kit::openapi::complete(&mut document);
    let document = serde_json::to_value(&document).unwrap();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.insert(format!("{} {path}", method.to_uppercase()));
            assert_eq!(operation["security"], serde_json::json!([{"bearer": []}]), "{method} {path}");
            assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{method} {path}");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
        }
    }
    let wanted = [
        "DELETE /rooms/{id}",
        "DELETE /rooms/{id}/members/{userId}",
        "GET /messages/{roomId}",
        "GET /rooms/general",
        "GET /rooms/my-rooms",
        "GET /rooms/{id}",
        "PATCH /rooms/{id}",
        "POST /messages/{roomId}",
        "POST /rooms/create",
        "POST /rooms/{id}/add-member",
        "POST /rooms/{id}/read",
    ];
    assert_eq!(operations, wanted.map(str::to_owned).into());
}
