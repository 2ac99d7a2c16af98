//! DynamoDB: the few operations on one table, in its JSON protocol.

use bytes::Bytes;
use http::Method;
use serde_json::{Map, Value, json};

use super::{Aws, AwsError, AwsResult, Call};

/// What one batch may hold.
const BATCH_MAX: usize = 25;
/// Batches of one call that are under way at a time.
const BATCHES_AT_ONCE: usize = 8;
/// What a batch left unprocessed is tried again so often.
const LEFTOVERS_MAX: u32 = 8;

/// An item as DynamoDB writes it: `{"roomId": {"S": "1"}}`.
pub type Item = Map<String, Value>;

#[derive(Clone)]
pub struct Dynamo {
    aws: Aws,
    endpoint: String,
    pub table: String,
}

/// One page of a query.
#[derive(Debug)]
pub struct Page {
    pub items: Vec<Item>,
    /// Where the next one begins.
    pub next: Option<Value>,
}

impl Dynamo {
    pub fn new(aws: &Aws, table: &str) -> Self {
        Self { aws: aws.clone(), endpoint: aws.endpoint("dynamodb"), table: table.to_owned() }
    }

    /// Consistent.
    pub async fn get(&self, key: &Item) -> AwsResult<Option<Item>> {
        let ask = json!({"TableName": self.table, "Key": key, "ConsistentRead": true});
        Ok(self.ask("GetItem", &ask).await?.remove("Item").and_then(into_item))
    }

    /// Only where there is one already; whether there was.
    pub async fn replace(&self, item: &Item) -> AwsResult<bool> {
        let condition = "attribute_exists(roomId)";
        let ask = json!({"TableName": self.table, "Item": item, "ConditionExpression": condition});
        match self.ask("PutItem", &ask).await {
            Err(AwsError::Refused { kind, .. }) if kind == "ConditionalCheckFailedException" => Ok(false),
            outcome => outcome.map(|_| true),
        }
    }

    /// Nothing happens where there is none.
    pub async fn delete(&self, key: &Item) -> AwsResult<()> {
        self.ask("DeleteItem", &json!({"TableName": self.table, "Key": key})).await.map(drop)
    }

    /// `ask` without its table; one page from `start`.
    pub async fn query(&self, mut ask: Map<String, Value>, start: Option<Value>) -> AwsResult<Page> {
        ask.insert("TableName".into(), self.table.clone().into());
        if let Some(start) = start {
            ask.insert("ExclusiveStartKey".into(), start);
        }
        let mut answer = self.ask("Query", &Value::Object(ask)).await?;
        let items = match answer.remove("Items") {
            Some(Value::Array(items)) => items.into_iter().filter_map(into_item).collect(),
            _ => Vec::new(),
        };
        Ok(Page { items, next: answer.remove("LastEvaluatedKey") })
    }

    pub async fn put_all(&self, items: Vec<Item>) -> AwsResult<()> {
        self.write_all(items.into_iter().map(|item| json!({"PutRequest": {"Item": item}})).collect()).await
    }

    pub async fn delete_all(&self, keys: Vec<Item>) -> AwsResult<()> {
        self.write_all(keys.into_iter().map(|key| json!({"DeleteRequest": {"Key": key}})).collect()).await
    }

    /// Several at once; what is not processed is written again.
    async fn write_all(&self, requests: Vec<Value>) -> AwsResult<()> {
        use futures::{StreamExt, TryStreamExt, stream};
        let batches: Vec<_> = requests.chunks(BATCH_MAX).map(<[_]>::to_vec).collect();
        let writes = stream::iter(batches).map(|batch| self.write(batch)).buffer_unordered(BATCHES_AT_ONCE);
        writes.try_collect().await
    }

    async fn write(&self, mut batch: Vec<Value>) -> AwsResult<()> {
        for nth in 0..LEFTOVERS_MAX {
            let mut ask = Map::new();
            ask.insert(self.table.clone(), Value::Array(batch));
            let mut answer = self.ask("BatchWriteItem", &json!({"RequestItems": ask})).await?;
            let left = answer.get_mut("UnprocessedItems").and_then(|left| left.get_mut(&self.table));
            batch = match left.map(Value::take) {
                Some(Value::Array(left)) if !left.is_empty() => left,
                _ => return Ok(()),
            };
            let pause = super::FIRST_BACKOFF * 2_u32.pow(nth);
            tokio::time::sleep(pause.min(super::BACKOFF_MAX).mul_f64(rand::random_range(0.5..1.5))).await;
        }
        Err(AwsError::Silence(format!("{} writes stay unprocessed", batch.len())))
    }

    async fn ask(&self, operation: &str, ask: &Value) -> AwsResult<Item> {
        let target = format!("DynamoDB_20120810.{operation}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.0")];
        let body = Bytes::from(ask.to_string());
        let call =
            Call { service: "dynamodb", method: Method::POST, url: &self.endpoint, headers: &headers, body };
        let answer = self.aws.call(&call).await?;
        if !answer.status.is_success() {
            return Err(AwsError::refused(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|error| AwsError::Fault(format!("{operation}: {error}")))
    }
}

fn into_item(value: Value) -> Option<Item> {
    match value {
        Value::Object(item) => Some(item),
        _ => None,
    }
}

/// The value of an attribute that is text.
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?["S"].as_str()
}

/// The value of an attribute that is a whole number.
pub fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?["N"].as_str()?.parse().ok()
}
