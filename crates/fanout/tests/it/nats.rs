//! What NATS may do: come late, refuse us, die, stand still, carry nonsense; and what listeners hear of it.

use std::{future::Future, sync::Arc, time::Duration};

use async_nats::ConnectOptions;
use fanout::{Bus, Deliveries, Delivery, Event, NatsBus, NatsServers, Topic};
use futures::FutureExt;
use kit::shutdown::Tasks;
use testbed::{Authority, nats::NatsServer};

use crate::both::{deleted, expect, next, topic, two};

const SOON: Duration = Duration::from_secs(5);

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, future).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let mut rhythm = tokio::time::interval(Duration::from_millis(5));
    soon(what, async {
        while !is_so() {
            rhythm.tick().await;
        }
    })
    .await;
}

/// One outage may be told more than once.
async fn past_missed(deliveries: &mut Box<dyn Deliveries>, topic: Topic, event: Event) {
    let expected = Delivery::Event(topic, Arc::new(event));
    while next(deliveries).await != expected {}
}

#[tokio::test]
async fn who_listened_through_a_restart_hears_that_it_missed_something_and_then_goes_on() {
    let (mut server, tasks) = (NatsServer::start().await, Tasks::default());
    let [here, there] = two(&server, &tasks).await;
    let (interest, mut deliveries) = there.subscribe();
    interest.listen(&[topic(1)]).await;

    server.kill().await;
    until("the loss is noticed", || !here.is_up() && !there.is_up()).await;
    soon("publishing does not wait", here.publish(vec![deleted(1)])).await;
    soon("listening does not wait", interest.listen(&[topic(2)])).await;
    assert!(deliveries.next().now_or_never().is_none(), "nothing is heard while it is away");
    server.start_again().await;

    assert_eq!(soon("it is told", next(&mut deliveries)).await, Delivery::Missed);
    until("the publisher is back", || here.is_up()).await;
    for room in [2, 1] {
        here.publish(vec![deleted(room)]).await;
        soon("it goes on", past_missed(&mut deliveries, topic(room), deleted(room))).await;
    }
}

#[tokio::test]
async fn a_nats_that_stands_still_stops_nobody_and_what_was_missed_is_told() {
    let (server, tasks) = (NatsServer::start().await, Tasks::default());
    let [here, there] = two(&server, &tasks).await;
    let (interest, mut deliveries) = there.subscribe();
    interest.listen(&[topic(1)]).await;

    server.freeze();
    // Far more than a connection takes: neither the writer waits nor does memory grow with it.
    soon("publishing does not wait", async {
        for _ in 0..20_000 {
            here.publish(vec![deleted(1)]).await;
        }
    })
    .await;
    soon("listening ends", interest.listen(&[topic(2)])).await;
    until("it is noticed", || !here.is_up() && !there.is_up()).await;
    server.thaw();

    soon("it is told", async { while next(&mut deliveries).await != Delivery::Missed {} }).await;
    until("the publisher is back", || here.is_up()).await;
    here.publish(vec![deleted(2)]).await;
    soon("it goes on", past_missed(&mut deliveries, topic(2), deleted(2))).await;
}

#[tokio::test]
async fn what_one_process_publishes_its_own_listeners_hear_without_nats() {
    let (mut server, tasks) = (NatsServer::start().await, Tasks::default());
    let [bus, _] = two(&server, &tasks).await;
    let (interest, mut deliveries) = bus.subscribe();
    interest.listen(&[topic(1)]).await;
    server.kill().await;
    until("the loss is noticed", || !bus.is_up()).await;
    bus.publish(vec![deleted(1)]).await;
    expect(&mut deliveries, topic(1), deleted(1)).await;
}

#[tokio::test]
async fn a_start_waits_for_nats() {
    let (mut server, tasks) = (NatsServer::start().await, Tasks::default());
    server.kill().await;
    let servers: NatsServers = server.url().parse().unwrap();
    let connecting = NatsBus::connect(&servers, "test", &tasks);
    tokio::pin!(connecting);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut connecting).await.is_err());
    server.start_again().await;
    assert!(soon("it connects", connecting).await.is_up());
}

#[tokio::test]
async fn only_the_right_credentials_get_in() {
    for (args, right, wrong) in [
        (vec!["--user", "chat", "--pass", "p@ss:w/rd"], "chat:p%40ss%3Aw%2Frd@", "chat:other@"),
        (vec!["--auth", "t0ken"], "t0ken@", "other@"),
    ] {
        let (server, tasks) = (NatsServer::start_with(&args).await, Tasks::default());
        for who in [wrong, ""] {
            let servers: NatsServers = server.url_as(who).parse().unwrap();
            let connecting = NatsBus::connect(&servers, "test", &tasks);
            assert!(tokio::time::timeout(Duration::from_millis(300), connecting).await.is_err(), "{who}");
        }
        let servers: NatsServers = server.url_as(right).parse().unwrap();
        let bus = soon("it connects", NatsBus::connect(&servers, "test", &tasks)).await;
        let (interest, mut deliveries) = bus.subscribe();
        interest.listen(&[topic(1)]).await;
        bus.publish(vec![deleted(1)]).await;
        expect(&mut deliveries, topic(1), deleted(1)).await;
    }
}

#[tokio::test]
async fn by_tls_only_a_server_of_the_authority_named_is_trusted() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for (args, who) in [
        (&[][..], ""),
        (&["--user", "chat", "--pass", "p@ss:w/rd?"], "chat:p%40ss%3Aw%2Frd%3F@"),
        (&["--auth", "t0ken"], "t0ken@"),
    ] {
        let (server, tasks) = (NatsServer::start_tls(&ours.sign("127.0.0.1"), args).await, Tasks::default());
        let elsewhere = NatsServer::start_tls(&ours.sign("nats.example.org"), args).await;
        let right = server.tls_url_as(who, &ours.file());
        for wrong in [
            server.tls_url_as(who, &theirs.file()),
            // The system's authorities do not know ours.
            right.split('?').next().unwrap().to_owned(),
            // Another server's certificate.
            elsewhere.tls_url_as(who, &ours.file()),
        ] {
            refused(&wrong, &tasks).await;
        }
        let servers: NatsServers = right.parse().unwrap();
        let bus = soon("it connects", NatsBus::connect(&servers, "test", &tasks)).await;
        let (interest, mut deliveries) = bus.subscribe();
        interest.listen(&[topic(1)]).await;
        let other = soon("it connects", NatsBus::connect(&servers, "test", &tasks)).await;
        other.publish(vec![deleted(1)]).await;
        expect(&mut deliveries, topic(1), deleted(1)).await;
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_taken_for_one_with_it() {
    let (server, tasks) = (NatsServer::start().await, Tasks::default());
    refused(&server.tls_url_as("chat:secret@", &Authority::new().file()), &tasks).await;
    soon("it is well", two(&server, &tasks)).await;
}

async fn refused(url: &str, tasks: &Tasks) {
    let servers: NatsServers = url.parse().expect("an address of NATS");
    let connecting = NatsBus::connect(&servers, "test", tasks);
    assert!(tokio::time::timeout(Duration::from_millis(500), connecting).await.is_err(), "{url}");
}

#[tokio::test]
async fn two_installations_on_one_nats_do_not_hear_each_other() {
    let (server, tasks) = (NatsServer::start().await, Tasks::default());
    let servers: NatsServers = server.url().parse().unwrap();
    let [ours, also_ours] = two(&server, &tasks).await;
    let theirs = NatsBus::connect(&servers, "other", &tasks).await;
    let (interest, mut deliveries) = ours.subscribe();
    interest.listen(&[topic(1)]).await;
    theirs.publish(vec![deleted(1)]).await;
    let (their_interest, mut their_deliveries) =
        NatsBus::connect(&servers, "other", &tasks).await.subscribe();
    their_interest.listen(&[topic(1)]).await;
    theirs.publish(vec![deleted(1)]).await;
    expect(&mut their_deliveries, topic(1), deleted(1)).await;
    assert!(deliveries.next().now_or_never().is_none());
    also_ours.publish(vec![deleted(1)]).await;
    expect(&mut deliveries, topic(1), deleted(1)).await;
}

#[tokio::test]
async fn nonsense_on_the_bus_is_dropped_and_what_follows_is_heard() {
    let (server, tasks) = (NatsServer::start().await, Tasks::default());
    let [here, there] = two(&server, &tasks).await;
    let (interest, mut deliveries) = there.subscribe();
    interest.listen(&[topic(1), Topic::Accounts]).await;

    let stranger = ConnectOptions::new().connect(server.url()).await.unwrap();
    let foreign_room =
        br#"{"from":"6f0b0c1e-9d8e-4a47-8f3a-1f2f3a4b5c6d","event":{"event":"roomDeleted","roomId":2}}"#;
    let unknown = br#"{"from":"6f0b0c1e-9d8e-4a47-8f3a-1f2f3a4b5c6d","event":{"event":"somethingNewer"}}"#;
    let large = vec![b'['; 500_000];
    for nonsense in [&b""[..], b"\xff\xfe", b"{}", b"null", foreign_room, unknown, &large] {
        for subject in ["cloud-chat.test.room.1", "cloud-chat.test.accounts"] {
            stranger.publish(subject, nonsense.to_vec().into()).await.unwrap();
        }
    }
    stranger.flush().await.unwrap();
    // Well-formed, and of this room: it is what the subject names, not who sent it, that counts.
    let good =
        br#"{"from":"6f0b0c1e-9d8e-4a47-8f3a-1f2f3a4b5c6d","event":{"event":"roomDeleted","roomId":1}}"#;
    stranger.publish("cloud-chat.test.room.1", good[..].into()).await.unwrap();
    expect(&mut deliveries, topic(1), deleted(1)).await;
    here.publish(vec![Event::AccountsChanged]).await;
    expect(&mut deliveries, Topic::Accounts, Event::AccountsChanged).await;
    assert!(deliveries.next().now_or_never().is_none());
}
