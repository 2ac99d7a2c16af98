//! Many at once where only one can win, and ends that come in the middle of things.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Topology, User};

pub async fn of_many_signups_with_one_name_one_wins(topology: Topology) {
    let app = topology.start().await;
    let signups = (0..6).map(async |n| {
        let body = json!({"username": "alice", "email": format!("{n}@example.org"), "password": "long walks and talks"});
        app.post("/auth/signup", &body).await
    });
    let answers = join_all(signups).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "USERNAME_TAKEN");
    }
}

pub async fn of_many_uses_of_a_reset_link_one_counts(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let forgot = app.post("/auth/forgot-password", &json!({"email": alice.email})).await.is(200).json();
    let link = forgot["resetLink"].as_str().expect("DEV_MODE answers with the link");
    let token = link.split_once("token=").expect("a token").1;

    let resets = (0..4).map(async |n| {
        let password = format!("an entirely other phrase {n}");
        let answer = app.post("/auth/reset-password", &json!({"token": token, "newPassword": password})).await;
        (answer, password)
    });
    let answers = join_all(resets).await;

    let winners: Vec<_> = answers.iter().filter(|(answer, _)| answer.status == 200).collect();
    assert_eq!(winners.len(), 1);
    alice.try_log_in(&winners[0].1).await.is(200);
    for (answer, password) in answers.iter().filter(|(answer, _)| answer.status != 200) {
        answer.problem(400, "BAD_RESET_TOKEN");
        alice.try_log_in(password).await.problem(401, "BAD_CREDENTIALS");
    }
}

pub async fn adding_somebody_many_times_at_once_adds_once(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    let mut hers = alice.connect_to(plans).await;

    join_all((0..8).map(|_| alice.add(plans, &bob))).await;

    alice.send(plans, "a later event").await;
    hers.expect_message(plans).await;
    let told = hers.unasked();
    assert_eq!(told, [json!({"type": "memberAdded", "roomId": plans, "userId": bob.id, "username": "bob"})]);
    let members = alice.get(&format!("/rooms/{plans}")).await.is(200).json()["members"].clone();
    assert_eq!(members.as_array().map(Vec::len), Some(2), "{members}");
}

pub async fn when_everybody_leaves_at_once_the_room_ends(topology: Topology) {
    let app = topology.start().await;
    let people = join_all(["alice", "bob", "carol", "dave"].map(|name| app.user(name))).await;
    let [alice, others @ ..] = people.as_slice() else { panic!("four") };

    for round in 0..5 {
        let room = alice.create_room_with(&format!("round {round}"), &others.iter().collect::<Vec<_>>()).await;
        join_all(people.iter().map(|user| user.leave(room))).await;
        for user in &people {
            user.get(&format!("/rooms/{room}")).await.problem(404, "NOT_FOUND");
            assert_eq!(user.my_room(room).await, None);
        }
    }
}

pub async fn a_room_deleted_in_the_middle_of_talk_ends_for_all_at_one_point(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut listener = alice.connect_to(plans).await;
    let mut talker = bob.connect().await;
    for n in 0..20 {
        talker.send_acked(plans, &format!("before-{n}"), "talk").await;
    }

    let talk = async {
        let mut acked = 20;
        for n in 0.. {
            let id = format!("meanwhile-{n}");
            talker.send(plans, &id, "talk").await;
            let is_answer = |event: &Value| event["clientMessageId"] == *id && event["type"] != "message";
            let answer = talker.expect_where("an answer", is_answer).await;
            if answer["type"] == "error" {
                assert_eq!(answer["code"], "NOT_FOUND", "{answer}");
                break;
            }
            acked += 1;
        }
        acked
    };
    let (acked, ()) = futures::join!(talk, delete(&alice, plans));

    listener.expect("roomDeleted").await;
    let heard = listener.unasked();
    assert!(heard.iter().all(|event| event["type"] == "message"), "{heard:?}");
    let seqs: Vec<_> = heard.iter().map(|event| event["message"]["seq"].as_i64().expect("a seq")).collect();
    assert_eq!(seqs, (1..).take(heard.len()).collect::<Vec<i64>>(), "without a gap");
    assert!((20..=acked).contains(&heard.len()), "{} of {acked}", heard.len());
    if app.api.holder().tells_all_before_a_deletion() {
        assert_eq!(heard.len(), acked, "what was acknowledged was heard before the end");
    }
    talker.expect("roomDeleted").await;
    let general = alice.general().await;
    alice.send(general, "a later event").await;
    talker.expect_message(general).await;
    assert!(talker.unasked().iter().filter(|event| event["roomId"] == plans).count() <= acked);
}

async fn delete(owner: &User, room: i64) {
    owner.page(room, "").await;
    owner.delete(&format!("/rooms/{room}")).await.is(200);
}
