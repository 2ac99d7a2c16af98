//! Coming, going and being closed.

use super::*;

#[tokio::test(start_paused = true)]
async fn who_may_not_read_a_room_is_not_let_in() {
    let setup = setup();
    let (ann, eve) = (user("ann"), user("eve"));
    setup.world.create(ONE, &[&ann]);
    assert!(setup.join(&ann, Scope::Room(ONE), SessionId::random()).await.is_ok());
    for room in [ONE, TWO] {
        let refused = setup.join(&eve, Scope::Room(room), SessionId::random()).await;
        assert_eq!(refused.err(), Some(Close::NOT_FOUND));
    }
    setup.world.set_away(true);
    for scope in [Scope::Room(ONE), Scope::All] {
        let refused = setup.join(&ann, scope, SessionId::random()).await;
        assert_eq!(refused.err(), Some(Close::RESUME));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_connection_hears_nothing_twice_and_the_first_nothing_new() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut first = setup.follow(&ann).await;
    let (mut second, rooms) = setup.connect(&ann, Scope::All).await;
    assert_eq!(rooms, [(1, 0), (2, 0)]);
    let (mut third, _) = setup.connect(&ann, Scope::Room(TWO)).await;
    setup.world.read(ONE, &ann, 1, Publish::Yes).await;
    setup.world.read(TWO, &ann, 1, Publish::Yes).await;
    setup.world.rename(TWO, "new name", Publish::Yes).await;
    setup.world.say(TWO, &ann, "hi", Publish::Yes).await;
    for client in [&mut first, &mut second] {
        assert_eq!(client.next().await, ServerEvent::Read { room_id: ONE, seq: Seq(1) });
    }
    for client in [&mut first, &mut second, &mut third] {
        assert_eq!(client.next().await, ServerEvent::Read { room_id: TWO, seq: Seq(1) });
        assert!(matches!(client.next().await, ServerEvent::RoomUpdated { room } if room.name == "new name"));
        assert_eq!(client.message().await, (1, "hi".into()));
        assert!(client.has_nothing());
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_closed_and_holds_up_nobody() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    let count = i64::try_from(FRAMES_MAX).unwrap() + 10;
    for n in 1..=count {
        setup.world.say(ONE, &ann, "flood", Publish::Yes).await;
        assert_eq!(ann_all.message().await.0, n);
    }
    setup.stats(Stats { connections: 1, users: 1, rooms: 1 }).await;
    assert_eq!(bob_all.next_or_close().await, Err(Close::RESUME));
}

#[tokio::test(start_paused = true)]
async fn an_ended_session_is_closed_whether_it_is_open_or_about_to_be() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let (ended, lives) = (SessionId::random(), SessionId::random());
    let mut first = setup.join(&ann, Scope::All, ended).await.expect("let in");
    let mut other = setup.join(&ann, Scope::All, lives).await.expect("let in");
    setup.revocations.add_now(&[ended]);
    setup.realtime.revoke(&[ended]);
    assert_eq!(first.closed().await, Close::REVOKED);
    // Its token was looked at before.
    let closed = match setup.join(&ann, Scope::All, ended).await {
        Ok(mut late) => late.next_or_close().await.expect_err("not connected"),
        Err(close) => close,
    };
    assert_eq!(closed, Close::REVOKED);
    setup.world.say(ONE, &ann, "on", Publish::Yes).await;
    assert!(matches!(other.next().await, ServerEvent::System { .. }));
    assert_eq!(other.message().await, (1, "on".into()));
}

#[tokio::test(start_paused = true)]
async fn one_user_has_so_many_connections_and_a_new_one_when_an_old_one_is_gone() {
    let setup = setup_with(Config { connections_of_user_max: 2, ..Config::default() });
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let first = setup.follow(&ann).await;
    let (mut second, _) = setup.connect(&ann, Scope::Room(ONE)).await;
    for scope in [Scope::All, Scope::Room(ONE)] {
        let refused = setup.join(&ann, scope, SessionId::random()).await;
        assert_eq!(refused.err(), Some(Close::TOO_MANY));
    }
    let mut other = setup.follow(&bob).await;
    setup.stats(Stats { connections: 3, users: 2, rooms: 1 }).await;

    drop(first);
    setup.stats(Stats { connections: 2, users: 2, rooms: 1 }).await;
    let mut third = setup.follow(&ann).await;
    setup.world.say(ONE, &bob, "hi", Publish::Yes).await;
    for client in [&mut second, &mut third, &mut other] {
        assert_eq!(client.message().await, (1, "hi".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn who_leaves_is_forgotten_with_everything_that_was_listened_to() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&ann]);
    let first = setup.follow(&ann).await;
    let (second, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.stats(Stats { connections: 2, users: 2, rooms: 2 }).await;
    drop(first);
    setup.stats(Stats { connections: 1, users: 1, rooms: 1 }).await;
    drop(second);
    setup.stats(Stats::default()).await;
    // And back.
    let (mut client, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.say(ONE, &ann, "again", Publish::Yes).await;
    assert_eq!(client.message().await, (1, "again".into()));
}

#[tokio::test(start_paused = true)]
async fn many_who_come_at_once_are_read_together() {
    let setup = setup();
    let users: Vec<Sender> = (0..500).map(|n| user(&format!("user{n}"))).collect();
    setup.world.create(ONE, &users.iter().collect::<Vec<_>>());
    let clients = futures::future::join_all(users.iter().map(|user| setup.follow(user))).await;
    assert_eq!(clients.len(), 500);
    let lookups = setup.world.lookups.load(std::sync::atomic::Ordering::Relaxed);
    assert!(lookups <= 40, "{lookups} reads for 500 users");
}

#[tokio::test(start_paused = true)]
async fn more_than_there_is_room_for_are_told_to_come_back() {
    let setup = setup_with(Config { connections_max: 1, ..Config::default() });
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let first = setup.follow(&ann).await;
    let refused = setup.join(&ann, Scope::All, SessionId::random()).await;
    assert_eq!(refused.err(), Some(Close::RESUME));
    drop(first);
    setup.stats(Stats::default()).await;
    setup.follow(&ann).await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_closes_what_is_open_and_what_still_comes() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    setup.realtime.close_all().await;
    assert_eq!(client.closed().await, Close::RESTART);
    let refused = setup.join(&ann, Scope::All, SessionId::random()).await;
    assert_eq!(refused.err(), Some(Close::RESTART));
}
