//! `$connect`, `connected` and `$disconnect`.

use std::{sync::Arc, time::Instant};

use protocol::SessionId;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::world::{Person, World, within};

#[tokio::test]
async fn a_connection_stands_in_the_table_until_it_ends() {
    let (world, person) = (World::start().await, Person::new());
    let mut client = world.dial(&format!("?token={}", person.token), None).await.unwrap();
    let connected = client.next().await.unwrap();
    assert_eq!((&connected["event"], &connected["userId"]), (&json!("connected"), &json!(person.user)));
    assert!(connected["connectionId"].as_str().unwrap().parse::<uuid::Uuid>().is_ok());
    let rooms = [1, 2, 3].map(|room| json!({"roomId": room, "lastSeq": room * 10}));
    assert_eq!(connected["rooms"], json!(rooms));
    let id = world.connection().await;
    let own =
        [format!("connection#{id}"), format!("session#{}", person.session), format!("user#{}", person.user)];
    let expected: Vec<_> = ["1", "2", "3"].map(str::to_owned).into_iter().chain(own).collect();
    assert_eq!(world.places().await, expected);
    for row in world.dynamo.rows().await {
        let (ttl, at) = (number(&row["ttl"]), number(&row["connectedAt"]));
        assert_eq!(ttl, at / 1000 + 2 * 3600 + 600, "{row}");
    }

    client.leave().await;
    world.until_no_rows().await;
}

fn number(value: &Value) -> i64 {
    value["N"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_connection_to_one_room_carries_that_one_alone() {
    let (world, person) = (World::start().await, Person::new());
    let mut client = world.dial(&format!("?token={}&roomId=2", person.token), None).await.unwrap();
    assert_eq!(client.next().await.unwrap()["rooms"], json!([{"roomId": 2, "lastSeq": 20}]));
    assert_eq!(world.places().await[0], "2");
    assert_eq!(world.places().await.len(), 4);
}

#[tokio::test]
async fn the_token_may_travel_as_a_subprotocol_which_is_echoed() {
    let (world, person) = (World::start().await, Person::new());
    let mut client = world.dial("", Some(&format!("bearer, {}", person.token))).await.unwrap();
    assert_eq!(client.1, "bearer");
    assert_eq!(client.next().await.unwrap()["event"], "connected");
}

#[tokio::test]
async fn who_may_not_connect_is_refused_and_leaves_no_rows() {
    let (world, good, ended) = (World::start().await, Person::new(), Person::new());
    world.chat.set(|answers| answers.revoked = vec![SessionId::random(), ended.session]);
    let query = |person: &Person, more: &str| format!("?token={}{more}", person.token);
    for (query, status) in [
        (String::new(), 401),
        ("?token=nonsense".into(), 401),
        (query(&Person::with_lifetime(-1), ""), 401),
        (query(&ended, ""), 401),
        (query(&good, "&roomId=4"), 403),
        (query(&good, "&roomId=x"), 403),
        (query(&good, "&roomId=1&roomId=2"), 403),
    ] {
        assert_eq!(world.dial(&query, None).await.err(), Some(status), "{query}");
    }
    world.chat.set(|answers| answers.is_away = true);
    assert_eq!(world.dial(&query(&good, ""), None).await.err(), Some(503));
    assert!(world.places().await.is_empty());
    world.chat.set(|answers| answers.is_away = false);
    world.connect(&good).await;
}

#[tokio::test]
async fn an_end_may_be_told_more_than_once() {
    let (world, person) = (World::start().await, Person::new());
    let _client = world.connect(&person).await;
    let event = json!({
        "requestContext": {"routeKey": "$disconnect", "connectionId": world.connection().await, "eventType": "DISCONNECT"},
        "isBase64Encoded": false,
    });
    for _ in 0..2 {
        assert_eq!(world.gateway.invoke(event.clone()).await.unwrap()["statusCode"], 200);
        assert!(world.places().await.is_empty());
    }
}

/// As by somebody whose clock is ahead: nobody would ever tell it anything.
#[tokio::test]
async fn a_connection_that_was_forgotten_before_it_was_greeted_is_ended_so_that_it_comes_back() {
    let (world, person) = (World::start().await, Person::new());
    let greeting = Arc::new(Barrier::new(2));
    world.chat.set(|answers| answers.waits = [None, Some(greeting.clone())].into());
    let mut client = world.dial(&format!("?token={}", person.token), None).await.unwrap();
    within("its greeting has begun", greeting.wait()).await;
    world.dynamo.delete_rows().await;
    within("its greeting goes on", greeting.wait()).await;
    assert_eq!(client.next().await.unwrap()["event"], "connected");
    assert_eq!(client.next().await, None);
}

#[tokio::test]
async fn somebody_in_a_thousand_rooms_connects() {
    let (world, person) = (World::start().await, Person::new());
    world.chat.set(|answers| answers.rooms = (1..=1000).collect());
    let begun = Instant::now();
    let mut client = world.dial(&format!("?token={}", person.token), None).await.unwrap();
    let connected = within("it is greeted", client.next()).await.unwrap();
    eprintln!("in 1,000 rooms: connected after {:?}", begun.elapsed());
    assert_eq!(connected["rooms"].as_array().unwrap().len(), 1000);
    assert_eq!(world.places().await.len(), 1003);
    client.leave().await;
    world.until_no_rows().await;
}

#[tokio::test]
async fn what_is_no_event_of_ours_fails_and_the_next_one_is_handled() {
    let world = World::start().await;
    for nonsense in [json!({}), json!([]), json!("x"), Value::Null, json!({"requestContext": {}})] {
        assert!(world.gateway.invoke(nonsense.clone()).await.is_err(), "{nonsense}");
    }
    world.connect(&Person::new()).await;
}
