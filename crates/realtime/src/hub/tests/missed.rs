//! Who else joined or left, and what a user read elsewhere, told however events fare.

use super::*;

fn read(room_id: RoomId, seq: i64) -> ServerEvent {
    ServerEvent::Read { room_id, seq: Seq(seq) }
}

#[tokio::test(start_paused = true)]
async fn lost_changes_of_others_are_told_in_order_within_five_seconds_and_once() {
    let setup = setup();
    let (ann, bob, eve) = (user("ann"), user("bob"), user("eve"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let (mut ann_one, _) = setup.connect(&ann, Scope::Room(ONE)).await;
    setup.world.add(ONE, &eve, Publish::Lost).await;
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    setup.world.remove(ONE, &eve, Publish::Yes).await;
    for client in [&mut ann_all, &mut ann_one] {
        client.removed(ONE, &eve).await;
        // Her joining came before what was told of her: that she is out holds.
        heals(client.removed(ONE, &bob)).await;
    }
    tokio::time::sleep(HEALED_WITHIN).await;
    assert!(ann_all.has_nothing() && ann_one.has_nothing());
    setup.world.add(ONE, &eve, Publish::Yes).await;
    ann_all.added(ONE, &eve).await;
}

#[tokio::test(start_paused = true)]
async fn who_connects_after_a_lost_change_does_not_keep_it_from_others() {
    let setup = setup();
    let (ann, bob, eve) = (user("ann"), user("bob"), user("eve"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    setup.world.add(ONE, &eve, Publish::Lost).await;
    let _bob_all = setup.follow(&bob).await;
    heals(ann_all.added(ONE, &eve)).await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_mark_is_told_to_the_readers_own_sockets_within_five_seconds_and_once() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&ann]);
    setup.world.read(TWO, &ann, 1, Publish::Yes).await;
    let mut ann_all = setup.follow(&ann).await;
    let (mut ann_one, _) = setup.connect(&ann, Scope::Room(ONE)).await;
    let mut bob_all = setup.follow(&bob).await;
    setup.world.read(ONE, &ann, 2, Publish::Yes).await;
    setup.world.read(ONE, &ann, 3, Publish::Lost).await;
    for client in [&mut ann_all, &mut ann_one] {
        assert_eq!(client.next().await, read(ONE, 2));
        assert_eq!(heals(client.next()).await, read(ONE, 3));
    }
    tokio::time::sleep(2 * HEALED_WITHIN).await;
    assert!(ann_all.has_nothing() && ann_one.has_nothing() && bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_told_once_chat_can_be_asked_again() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    setup.world.set_away(true);
    setup.world.add(ONE, &bob, Publish::Lost).await;
    setup.world.read(ONE, &ann, 1, Publish::Lost).await;
    tokio::time::sleep(4 * HEALED_WITHIN).await;
    assert!(all.has_nothing());
    setup.world.set_away(false);
    heals(all.added(ONE, &bob)).await;
    assert_eq!(heals(all.next()).await, read(ONE, 1));
}
