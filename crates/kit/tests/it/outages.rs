//! A server that goes away and comes back.

use std::time::Duration;

use futures::{TryFutureExt, future::join_all, join};
use kit::{
    Error, Kind,
    db::{Database, is_away, is_transient},
};
use testbed::{Engine, MariaDb, Proxy, TestDatabase};
use tokio::time::timeout;

use crate::{open, run, value};

/// Of statements and what they wait for, on a slow machine.
const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn while_the_server_is_away_errors_are_passing_and_afterwards_all_is_well() {
    let mut server = MariaDb::start().await;
    let place = TestDatabase::on_server(&server).await;
    let db = open(&place).await;
    run(&db.writer, "CREATE TABLE t (n INT) ENGINE=InnoDB").await.unwrap();
    let cut_off = db.begin().await.unwrap();
    run(&cut_off, "INSERT INTO t VALUES (1)").await.unwrap();
    let committed = db.begin().await.unwrap();
    run(&committed, "INSERT INTO t VALUES (2)").await.unwrap();
    committed.commit().await.unwrap();

    server.kill().await;
    for error in [
        run(&cut_off, "INSERT INTO t VALUES (3)").await.unwrap_err(),
        db.begin().await.unwrap_err(),
        db.ping().await.unwrap_err(),
    ] {
        assert!(is_transient(&error), "{error:?}");
        let Error::Refused(refusal) = Error::from(error) else { panic!("not a refusal") };
        assert_eq!(refusal.kind, Kind::Unavailable);
    }
    cut_off.commit().await.unwrap_err();
    let refused = Database::open(&place.url().parse().unwrap()).await.unwrap_err();
    assert!(is_away(&refused), "{refused:?}");

    server.start_again().await;
    assert_eq!(value::<i32>(&db.reader, "SELECT n FROM t").await, 2, "what was committed and nothing else");
    let tx = db.begin().await.unwrap();
    run(&tx, "INSERT INTO t VALUES (4)").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM t").await, 2);
}

/// What a server that hangs looks like, and a network that drops everything without a word.
#[tokio::test]
async fn a_server_that_falls_silent_is_away_within_the_deadline_and_its_connections_are_given_up() {
    let mut place = TestDatabase::new(Engine::MariaDb).await;
    let proxy = Proxy::start(&[place.port]).await;
    place.port = proxy.port();
    let db = open(&place).await;
    run(&db.writer, "CREATE TABLE t (n INT) ENGINE=InnoDB").await.unwrap();
    let in_the_middle = db.begin().await.unwrap();
    run(&in_the_middle, "INSERT INTO t VALUES (1)").await.unwrap();
    // All that there are.
    let at_their_end = join_all((0..7).map(|_| db.begin())).await;

    proxy.fall_silent();
    let answers = async {
        let (middle, begin, ends) = join!(
            run(&in_the_middle, "INSERT INTO t VALUES (3)"),
            db.begin().map_ok(drop),
            join_all(at_their_end.into_iter().map(|begun| begun.unwrap().commit())),
        );
        let pings = join_all((0..20).map(|_| db.ping())).await;
        pings.into_iter().chain(ends).chain([middle, begin])
    };
    for answer in timeout(DEADLINE, answers).await.expect("everybody is answered in time") {
        // By our deadline, or by the server's for who rests in the middle.
        let error = answer.unwrap_err();
        assert!(is_transient(&error), "{error:?}");
    }
    // Nothing more is asked of it, so nobody waits.
    timeout(Duration::from_secs(1), in_the_middle.commit()).await.expect("at once").unwrap_err();

    // The old connections stay silent for ever; new ones find the server.
    proxy.clear_for_others();
    let well = async {
        loop {
            if let Ok(tx) = db.begin().await {
                break tx;
            }
        }
    };
    let tx = timeout(DEADLINE, well).await.expect("the pool gives up what is silent");
    run(&tx, "INSERT INTO t VALUES (4)").await.unwrap();
    tx.commit().await.unwrap();
    db.ping().await.unwrap();
}

#[tokio::test]
async fn connections_whose_path_went_away_while_they_rested_are_replaced_and_hardly_anybody_is_refused() {
    let mut place = TestDatabase::new(Engine::MariaDb).await;
    let proxy = Proxy::start(&[place.port]).await;
    place.port = proxy.port();
    let db = open(&place).await;
    let all = join_all((0..4).map(|_| db.begin())).await;
    assert!(all.iter().all(Result::is_ok), "the premise: there are four");
    drop(all);
    // Longer than they go untried.
    tokio::time::sleep(Duration::from_millis(200)).await;

    proxy.fall_silent();
    proxy.clear_for_others();
    let mut refused = 0;
    for _ in 0..4 {
        match db.begin().await {
            Ok(tx) => run(&tx, "SELECT 1").await.unwrap(),
            Err(_) => refused += 1,
        }
    }
    // None, but where a connection takes two seconds.
    assert!(refused < 4, "all were refused");
}

/// Whoever holds it does not know that its connection is no more, and the server does not either.
#[tokio::test]
async fn what_was_locked_by_a_connection_whose_path_went_away_is_free_soon() {
    let mut place = TestDatabase::new(Engine::MariaDb).await;
    let proxy = Proxy::start(&[place.port]).await;
    place.port = proxy.port();
    let db = open(&place).await;
    run(&db.writer, "CREATE TABLE t (n INT PRIMARY KEY) ENGINE=InnoDB").await.unwrap();
    run(&db.writer, "INSERT INTO t VALUES (1)").await.unwrap();
    let lock = "SELECT n FROM t WHERE n = 1 FOR UPDATE";
    let cut_off = db.begin().await.unwrap();
    run(&cut_off, lock).await.unwrap();

    proxy.fall_silent();
    proxy.clear_for_others();
    let locked = async {
        loop {
            let Ok(tx) = db.begin().await else { continue };
            match run(&tx, lock).await {
                Ok(()) => break tx,
                Err(error) => assert!(is_transient(&error), "{error:?}"),
            }
        }
    };
    timeout(DEADLINE, locked).await.expect("the server gives up who says nothing").commit().await.unwrap();
    cut_off.commit().await.unwrap_err();
}

#[tokio::test]
async fn who_goes_away_in_the_middle_of_a_begin_leaves_no_transaction_behind() {
    let mut place = TestDatabase::new(Engine::MariaDb).await;
    let proxy = Proxy::start(&[place.port]).await;
    place.port = proxy.port();
    let db = open(&place).await;
    run(&db.writer, "CREATE TABLE t (n INT) ENGINE=InnoDB").await.unwrap();
    proxy.hold_answer_to("BEGIN");
    tokio::select! {
        begun = db.begin() => panic!("{begun:?}"),
        () = proxy.until_asked() => {}
    }
    proxy.clear();
    // Often enough that its connection takes part again.
    for count in 1..=40 {
        run(&db.writer, "INSERT INTO t VALUES (1)").await.unwrap();
        let seen = value::<i64>(&db.reader, "SELECT COUNT(*) FROM t").await;
        assert_eq!(seen, count, "what others see was committed");
    }
}

#[tokio::test]
async fn an_id_is_never_used_twice_even_after_a_restart() {
    let mut server = MariaDb::start().await;
    let place = TestDatabase::on_server(&server).await;
    let db = open(&place).await;
    run(&db.writer, "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB").await.unwrap();
    run(&db.writer, "INSERT INTO t VALUES (NULL), (NULL), (NULL)").await.unwrap();
    let used = value::<i64>(&db.reader, "SELECT MAX(id) FROM t").await;
    run(&db.writer, "DELETE FROM t WHERE id > 1").await.unwrap();
    server.kill().await;
    server.start_again().await;
    let db = open(&place).await;
    run(&db.writer, "INSERT INTO t VALUES (NULL)").await.unwrap();
    assert!(value::<i64>(&db.reader, "SELECT MAX(id) FROM t").await > used);
}

#[tokio::test]
async fn a_wrong_password_is_no_outage() {
    let place = TestDatabase::new(Engine::MariaDb).await;
    let url = place.url().replace(&place.user, &format!("{}x", &place.user[..8]));
    let error = Database::open(&url.parse().unwrap()).await.unwrap_err();
    assert!(!is_away(&error), "{error:?}");
}
