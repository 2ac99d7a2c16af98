//! DynamoDB's API by dynalite, with the table of connections.

mod counter;

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Process, free_port};
pub use counter::Counter;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tools/node/node_modules/.bin/dynalite");
const PATIENCE: Duration = Duration::from_secs(30);
const RHYTHM: Duration = Duration::from_millis(20);
pub const TABLE: &str = "ws-connections";
/// Any will do.
pub const CREDENTIALS: [(&str, &str); 3] = [
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "the-tests-are-nobody"),
    ("AWS_SECRET_ACCESS_KEY", "and-sign-with-nothing"),
];

pub struct Dynamo {
    process: Process,
    _folder: TempDir,
    port: u16,
}

impl Dynamo {
    pub async fn start() -> Self {
        assert!(Path::new(PROGRAM).exists(), "dynalite is missing: `make test` installs what the tests need");
        let (folder, port) = (tempfile::tempdir().expect("a temporary folder"), free_port());
        let args = ["--host", "127.0.0.1", "--port", &port.to_string(), "--createTableMs", "0"];
        let process = Process::start(PROGRAM, &args, &folder.path().join("log"));
        let dynamo = Self { process, _folder: folder, port };
        dynamo.create_table().await;
        dynamo
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Stands still from now on, its connections open.
    pub fn freeze(&self) {
        self.process.freeze();
    }

    pub fn thaw(&self) {
        self.process.thaw();
    }

    /// Every row there is.
    pub async fn rows(&self) -> Vec<Value> {
        let answer = self.ask("Scan", &json!({"TableName": TABLE})).await.expect("it answers");
        answer["Items"].as_array().cloned().unwrap_or_default()
    }

    pub async fn delete_rows(&self) {
        for row in self.rows().await {
            let key = json!({"roomId": row["roomId"], "connectionId": row["connectionId"]});
            let ask = json!({"TableName": TABLE, "Key": key});
            self.ask("DeleteItem", &ask).await.expect("it answers");
        }
    }

    /// As Terraform makes it.
    async fn create_table(&self) {
        let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
        let index = |name: &str, hash: &str| {
            json!({
                "IndexName": name,
                "KeySchema": [key(hash, "HASH")],
                "Projection": {"ProjectionType": "ALL"},
            })
        };
        let names = ["roomId", "connectionId", "userId"];
        let attributes = names.map(|name| json!({"AttributeName": name, "AttributeType": "S"}));
        let table = json!({
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": [key("roomId", "HASH"), key("connectionId", "RANGE")],
            "GlobalSecondaryIndexes":
                [index("connectionId-index", "connectionId"), index("userId-index", "userId")],
        });
        let created = async {
            let mut rhythm = tokio::time::interval(RHYTHM);
            while self.ask("CreateTable", &table).await.is_none() {
                rhythm.tick().await;
            }
            let name = json!({"TableName": TABLE});
            while self
                .ask("DescribeTable", &name)
                .await
                .is_none_or(|told| told["Table"]["TableStatus"] != "ACTIVE")
            {
                rhythm.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, created).await.expect("dynalite answers in time");
    }

    async fn ask(&self, operation: &str, ask: &Value) -> Option<Value> {
        let signed = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, \
                      Signature=0";
        let call = reqwest::Client::new()
            .post(self.url())
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", signed)
            .body(ask.to_string());
        let answer = call.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        assert!(status.is_success() || status.is_server_error(), "{operation}: {text}");
        if status.is_success() { serde_json::from_str(&text).ok() } else { None }
    }
}
