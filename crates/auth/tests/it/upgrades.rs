//! Upgrades: a database of each earlier schema, with accounts in it, is brought up to date and served.

use auth::{Migrator, directory};
use kit::db::Database;
use protocol::seams::Change;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use sha2::{Digest, Sha256};
use testbed::{Earlier, TestDatabase};

use crate::harness::{ENGINE, PASSWORD, TestApp};

#[test]
fn every_schema_is_upgraded_from() {
    assert_eq!(Migrator::migrations().len(), 1, "a test for each");
}

#[tokio::test]
async fn what_schema_1_holds_is_served() {
    upgrade::<1>().await;
}

const ANNA: &str = "11111111-2222-4333-8444-555555555555";
const BERT: &str = "66666666-7777-4888-8999-aaaaaaaaaaaa";
const GONE: &str = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff";
const REFRESH_TOKEN: &str = "of a session that was open before";
const RESET_TOKEN: &str = "of a mail that was sent before";

async fn upgrade<const N: usize>() {
    let database = TestDatabase::new(ENGINE).await;
    let db = Database::open(&database.url().parse().unwrap()).await.unwrap();
    db.migrate::<Earlier<Migrator, N>>().await.unwrap();
    fill(&db).await;
    db.close().await.unwrap();

    let app = TestApp::start_in(database, |_| {}).await;
    for who in ["Ännchen", "anna@example.org", "ännchen"] {
        let answer = app.log_in(who, PASSWORD).await.expect(200);
        assert_eq!(
            (&answer.body["user"]["id"], &answer.body["user"]["username"]),
            (&ANNA.into(), &"Ännchen".into())
        );
    }
    app.log_in("bert", PASSWORD).await.refused(403, "ACCOUNT_DISABLED");
    let renewed = app.refresh(REFRESH_TOKEN).await.expect(200);
    assert_eq!(renewed.body["user"]["id"], ANNA);
    let body = serde_json::json!({"token": RESET_TOKEN, "newPassword": "another horse battery"});
    app.post("/auth/reset-password", body).await.expect(200);
    app.log_in("anna@example.org", "another horse battery").await.expect(200);
    let answer = app
        .post(
            "/auth/signup",
            serde_json::json!({"username": "ÄNNCHEN", "email": "other@example.org", "password": PASSWORD}),
        )
        .await;
    answer.refused(409, "USERNAME_TAKEN");

    // The feed goes on where it was.
    let anna = app.log_in("anna@example.org", "another horse battery").await.expect(200);
    let anna = crate::harness::Person::new(&app, &anna.body);
    anna.change(serde_json::json!({"username": "anna"})).await.expect(200);
    let changes = directory::changes(&app.auth, 0).await.unwrap();
    let changes: Vec<_> = changes.into_iter().map(|change| (change.cursor, change.change)).collect();
    assert_eq!(changes, [(4, Change::Deleted), (8, Change::Renamed { username: "anna".into() })]);
}

/// As that version left it: a password that another program hashed, an open session, a reset mail, a deletion.
async fn fill(db: &Database) {
    let hash = bcrypt::hash(PASSWORD, 4).unwrap();
    let later = protocol::Timestamp::now().0 + 3_600_000;
    let sha256 = |text: &str| hex::encode(Sha256::digest(text));
    for statement in [
        format!(
            "INSERT INTO users (id, username, username_folded, email, email_folded, password_hash, disabled_at, created_at, \
             updated_at) VALUES \
             ('{ANNA}', 'Ännchen', 'ännchen', 'anna@example.org', 'anna@example.org', '{hash}', NULL, 1000, 1000), \
             ('{BERT}', 'bert', 'bert', 'bert@example.org', 'bert@example.org', '{hash}', 2000, 1000, 1000)"
        ),
        format!(
            "INSERT INTO refresh_tokens (user_id, family, token_hash, created_at, expires_at) VALUES \
             ('{ANNA}', '12121212-3434-4565-8787-909090909090', '{}', 1000, {later})",
            sha256(REFRESH_TOKEN)
        ),
        format!(
            "INSERT INTO password_reset_tokens (token_hash, user_id, created_at, expires_at) VALUES \
             ('{}', '{ANNA}', 1000, {later})",
            sha256(RESET_TOKEN)
        ),
        format!("INSERT INTO account_changes VALUES (4, '{GONE}', NULL, 1000)"),
        "UPDATE account_cursor SET last = 7".to_owned(),
    ] {
        db.writer.execute_unprepared(&statement).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}
