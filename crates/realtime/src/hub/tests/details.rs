//! What a room is called, told however events fare.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_lost_rename_is_told_to_everybody_within_five_seconds_and_once() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let (mut bob_one, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.rename(ONE, "Great plans", Publish::Lost).await;
    heals(ann_all.renamed("Great plans")).await;
    heals(bob_one.renamed("Great plans")).await;
    tokio::time::sleep(HEALED_WITHIN).await;
    assert!(ann_all.has_nothing() && bob_one.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn who_connects_between_a_lost_rename_and_its_repair_takes_it_from_nobody() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    setup.world.rename(ONE, "Great plans", Publish::Lost).await;
    let _bob_all = setup.follow(&bob).await;
    heals(ann_all.renamed("Great plans")).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_renames_the_earlier_is_not_told_after_the_later() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    setup.world.rename(ONE, "first", Publish::Lost).await;
    let late = Event::RoomUpdated {
        room: setup.world.details(&[ONE]).await.unwrap().remove(0).room,
        details_rev: 1,
    };
    setup.world.rename(ONE, "second", Publish::Yes).await;
    all.renamed("second").await;
    setup.world.publish(vec![late], Publish::Yes).await;
    setup.world.rename(ONE, "third", Publish::Yes).await;
    all.renamed("third").await;
}

#[tokio::test(start_paused = true)]
async fn a_rename_is_told_once_chat_can_be_asked_again() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    setup.world.set_away(true);
    setup.world.rename(ONE, "Great plans", Publish::Lost).await;
    tokio::time::sleep(4 * HEALED_WITHIN).await;
    assert!(all.has_nothing());
    setup.world.set_away(false);
    heals(all.renamed("Great plans")).await;
}

#[tokio::test(start_paused = true)]
async fn an_event_of_a_version_without_revisions_is_told() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut all = setup.follow(&ann).await;
    setup.world.rename(ONE, "first", Publish::Yes).await;
    all.renamed("first").await;
    let room = setup.world.details(&[ONE]).await.unwrap().remove(0).room;
    setup.world.publish(vec![Event::RoomUpdated { room, details_rev: 0 }], Publish::Yes).await;
    all.renamed("first").await;
}
