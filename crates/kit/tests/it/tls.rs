//! Who the server is: its certificate is checked where the operator wants it.

use kit::db::{Database, DatabaseUrl, Tls, is_away};
use sea_orm::DbErr;
use testbed::{Authority, MariaDb, TestDatabase};

use crate::value;

async fn open(place: &TestDatabase, tls: &str) -> Result<Database, DbErr> {
    let tls: Tls = tls.parse().unwrap();
    let url: DatabaseUrl = place.url().parse().unwrap();
    Database::open(&url.with_tls(&tls)).await
}

async fn cipher(db: &Database) -> String {
    value(
        &db.reader,
        "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
    )
    .await
}

#[tokio::test]
async fn a_certificate_of_the_authority_named_is_taken_and_no_other() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = MariaDb::start_tls(&ours.sign("127.0.0.1")).await;
    let place = TestDatabase::on_server(&server).await;
    let file = |authority: &Authority| authority.file().to_str().unwrap().to_owned();

    for (tls, is_encrypted) in
        [(&file(&ours)[..], true), ("required", true), ("preferred", true), ("off", false)]
    {
        let db = open(&place, tls).await.unwrap();
        assert_eq!(!cipher(&db).await.is_empty(), is_encrypted, "{tls}");
    }
    // Public authorities do not know it.
    for tls in ["verify", &file(&theirs)] {
        let error = open(&place, tls).await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{tls}: {error}");
        assert!(!is_away(&error), "to wait would not help: {error:?}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = MariaDb::start_tls(&authority.sign("db.example.org")).await;
    let place = TestDatabase::on_server(&server).await;
    let error = open(&place, authority.file().to_str().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("certificate") && !is_away(&error), "{error:?}");
    assert!(!cipher(&open(&place, "required").await.unwrap()).await.is_empty());
}
