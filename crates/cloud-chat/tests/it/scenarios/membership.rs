//! Who hears what while members come and go (rule 6).

use serde_json::{Value, json};

use crate::harness::{Message, Socket, Topology, User, count};

/// What a member hears of a talk before something happens in the middle of it.
const BEFORE: i64 = 20;

pub async fn everybody_is_told_of_a_new_member_who_hears_from_then_on(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    assert_eq!(his.position(plans), None);
    // Connecting joins the general room, of which both may hear at any time.
    let is_here = |event: &Value| event["roomId"] == plans;

    alice.add(plans, &bob).await;
    alice.add(plans, &bob).await;

    let added = json!({"type": "memberAdded", "roomId": plans, "userId": bob.id, "username": "bob"});
    assert_eq!(hers.expect_where("memberAdded", is_here).await, added);
    assert_eq!(his.expect_where("memberAdded", is_here).await, added);
    let message = alice.send(plans, "welcome").await;
    assert_eq!(Message::of(&his.expect_message(plans).await), message);
    assert_eq!(Message::of(&hers.expect_message(plans).await), message);
    for socket in [&mut hers, &mut his] {
        let is_told_again = socket.unasked().contains(&added);
        assert!(!is_told_again || !app.api.holder().keeps_order(), "told once, where posts do not repeat each other");
    }
    his.send_acked(plans, "thanks", "thanks").await;
}

pub async fn a_removed_member_hears_nothing_past_the_last_seq_answered(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);

    let last_seq = in_the_middle_of_talk(&alice, &mut his, plans, alice.remove(plans, &bob)).await;

    assert_heard_up_to(&mut his, &alice, &bob, plans, last_seq).await;
    let removed = json!({"type": "memberRemoved", "roomId": plans, "userId": bob.id, "username": "bob"});
    assert_eq!(hers.expect("memberRemoved").await, removed);
    bob.get(&format!("/messages/{plans}")).await.problem(404, "NOT_FOUND");
    his.send(plans, "late", "am I in?").await;
    his.expect_error("NOT_FOUND").await;
}

pub async fn a_member_who_leaves_hears_nothing_past_the_last_seq_answered(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut his = bob.connect().await;

    let last_seq = in_the_middle_of_talk(&alice, &mut his, plans, bob.leave(plans)).await;

    assert_heard_up_to(&mut his, &alice, &bob, plans, last_seq).await;
    assert_eq!(bob.my_room(plans).await, None);
}

/// Runs `change` while Alice talks, once he heard her for a while, and goes on until she said everything.
async fn in_the_middle_of_talk(
    alice: &User,
    his: &mut Socket,
    room: i64,
    change: impl Future<Output = i64>,
) -> i64 {
    let mut talker = alice.connect_to(room).await;
    for seq in 1..=BEFORE {
        talker.send_acked(room, &format!("before-{seq}"), "talk").await;
        assert_eq!(Message::of(&his.expect_message(room).await).seq, seq);
    }
    let talk = async {
        for n in 0..40 {
            talker.send_acked(room, &format!("meanwhile-{n}"), "talk").await;
        }
    };
    let ((), last_seq) = futures::join!(talk, change);
    assert!((BEFORE..=BEFORE + 40).contains(&last_seq), "{last_seq}");
    alice.send(room, "past the removal").await;
    last_seq
}

/// He was told of his removal, heard no gap before it and nothing after it, although later events of other
/// rooms reached him.
async fn assert_heard_up_to(his: &mut Socket, alice: &User, bob: &User, room: i64, last_seq: i64) {
    let removed = json!({"type": "memberRemoved", "roomId": room, "userId": bob.id, "username": "bob"});
    assert_eq!(his.expect("memberRemoved").await, removed);
    let general = alice.general().await;
    alice.send(general, "a later event").await;
    his.expect_message(general).await;
    his.assert_alive().await;
    let messages = his.unasked().into_iter().filter(|event| event["type"] == "message");
    let heard: Vec<_> = messages.map(|event| event["message"]["seq"].as_i64().expect("a seq")).collect();
    assert_eq!(heard, (BEFORE + 1..=BEFORE + count(&heard)).collect::<Vec<i64>>(), "no gap before the removal");
    assert!(heard.iter().all(|seq| *seq <= last_seq), "past {last_seq}: {heard:?}");
}

pub async fn a_connection_to_one_room_ends_its_share_with_the_membership(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut hers = alice.connect_to(plans).await;
    let mut his = bob.connect_to(plans).await;
    alice.send(plans, "both hear this").await;
    his.expect_message(plans).await;

    alice.remove(plans, &bob).await;
    alice.send(plans, "she alone hears this").await;

    hers.expect_message(plans).await;
    hers.expect_message(plans).await;
    his.expect("memberRemoved").await;
    assert!(his.unasked().iter().all(|event| event["type"] != "message"), "nothing after his removal");
}

pub async fn a_member_who_returns_hears_again(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut his = bob.connect().await;
    alice.remove(plans, &bob).await;
    his.expect("memberRemoved").await;
    alice.send(plans, "while he was away").await;

    alice.add(plans, &bob).await;
    his.expect("memberAdded").await;
    alice.send(plans, "he is back").await;

    assert_eq!(his.expect_message(plans).await["content"], "he is back");
    assert_eq!(bob.history(plans).await.len(), 2);
    assert_eq!(bob.my_room(plans).await.expect("listed")["unread"], 1);
}

pub async fn an_owner_who_leaves_hands_over_to_the_longest_standing_member(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob, carol) = (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let plans = alice.create_room_with("plans", &[&carol, &bob]).await;
    let mut his = bob.connect().await;

    alice.leave(plans).await;

    let updated = his.expect("roomUpdated").await;
    assert_eq!(updated["room"]["ownerUserId"], carol.id);
    assert_eq!(updated["room"]["ownerUsernameSnapshot"], "carol");
    let room = bob.get(&format!("/rooms/{plans}")).await.is(200).json();
    assert_eq!(room["room"], updated["room"]);
    let owners: Vec<_> =
        room["members"].as_array().expect("members").iter().filter(|member| member["role"] == "owner").collect();
    assert_eq!(owners.len(), 1);
    assert_eq!(owners[0]["userId"], carol.id);
    carol.patch(&format!("/rooms/{plans}"), &json!({"name": "hers now"})).await.is(200);
    alice.get(&format!("/rooms/{plans}")).await.problem(404, "NOT_FOUND");
}
