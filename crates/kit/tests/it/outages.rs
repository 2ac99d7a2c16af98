//! A server that goes away and comes back.

use kit::{
    Error, Kind,
    db::{Database, is_away, is_transient},
};
use testbed::{MariaDb, TestDatabase};

use crate::{open, run, value};

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

#[tokio::test]
async fn an_id_is_never_used_twice_even_after_a_restart() {
    let mut server = MariaDb::start().await;
    let place = TestDatabase::on_server(&server).await;
    let db = open(&place).await;
    run(&db.writer, "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB").await.unwrap();
    run(&db.writer, "INSERT INTO t VALUES (NULL), (NULL), (NULL)").await.unwrap();
    run(&db.writer, "DELETE FROM t WHERE id > 1").await.unwrap();
    server.kill().await;
    server.start_again().await;
    run(&db.writer, "INSERT INTO t VALUES (NULL)").await.unwrap();
    assert_eq!(value::<i64>(&db.reader, "SELECT MAX(id) FROM t").await, 4);
}

#[tokio::test]
async fn a_wrong_password_is_no_outage() {
    let place = TestDatabase::new(testbed::Engine::MariaDb).await;
    let url = place.url().replace(&place.user, &format!("{}x", &place.user[..8]));
    let error = Database::open(&url.parse().unwrap()).await.unwrap_err();
    assert!(!is_away(&error), "{error:?}");
}
