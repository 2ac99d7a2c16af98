//! How each connection is set up, on a server whose own settings are another world's.

use kit::{
    config::Secret,
    db::{Database, DatabaseUrl, MySqlParts, Tls},
};
use sea_orm::{ConnectionTrait, Statement};
use testbed::{Engine, TestDatabase};

use crate::{database, run, value};

#[tokio::test]
async fn every_connection_is_set_up_whatever_the_server_s_defaults() {
    let (_place, db) = database().await;
    assert_eq!(value::<String>(&db.writer, "SELECT @@global.sql_mode").await, "", "the premise");
    for handle in [&db.reader, &db.writer] {
        assert_eq!(value::<String>(handle, "SELECT @@tx_isolation").await, "READ-COMMITTED");
        assert_eq!(value::<String>(handle, "SELECT @@time_zone").await, "+00:00");
        assert_eq!(value::<String>(handle, "SELECT @@collation_connection").await, "utf8mb4_bin");
        assert!(value::<String>(handle, "SELECT @@sql_mode").await.contains("STRICT_ALL_TABLES"));
        for (name, secs) in [("innodb_lock_wait", 5), ("wait", 60), ("idle_transaction", 7)] {
            let ask = format!("SELECT CAST(@@{name}_timeout AS SIGNED)");
            assert_eq!(value::<i64>(handle, &ask).await, secs, "{name}");
        }
    }
}

#[tokio::test]
async fn the_parts_of_an_address_need_no_escaping() {
    let place = TestDatabase::new(Engine::MariaDb).await;
    let password = Secret::new(&place.password);
    assert!(password.expose().contains(['@', '/', '%', '#', ' ']), "the premise");
    let parts = MySqlParts {
        host: &place.host,
        port: place.port,
        name: &place.name,
        user: &place.user,
        password: &password,
    };
    let db = Database::open(&DatabaseUrl::mysql(&parts).with_tls(&Tls::Preferred)).await.unwrap();
    assert_eq!(value::<String>(&db.reader, "SELECT DATABASE()").await, place.name);
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let place = TestDatabase::new(Engine::MariaDb).await;
    let url: DatabaseUrl = place.url().parse().unwrap();
    for tls in [Tls::Required, Tls::Verified] {
        let error = Database::open(&url.clone().with_tls(&tls)).await.unwrap_err();
        assert!(error.to_string().contains("TLS"), "{error}");
    }
}

#[tokio::test]
async fn text_comes_back_as_it_went_in() {
    let (_place, db) = database().await;
    let table = "CREATE TABLE t (a VARCHAR(40)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    run(&db.writer, table).await.unwrap();
    let text = "👩‍👩‍👧 𝔘 é e\u{301} ' \\ \" % _ \u{10FFFF} ";
    let insert =
        Statement::from_sql_and_values(sea_orm::DbBackend::MySql, "INSERT INTO t VALUES (?)", [text.into()]);
    db.writer.execute_raw(insert).await.unwrap();
    assert_eq!(value::<String>(&db.reader, "SELECT a FROM t").await, text);
    let too_long = format!("INSERT INTO t VALUES ('{}')", "x".repeat(41));
    let refused = run(&db.writer, &too_long).await.unwrap_err();
    assert!(kit::db::is_about_a_row(&refused), "never cut off: {refused}");
}
