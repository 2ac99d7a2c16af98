//! Prepares the database server: a database and a user for each service, and the schema. Safe to repeat: what is there
//! stays, and passwords and privileges become what is configured.

use auth::Migrator as AuthMigrator;
use chat::Migrator as ChatMigrator;
use fanout::aws::Aws;
use futures::FutureExt;
use kit::{
    config::Secret,
    db::{Database, DatabaseUrl, MYSQL_PORT, MySqlParts, Tls},
};
use sea_orm_migration::{MigratorTrait, sea_orm::ConnectionTrait};
use serde_json::{Value, json};

use crate::settings::{optional, required, secret};

/// All that services do at run time; their schema is changed here.
const PRIVILEGES: &str = "SELECT, INSERT, UPDATE, DELETE";
/// Everybody may connect to it.
const ENTRANCE: &str = "information_schema";
const NAME_MAX: usize = 32;

pub struct Databases {
    server: Server,
    auth: Account,
    chat: Account,
}

struct Server {
    host: String,
    port: u16,
    user: String,
    password: Secret,
    tls: Tls,
}

/// A service's database, and who uses it.
struct Account {
    database: String,
    user: String,
    password: Secret,
}

impl Databases {
    pub async fn from_env() -> Result<Self, String> {
        let aws = Aws::from_env()?;
        let port = optional("DB_PORT").map_or(Ok(MYSQL_PORT), |text| text.parse());
        let tls = optional("DB_TLS").unwrap_or_else(|| "required".into());
        let server = Server {
            host: required("DB_HOST", "the database server (for example DB_HOST=db.example.org)")?,
            port: port.map_err(|_| "DB_PORT must be a port from 0 to 65535")?,
            user: required("DB_USER", "its administrator (for example DB_USER=admin)")?,
            password: password_in(secret(&aws, "DB_PASSWORD", "the password of DB_USER").await?),
            tls: tls.parse().map_err(|why| format!("DB_TLS {why}"))?,
        };
        let (auth, chat) =
            futures::try_join!(Account::from_env(&aws, "AUTH"), Account::from_env(&aws, "CHAT"))?;
        Ok(Self { server, auth, chat })
    }

    /// What was asked makes no difference: it is done again whenever it is asked.
    pub async fn handle(&self, _: Value) -> Result<Value, String> {
        let admin = self.server.open(ENTRANCE).boxed().await?;
        for account in [&self.auth, &self.chat] {
            for statement in account.statements() {
                // The statement may hold a password, and so may what the server says of it.
                admin.writer.execute_unprepared(&statement).await.map_err(|error| {
                    let what = statement.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
                    tracing::debug!(%error, "refused");
                    format!("{what} for {} was refused by the database server", account.database)
                })?;
            }
        }
        // Boxed, as the compiler gives up on what the two would be together.
        self.migrate::<AuthMigrator>(&self.auth.database).boxed().await?;
        self.migrate::<ChatMigrator>(&self.chat.database).boxed().await?;
        admin.close().await.map_err(|error| error.to_string())?;
        Ok(json!({"auth": "ready", "chat": "ready"}))
    }

    async fn migrate<M: MigratorTrait>(&self, name: &str) -> Result<(), String> {
        let database = self.server.open(name).await?;
        database
            .migrate::<M>()
            .await
            .map_err(|error| format!("the schema of {name} cannot be changed: {error}"))?;
        database.close().await.map_err(|error| error.to_string())
    }
}

impl Server {
    async fn open(&self, name: &str) -> Result<Database, String> {
        let Self { host, port, user, password, tls } = self;
        let url = DatabaseUrl::mysql(&MySqlParts { host, port: *port, name, user, password }).with_tls(tls);
        Database::open(&url).await.map_err(|error| format!("{url} cannot be opened: {error}"))
    }
}

impl Account {
    /// `AUTH` or `CHAT`.
    async fn from_env(aws: &Aws, which: &str) -> Result<Self, String> {
        let default = format!("{}_db", which.to_lowercase());
        let name = |variable: String, default: Option<String>| {
            let value = optional(&variable).or(default).ok_or_else(|| format!("{variable} must be set"))?;
            let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if is_plain && value.len() <= NAME_MAX {
                Ok(value)
            } else {
                Err(format!(
                    "{variable} must be at most {NAME_MAX} letters, digits and _ (for example chat_db)"
                ))
            }
        };
        Ok(Self {
            database: name(format!("{which}_DB_NAME"), Some(default))?,
            user: name(format!("{which}_DB_USER"), None)?,
            password: secret(aws, &format!("{which}_DB_PASSWORD"), "the password that the service has")
                .await?,
        })
    }

    fn statements(&self) -> [String; 5] {
        let Self { database, user, password } = self;
        let password = password.expose().replace('\\', "\\\\").replace('\'', "\\'");
        [
            format!("CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
            format!("CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{password}'"),
            format!("ALTER USER '{user}'@'%' IDENTIFIED BY '{password}'"),
            format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{user}'@'%'"),
            format!("GRANT {PRIVILEGES} ON `{database}`.* TO '{user}'@'%'"),
        ]
    }
}

/// The password itself, or the one in the JSON that RDS keeps for its administrator.
fn password_in(secret: Secret) -> Secret {
    let json: Option<Value> = serde_json::from_str(secret.expose()).ok();
    json.as_ref().and_then(|json| json["password"].as_str()).map(Secret::new).unwrap_or(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_come_as_rds_keeps_it() {
        for (text, password) in
            [("p'w", "p'w"), (r#"{"username":"admin","password":"p'w"}"#, "p'w"), ("17", "17"), ("{}", "{}")]
        {
            assert_eq!(password_in(Secret::new(text)).expose(), password);
        }
    }
}
