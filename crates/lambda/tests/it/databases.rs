//! The function `db-init` on a real server.

use serde_json::{Value, json};
use sqlx::{ConnectOptions, Executor, Row, mysql::MySqlConnectOptions};
use testbed::{MariaDb, Process, dynamo::CREDENTIALS, gateway::Gateway};

const PASSWORD: &str = "it's a \\ \"password\" %é";

struct World {
    server: MariaDb,
    gateway: Gateway,
    _function: Process,
    _folder: tempfile::TempDir,
}

impl World {
    async fn start(tls: &str) -> Self {
        let (server, gateway) = tokio::join!(MariaDb::start(), Gateway::start());
        // An administrator with a password, as RDS has.
        let mut root = server.admin().connect().await.unwrap();
        for sql in
            ["CREATE USER admin IDENTIFIED BY 'a password'", "GRANT ALL ON *.* TO admin WITH GRANT OPTION"]
        {
            root.execute(sql).await.unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let own = |text: &str| text.to_owned();
        let settings = [
            ("AWS_LAMBDA_RUNTIME_API", gateway.runtime()),
            ("DB_HOST", own("127.0.0.1")),
            ("DB_PORT", server.admin().get_port().to_string()),
            ("DB_USER", own("admin")),
            ("DB_PASSWORD", own(r#"{"username":"admin","password":"a password"}"#)),
            ("AUTH_DB_USER", own("auth_user")),
            ("AUTH_DB_PASSWORD", own(PASSWORD)),
            ("CHAT_DB_NAME", own("other_name")),
            ("CHAT_DB_USER", own("chat_user")),
            ("CHAT_DB_PASSWORD", own(PASSWORD)),
            ("DB_TLS", own(tls)),
        ];
        let settings = settings.into_iter().chain(CREDENTIALS.map(|(name, value)| (name, value.to_owned())));
        let program = env!("CARGO_BIN_EXE_lambda-db-init");
        let function = Process::start_with(program, &[], settings, &folder.path().join("log"));
        Self { server, gateway, _function: function, _folder: folder }
    }

    async fn invoke(&self) -> Result<Value, String> {
        self.gateway.invoke(json!({})).await
    }

    fn user(&self, user: &str, database: &str) -> MySqlConnectOptions {
        self.server.admin().username(user).password(PASSWORD).database(database)
    }
}

#[tokio::test]
async fn databases_users_and_schemas_are_made_and_made_again_in_peace() {
    let world = World::start("preferred").await;
    for _ in 0..2 {
        assert_eq!(world.invoke().await, Ok(json!({"auth": "ready", "chat": "ready"})));
    }
    for (user, database, table) in [("auth_user", "auth_db", "users"), ("chat_user", "other_name", "rooms")] {
        let mut connection = world.user(user, database).connect().await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        assert!(connection.fetch_one(sql).await.is_ok());
        for sql in ["CREATE TABLE more (n INT)", "DROP TABLE seaql_migrations", "CREATE DATABASE another"] {
            assert!(connection.execute(sql).await.is_err(), "{user} may not {sql}");
        }
        let other = if database == "auth_db" { "other_name" } else { "auth_db" };
        assert!(world.user(user, other).connect().await.is_err(), "{user} has no business in {other}");
    }
}

#[tokio::test]
async fn privileges_and_passwords_become_what_is_configured() {
    let world = World::start("preferred").await;
    world.invoke().await.unwrap();
    let mut root = world.server.admin().connect().await.unwrap();
    for sql in ["ALTER USER auth_user IDENTIFIED BY 'lost'", "GRANT ALL ON *.* TO auth_user"] {
        root.execute(sql).await.unwrap();
    }
    world.invoke().await.unwrap();
    let grants = root.fetch_all("SHOW GRANTS FOR auth_user").await.unwrap();
    let grants: Vec<String> = grants.iter().map(|row| row.get(0)).collect();
    assert!(grants.iter().all(|grant| !grant.contains("ALL PRIVILEGES")), "{grants:?}");
    world.user("auth_user", "auth_db").connect().await.unwrap();
}

#[tokio::test]
async fn what_fails_is_told_without_a_password() {
    let world = World::start("required").await;
    let why = world.invoke().await.unwrap_err();
    assert!(why.contains("information_schema") && !why.contains("a password"), "{why}");
}
