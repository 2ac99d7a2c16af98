//! Transactions that get into each other's way.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use kit::db::Transaction;
use kit::{
    Error, Kind,
    db::{Database, is_contention, is_transient, retrying, violated_constraint},
};
use tokio::sync::Barrier;

use crate::{database, run, value};

async fn two_rows(db: &Database) {
    run(&db.writer, "CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB").await.unwrap();
    run(&db.writer, "INSERT INTO t VALUES (1, 0), (2, 0)").await.unwrap();
}

async fn raise(tx: &Transaction, id: i32) -> Result<(), sea_orm::DbErr> {
    run(tx, &format!("UPDATE t SET n = n + 1 WHERE id = {id}")).await
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_one_gives_way_and_leaves_nothing() {
    let (_place, db) = database().await;
    two_rows(&db).await;
    let (one, other) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    raise(&one, 1).await.unwrap();
    raise(&other, 2).await.unwrap();
    let (first, second) = tokio::join!(raise(&one, 2), raise(&other, 1));
    let failed = [&first, &second].into_iter().filter_map(|result| result.as_ref().err()).collect::<Vec<_>>();
    assert_eq!(failed.len(), 1, "one of the two");
    assert!(is_contention(failed[0]) && is_transient(failed[0]), "{}", failed[0]);

    let (loser, winner) = if first.is_err() { (one, other) } else { (other, one) };
    winner.commit().await.unwrap();
    // Given up without a word, as a refused request does.
    drop(loser);
    assert_eq!(value::<i64>(&db.reader, "SELECT CAST(SUM(n) AS SIGNED) FROM t").await, 2);
    // Every connection of the pool is as it was: what is given up is not there, what is committed is.
    let mut open = Vec::new();
    for _ in 0..8 {
        let tx = db.begin().await.unwrap();
        run(&tx, &format!("INSERT INTO t VALUES ({}, 0)", 100 + open.len())).await.unwrap();
        open.push(tx);
    }
    let kept = open.split_off(4);
    drop(open);
    for tx in kept {
        tx.commit().await.unwrap();
    }
    assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM t WHERE id >= 104").await, 4);
    assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM t").await, 6);
}

#[tokio::test]
async fn a_transaction_that_gave_way_is_done_again() {
    let (_place, db) = database().await;
    two_rows(&db).await;
    let both_have_one = Barrier::new(2);
    let attempts = AtomicU32::new(0);
    let act = async |first: i32, second: i32| {
        let is_first_attempt = AtomicBool::new(true);
        retrying(|| async {
            attempts.fetch_add(1, Ordering::Relaxed);
            let tx = db.begin().await?;
            raise(&tx, first).await?;
            if is_first_attempt.swap(false, Ordering::Relaxed) {
                both_have_one.wait().await;
            }
            raise(&tx, second).await?;
            Ok(tx.commit().await?)
        })
        .await
    };
    let (one, other) = tokio::join!(act(1, 2), act(2, 1));
    one.unwrap();
    other.unwrap();
    assert_eq!(attempts.into_inner(), 3, "one of them twice");
    assert_eq!(value::<i64>(&db.reader, "SELECT CAST(SUM(n) AS SIGNED) FROM t").await, 4);
}

#[tokio::test]
async fn a_lock_that_is_not_given_in_time_is_told_and_nothing_of_the_transaction_stays() {
    let (_place, db) = database().await;
    two_rows(&db).await;
    let holder = db.begin().await.unwrap();
    raise(&holder, 1).await.unwrap();

    let tx = db.begin().await.unwrap();
    run(&tx, "SET SESSION innodb_lock_wait_timeout = 1").await.unwrap();
    raise(&tx, 2).await.unwrap();
    let error = raise(&tx, 1).await.unwrap_err();
    assert!(is_transient(&error) && !is_contention(&error), "{error}");
    let Error::Refused(refusal) = Error::from(error) else { panic!("not a refusal") };
    assert_eq!(refusal.kind, Kind::Unavailable);
    drop(tx);
    holder.rollback().await.unwrap();

    // It waits until the lock of the one that was dropped is gone.
    let next = db.begin().await.unwrap();
    raise(&next, 2).await.unwrap();
    next.commit().await.unwrap();
    assert_eq!(value::<i32>(&db.reader, "SELECT n FROM t WHERE id = 2").await, 1);
}

#[tokio::test]
async fn a_violated_constraint_is_named() {
    let (_place, db) = database().await;
    run(&db.writer, "CREATE TABLE users (a VARCHAR(99), UNIQUE INDEX users_a (a))").await.unwrap();
    run(&db.writer, "INSERT INTO users VALUES ('it''s: here')").await.unwrap();
    let error = run(&db.writer, "INSERT INTO users VALUES ('it''s: here')").await.unwrap_err();
    assert_eq!(violated_constraint(&error).as_deref(), Some("users_a"));
}
