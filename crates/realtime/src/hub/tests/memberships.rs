//! Who hears a room, and what they are told about it.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_removed_member_hears_nothing_more_and_is_told_once() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    let (mut bob_one, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.say(ONE, &ann, "1", Publish::Yes).await;
    assert_eq!(setup.world.remove(ONE, &bob, Publish::Yes).await, Seq(1));
    setup.world.say(ONE, &ann, "2", Publish::Yes).await;
    setup.world.say(TWO, &bob, "marker", Publish::Yes).await;
    for client in [&mut bob_all, &mut bob_one] {
        assert_eq!(client.message().await, (1, "1".into()));
        client.removed(ONE, &bob).await;
    }
    assert_eq!(bob_all.message().await, (1, "marker".into()));
    assert_eq!(bob_one.next_or_close().await, Err(Close::REMOVED));
    assert_eq!(ann_all.message().await, (1, "1".into()));
    ann_all.removed(ONE, &bob).await;
    assert_eq!(ann_all.message().await, (2, "2".into()));
}

#[tokio::test(start_paused = true)]
async fn a_removal_whose_event_is_lost_holds_from_the_next_message_on() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    let (mut bob_one, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    setup.world.say(ONE, &ann, "secret", Publish::Yes).await;
    assert_eq!(ann_all.message().await, (1, "secret".into()));
    bob_all.removed(ONE, &bob).await;
    bob_one.removed(ONE, &bob).await;
    assert_eq!(bob_one.next_or_close().await, Err(Close::REMOVED));
    assert!(bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn a_removal_holds_for_messages_that_only_a_repair_brings() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    setup.world.say(ONE, &ann, "secret", Publish::Lost).await;
    let told = async {
        ann_all.removed(ONE, &bob).await;
        assert_eq!(ann_all.message().await, (1, "secret".into()));
        bob_all.removed(ONE, &bob).await;
    };
    heals(told).await;
    assert!(bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn lost_joins_and_leaves_are_followed_within_five_seconds() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut ann_all = setup.follow(&ann).await;
    let (mut bob_all, rooms) = setup.connect(&bob, Scope::All).await;
    assert_eq!(rooms, []);
    setup.world.add(ONE, &bob, Publish::Lost).await;
    for client in [&mut bob_all, &mut ann_all] {
        heals(client.added(ONE, &bob)).await;
    }
    setup.world.say(ONE, &ann, "hello", Publish::Yes).await;
    for client in [&mut bob_all, &mut ann_all] {
        assert_eq!(client.message().await, (1, "hello".into()));
    }
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    for client in [&mut bob_all, &mut ann_all] {
        heals(client.removed(ONE, &bob)).await;
    }
    setup.world.say(ONE, &ann, "alone", Publish::Yes).await;
    assert_eq!(ann_all.message().await, (2, "alone".into()));
    assert!(bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn an_all_rooms_connection_follows_joins_to_rooms_that_are_live_and_that_are_not() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    setup.world.add(ONE, &bob, Publish::Yes).await;
    bob_all.added(ONE, &bob).await;
    ann_all.added(ONE, &bob).await;
    setup.world.add(TWO, &bob, Publish::Yes).await;
    bob_all.added(TWO, &bob).await;
    setup.world.say(TWO, &bob, "here", Publish::Yes).await;
    setup.world.say(ONE, &bob, "there", Publish::Yes).await;
    assert_eq!(bob_all.message().await, (1, "here".into()));
    assert_eq!(bob_all.message().await, (1, "there".into()));
    assert_eq!(ann_all.message().await, (1, "there".into()));
    assert!(bob_all.has_nothing() && ann_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn who_leaves_and_comes_back_hears_the_room_again() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let _ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    for round in 0..5 {
        setup.world.remove(ONE, &bob, Publish::Yes).await;
        setup.world.say(ONE, &ann, "away", Publish::Yes).await;
        setup.world.add(ONE, &bob, Publish::Yes).await;
        setup.world.say(ONE, &ann, "back", Publish::Yes).await;
        bob_all.removed(ONE, &bob).await;
        bob_all.added(ONE, &bob).await;
        assert_eq!(bob_all.message().await, (2 * round + 2, "back".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_changes_of_a_member_the_earlier_is_not_told_after_the_later() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut all = setup.follow(&ann).await;
    let last_seq = setup.world.remove(ONE, &bob, Publish::Lost).await;
    setup.world.add(ONE, &bob, Publish::Yes).await;
    all.added(ONE, &bob).await;
    let (user_id, username) = (bob.user_id, bob.username.clone());
    // The first of both changes: as if its node had been slow to publish it.
    let late =
        Event::MemberRemoved { room_id: ONE, user_id, username, members_rev: 3, rooms_rev: 2, last_seq };
    setup.world.publish(vec![late], Publish::Yes).await;
    setup.world.say(ONE, &ann, "he is here", Publish::Yes).await;
    assert_eq!(all.message().await, (1, "he is here".into()));
}

#[tokio::test(start_paused = true)]
async fn what_was_committed_before_a_deletion_is_handed_out_before_it_is_told() {
    for publish in [Publish::Yes, Publish::Lost] {
        let setup = setup();
        let ann = user("ann");
        setup.world.create(ONE, &[&ann]);
        let mut all = setup.follow(&ann).await;
        let late = setup.world.commit(ONE, &ann, "its node is slow to publish it");
        let lost = setup.world.commit(ONE, &ann, "its node died");
        setup.world.delete(ONE, publish).await;
        let told = async {
            assert_eq!(all.message().await, (1, "its node is slow to publish it".into()));
            assert_eq!(all.message().await, (2, "its node died".into()));
            assert_eq!(all.next().await, ServerEvent::RoomDeleted { room_id: ONE });
        };
        heals(told).await;
        setup.world.publish(vec![late, lost], Publish::Yes).await;
        setup.world.create(TWO, &[]);
        setup.world.add(TWO, &ann, Publish::Yes).await;
        all.added(TWO, &ann).await;
    }
}

/// Found by the storm: it was told that it was removed, and the last messages were lost.
#[tokio::test(start_paused = true)]
async fn a_deletion_that_is_found_by_looking_at_the_rooms_of_a_user_is_told_as_one() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    setup.world.say(ONE, &ann, "the last one", Publish::Lost).await;
    setup.world.delete(ONE, Publish::Lost).await;
    setup.follow(&ann).await;
    assert_eq!(all.message().await, (1, "the last one".into()));
    assert_eq!(all.next().await, ServerEvent::RoomDeleted { room_id: ONE });
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_room_is_told_where_nothing_can_be_read_of_it_any_more() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    let (mut one, _) = setup.connect(&ann, Scope::Room(ONE)).await;
    setup.world.say(ONE, &ann, "never heard", Publish::Lost).await;
    setup.world.delete(ONE, Publish::Lost).await;
    setup.world.forget_deleted();
    let told = async {
        for client in [&mut all, &mut one] {
            assert_eq!(client.next().await, ServerEvent::RoomDeleted { room_id: ONE });
        }
        assert_eq!(one.next_or_close().await, Err(Close::DELETED));
    };
    heals(told).await;
}

#[tokio::test(start_paused = true)]
async fn a_deletion_is_told_once_chat_is_back() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    setup.world.say(ONE, &ann, "the last one", Publish::Lost).await;
    setup.world.set_away(true);
    setup.world.delete(ONE, Publish::Yes).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(all.next_or_close().now_or_never().is_none(), "the log cannot be read");
    setup.world.set_away(false);
    assert_eq!(all.message().await, (1, "the last one".into()));
    assert_eq!(all.next().await, ServerEvent::RoomDeleted { room_id: ONE });
}

#[tokio::test(start_paused = true)]
async fn a_deleted_room_is_told_and_ends_its_one_room_connections() {
    for publish in [Publish::Yes, Publish::Lost] {
        let setup = setup();
        let ann = user("ann");
        setup.world.create(ONE, &[&ann]);
        setup.world.create(TWO, &[&ann]);
        let mut all = setup.follow(&ann).await;
        let (mut one, _) = setup.connect(&ann, Scope::Room(ONE)).await;
        setup.world.delete(ONE, publish).await;
        let told = async {
            for client in [&mut all, &mut one] {
                assert_eq!(client.next().await, ServerEvent::RoomDeleted { room_id: ONE });
            }
            assert_eq!(one.next_or_close().await, Err(Close::DELETED));
        };
        heals(told).await;
        setup.world.say(TWO, &ann, "still here", Publish::Yes).await;
        assert_eq!(all.message().await, (1, "still here".into()));
        setup.stats(Stats { connections: 1, users: 1, rooms: 1 }).await;
    }
}
