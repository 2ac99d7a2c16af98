//! A database for one test.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, mysql::MySqlConnectOptions};
use tempfile::TempDir;

use crate::MariaDb;

/// Where the server that all tests share is.
const SERVER: &str = "TEST_MYSQL_URL";
/// Every kind of character that an address would have to escape.
const PASSWORD: &str = "p@ss:w/o r?d#%41&é";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MariaDb,
}

impl Engine {
    /// The same tests are built once for each engine; the name of the binary tells which: `it`, `it_mariadb`.
    pub const fn of(binary: &str) -> Self {
        if binary.len() > "it".len() { Self::MariaDb } else { Self::Sqlite }
    }
}

/// Gone with the server, or with its folder.
pub struct TestDatabase {
    pub host: String,
    pub port: u16,
    pub name: String,
    pub user: String,
    pub password: String,
    folder: Option<TempDir>,
}

impl TestDatabase {
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::file(),
            Engine::MariaDb => Self::on(&shared_server()).await,
        }
    }

    pub async fn on_server(server: &MariaDb) -> Self {
        Self::on(&server.admin()).await
    }

    fn file() -> Self {
        let folder = Some(tempfile::tempdir().expect("a temporary folder"));
        let none = String::new;
        Self { host: none(), port: 0, name: none(), user: none(), password: none(), folder }
    }

    /// A database and a user who may do anything there and nothing elsewhere.
    async fn on(admin: &MySqlConnectOptions) -> Self {
        let name = format!("t{}", uuid::Uuid::new_v4().simple());
        let mut connection = admin.connect().await.unwrap_or_else(|error| panic!("{SERVER}: {error}"));
        let user = format!("u{}", &name[..16]);
        for statement in [
            format!("CREATE DATABASE {name}"),
            format!("CREATE USER {user} IDENTIFIED BY '{PASSWORD}'"),
            format!("GRANT ALL ON {name}.* TO {user}"),
        ] {
            connection.execute(AssertSqlSafe(statement)).await.expect("an administrator may");
        }
        connection.close().await.expect("it is ours");
        let (host, port) = (admin.get_host().to_owned(), admin.get_port());
        Self { host, port, name, user, password: PASSWORD.into(), folder: None }
    }

    /// As one variable holds it.
    pub fn url(&self) -> String {
        if let Some(folder) = &self.folder {
            return format!("sqlite:{}", folder.path().join("test.db").display());
        }
        let options = MySqlConnectOptions::new().host(&self.host).port(self.port).username(&self.user);
        options.password(&self.password).database(&self.name).to_url_lossy().into()
    }
}

fn shared_server() -> MySqlConnectOptions {
    let url = std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} is not set: run the tests as `scripts/with-mariadb.sh cargo nextest run …`")
    });
    url.parse().unwrap_or_else(|error| panic!("{SERVER}: {error}"))
}
