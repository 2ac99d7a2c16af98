//! What is committed arrives in order, each once, whatever the bus and chat do.

use super::*;

#[tokio::test(start_paused = true)]
async fn members_hear_a_room_in_order_and_others_hear_nothing() {
    let setup = setup();
    let (ann, bob, eve) = (user("ann"), user("bob"), user("eve"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&eve]);
    setup.world.say(ONE, &ann, "before", Publish::Yes).await;
    let (mut ann_all, rooms) = setup.connect(&ann, Scope::All).await;
    assert_eq!(rooms, [(1, 1)]);
    let (mut bob_one, rooms) = setup.connect(&bob, Scope::Room(ONE)).await;
    assert_eq!(rooms, [(1, 1)]);
    let mut eve_all = setup.follow(&eve).await;
    for n in 2..20 {
        setup.world.say(ONE, &bob, &n.to_string(), Publish::Yes).await;
    }
    setup.world.say(TWO, &eve, "mine", Publish::Yes).await;
    for n in 2..20 {
        assert_eq!(ann_all.message().await, (n, n.to_string()));
        assert_eq!(bob_one.message().await, (n, n.to_string()));
    }
    assert_eq!(eve_all.message().await, (1, "mine".into()));
    assert!(eve_all.has_nothing() && ann_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn a_lost_last_message_arrives_within_five_seconds() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    setup.world.say(ONE, &ann, "lost", Publish::Lost).await;
    assert_eq!(heals(client.message()).await, (1, "lost".into()));
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_filled_as_soon_as_the_next_message_shows_it() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    // More than one page.
    for n in 1..=250 {
        setup.world.say(ONE, &ann, &n.to_string(), Publish::Lost).await;
    }
    let begun = Instant::now();
    setup.world.say(ONE, &ann, "251", Publish::Yes).await;
    for n in 1..=251 {
        assert_eq!(client.message().await, (n, n.to_string()));
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn events_that_overtake_each_other_or_come_twice_change_nothing() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    let events: Vec<Event> = (1..=5).map(|n| setup.world.commit(ONE, &ann, &n.to_string())).collect();
    for n in [2, 0, 0, 4, 1, 3, 2, 4] {
        setup.world.publish(vec![events[n].clone()], Publish::Yes).await;
    }
    for n in 1..=5 {
        assert_eq!(client.message().await, (n, n.to_string()));
    }
    assert!(client.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_while_chat_was_away_arrives_within_five_seconds_of_its_return() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    setup.world.say(ONE, &ann, "1", Publish::Lost).await;
    setup.world.set_away(true);
    setup.world.publish(vec![setup.world.commit(ONE, &ann, "2")], Publish::Yes).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    assert!(client.has_nothing());
    setup.world.set_away(false);
    let both = async { [client.message().await.0, client.message().await.0] };
    assert_eq!(heals(both).await, [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_room_holds_up_no_other() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut client = setup.follow(&ann).await;
    let gate = setup.world.slow_down(ONE);
    setup.world.say(ONE, &ann, "lost", Publish::Lost).await;
    setup.world.say(ONE, &ann, "held", Publish::Yes).await;
    setup.world.say(TWO, &ann, "quick", Publish::Yes).await;
    assert_eq!(client.message().await, (1, "quick".into()));
    assert!(client.has_nothing());
    gate.send_replace(true);
    assert_eq!(heals(client.message()).await, (1, "lost".into()));
    assert_eq!(client.message().await, (2, "held".into()));
}

#[tokio::test(start_paused = true)]
async fn everything_is_compared_at_once_after_events_were_missed() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut client = setup.follow(&ann).await;
    let old = setup.world.commit(ONE, &ann, "old");
    setup.world.publish(vec![old.clone()], Publish::Yes).await;
    assert_eq!(client.message().await, (1, "old".into()));
    // More than the bus keeps for a listener: what follows is lost.
    setup.world.publish(vec![old; 17_000], Publish::Yes).await;
    setup.world.say(ONE, &ann, "lost", Publish::Yes).await;
    setup.world.say(TWO, &ann, "lost", Publish::Yes).await;
    let begun = Instant::now();
    let mut seqs = [client.message().await.0, client.message().await.0];
    seqs.sort_unstable();
    assert_eq!(seqs, [1, 2]);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_everything_leaves_every_member_with_the_whole_log() {
    let setup = setup();
    let users: Vec<Sender> = (0..6).map(|n| user(&format!("user{n}"))).collect();
    let everybody: Vec<&Sender> = users.iter().collect();
    setup.world.create(ONE, &everybody);
    let mut clients = Vec::new();
    for user in &users {
        clients.push(setup.follow(user).await);
    }
    // Every third publication is lost, every fifth one comes twice, and pairs change places.
    let mut late = None;
    for n in 1..=200_u64 {
        let event = setup.world.commit(ONE, &users[0], &n.to_string());
        match n % 15 {
            0 | 3 | 6 | 9 | 12 => {}
            5 | 10 => setup.world.bus.publish(vec![event.clone(), event]).await,
            7 => late = Some(event),
            8 => setup.world.bus.publish(std::iter::once(event).chain(late.take()).collect()).await,
            _ => setup.world.bus.publish(vec![event]).await,
        }
        if n % 20 == 0 {
            for client in &mut clients {
                for _ in 0..20 {
                    client.message().await;
                }
            }
        }
    }
    for client in &mut clients {
        assert!(client.has_nothing());
    }
}
