//! What every bus promises: each test runs over the one in memory and over NATS.

use std::sync::Arc;

use fanout::{Bus, Deliveries, Delivery, Event, MemoryBus, NatsBus, Topic};
use kit::shutdown::Tasks;
use protocol::{RoomId, UserId};
use testbed::nats::NatsServer;

macro_rules! on_both {
    ($($name:ident),+) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                let bus = super::MemoryBus::default();
                super::$name(&bus, &bus).await;
            })+
        }

        mod over_nats {
            /// Publisher and listener are two processes as far as NATS knows.
            $(#[tokio::test]
            async fn $name() {
                let (server, tasks) = (super::NatsServer::start().await, super::Tasks::default());
                let [here, there] = super::two(&server, &tasks).await;
                super::$name(&here, &there).await;
            })+

            mod within_one_process {
                $(#[tokio::test]
                async fn $name() {
                    let (server, tasks) = (super::super::NatsServer::start().await, super::super::Tasks::default());
                    let [bus, _] = super::super::two(&server, &tasks).await;
                    super::super::$name(&bus, &bus).await;
                })+
            }
        }
    };
}

on_both!(
    a_listener_hears_its_topics_in_order_and_no_others,
    an_event_of_two_topics_comes_once_for_each,
    two_listeners_of_one_topic_each_hear_it_and_leave_apart,
    a_topic_left_and_wanted_again_is_heard_again,
    a_listener_that_falls_behind_is_told_so_and_holds_up_nobody
);

pub async fn two(server: &NatsServer, tasks: &Tasks) -> [NatsBus; 2] {
    let servers = server.url().parse().expect("an address of NATS");
    [NatsBus::connect(&servers, "test", tasks).await, NatsBus::connect(&servers, "test", tasks).await]
}

pub fn deleted(room: i64) -> Event {
    Event::RoomDeleted { room_id: RoomId(room) }
}

pub fn topic(room: i64) -> Topic {
    Topic::Room(RoomId(room))
}

pub async fn expect(deliveries: &mut Box<dyn Deliveries>, topic: Topic, event: Event) {
    assert_eq!(next(deliveries).await, Delivery::Event(topic, Arc::new(event)));
}

pub async fn next(deliveries: &mut Box<dyn Deliveries>) -> Delivery {
    let next = tokio::time::timeout(std::time::Duration::from_secs(20), deliveries.next()).await;
    next.expect("something is heard in time").expect("the bus lives")
}

async fn a_listener_hears_its_topics_in_order_and_no_others(publisher: &impl Bus, bus: &impl Bus) {
    let (interest, mut deliveries) = bus.subscribe();
    interest.listen(&[topic(1), topic(3)]).await;
    publisher.publish(vec![deleted(1), deleted(2), deleted(3), deleted(1)]).await;
    // Subjects of their own overtake each other; within one there is order.
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(next(&mut deliveries).await);
    }
    let of = |room| {
        heard.iter().filter(|heard| **heard == Delivery::Event(topic(room), Arc::new(deleted(room)))).count()
    };
    assert_eq!((of(1), of(3)), (2, 1));

    interest.unlisten(&[topic(3)]).await;
    publisher.publish(vec![deleted(3), deleted(1)]).await;
    expect(&mut deliveries, topic(1), deleted(1)).await;
}

async fn an_event_of_two_topics_comes_once_for_each(publisher: &impl Bus, bus: &impl Bus) {
    let (interest, mut deliveries) = bus.subscribe();
    let (room_id, user_id) = (RoomId(1), UserId::random());
    interest.listen(&[Topic::User(user_id), Topic::Room(room_id), Topic::Accounts]).await;
    let event = Event::MemberAdded { room_id, user_id, username: "bob".into(), members_rev: 2, rooms_rev: 1 };
    publisher.publish(vec![event.clone()]).await;
    publisher.publish(vec![Event::AccountsChanged]).await;

    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(next(&mut deliveries).await);
    }
    for expected in [
        Delivery::Event(Topic::Room(room_id), Arc::new(event.clone())),
        Delivery::Event(Topic::User(user_id), Arc::new(event)),
        Delivery::Event(Topic::Accounts, Arc::new(Event::AccountsChanged)),
    ] {
        assert!(heard.contains(&expected), "{expected:?} is not in {heard:?}");
    }
}

async fn two_listeners_of_one_topic_each_hear_it_and_leave_apart(publisher: &impl Bus, bus: &impl Bus) {
    let (one, mut heard_by_one) = bus.subscribe();
    let (other, mut heard_by_other) = bus.subscribe();
    one.listen(&[topic(1)]).await;
    other.listen(&[topic(1), topic(2)]).await;
    other.listen(&[topic(1)]).await;
    publisher.publish(vec![deleted(1)]).await;
    expect(&mut heard_by_one, topic(1), deleted(1)).await;
    expect(&mut heard_by_other, topic(1), deleted(1)).await;

    other.unlisten(&[topic(1)]).await;
    publisher.publish(vec![deleted(1)]).await;
    expect(&mut heard_by_one, topic(1), deleted(1)).await;
    publisher.publish(vec![deleted(2)]).await;
    expect(&mut heard_by_other, topic(2), deleted(2)).await;
}

async fn a_topic_left_and_wanted_again_is_heard_again(publisher: &impl Bus, bus: &impl Bus) {
    let (interest, mut deliveries) = bus.subscribe();
    for _ in 0..20 {
        interest.listen(&[topic(1)]).await;
        publisher.publish(vec![deleted(1)]).await;
        expect(&mut deliveries, topic(1), deleted(1)).await;
        interest.unlisten(&[topic(1)]).await;
    }
}

async fn a_listener_that_falls_behind_is_told_so_and_holds_up_nobody(publisher: &impl Bus, bus: &impl Bus) {
    let (interest, mut deliveries) = bus.subscribe();
    let (others_interest, mut others) = bus.subscribe();
    interest.listen(&[topic(1)]).await;
    others_interest.listen(&[topic(1)]).await;
    // More than may wait for one listener. The other one keeps up.
    for _ in 0..17_000 {
        publisher.publish(vec![deleted(1)]).await;
        assert_eq!(next(&mut others).await, Delivery::Event(topic(1), Arc::new(deleted(1))));
    }
    assert_eq!(next(&mut deliveries).await, Delivery::Missed);
    assert!(matches!(next(&mut deliveries).await, Delivery::Event(..)));
}
