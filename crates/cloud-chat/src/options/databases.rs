//! Where the databases are: files in the data folder, or servers.

use clap::{ArgAction, Args, ValueEnum};
use kit::{
    config::Secret,
    db::{DatabaseUrl, MYSQL_PORT, MySqlParts, Tls},
};

/// How connections to a database server are protected; files need none of it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Databases")]
pub struct DatabaseTls {
    /// TLS to a database server: off, preferred (where the server can), required, verify (its certificate is
    /// checked, too), or the path of a file of certificates to check it with (PEM) [default: what the address says
    /// with ?ssl-mode=, else preferred].
    #[arg(long, env = "DB_TLS", value_name = "HOW")]
    pub db_tls: Option<Tls>,
}

impl DatabaseTls {
    pub fn protect(&self, url: DatabaseUrl) -> DatabaseUrl {
        match &self.db_tls {
            Some(tls) => url.with_tls(tls),
            None => url,
        }
    }
}

/// What a start does about a schema that is behind.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Databases")]
pub struct SchemaOptions {
    /// Bring the schema on a database server up to date at the start, once however many start together; without it
    /// a start on a schema that is behind is refused. Files are always brought up to date.
    #[arg(long, env = "DB_SYNC", default_value_t = false, num_args = 0..=1, default_missing_value = "true", action = ArgAction::Set, value_name = "BOOL")]
    pub db_sync: bool,
}

/// The two databases of the one process.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Databases")]
pub struct BothDatabases {
    /// MySQL or MariaDB database of accounts, such as mysql://user:password@db.example.org:3306/auth_db
    /// [default: auth.db in the data folder].
    #[arg(long, env = "AUTH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub auth_database_url: Option<DatabaseUrl>,

    /// MySQL or MariaDB database of rooms and messages [default: chat.db in the data folder].
    #[arg(long, env = "CHAT_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub chat_database_url: Option<DatabaseUrl>,
}

/// The one database of a service: an address, or its parts, in which nothing needs escaping.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Databases")]
pub struct OneDatabase {
    /// Database of the service, such as mysql://user:password@db.example.org:3306/chat_db; instead of the DB_*.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<DatabaseUrl>,

    /// Name or address of the database server.
    #[arg(long, env = "DB_HOST", value_name = "HOST")]
    pub db_host: Option<String>,

    /// Port of the database server.
    #[arg(long, env = "DB_PORT", default_value_t = MYSQL_PORT, value_name = "PORT")]
    pub db_port: u16,

    /// Database on that server.
    #[arg(long, env = "DB_NAME", value_name = "NAME")]
    pub db_name: Option<String>,

    /// User of that database.
    #[arg(long, env = "DB_USER", value_name = "NAME")]
    pub db_user: Option<String>,

    /// Password of that user, as it is.
    #[arg(long, env = "DB_PASSWORD", hide_env_values = true, value_name = "PASSWORD")]
    pub db_password: Option<Secret>,
}

impl OneDatabase {
    /// `None`: nothing says where it is.
    pub fn given(&self) -> Result<Option<DatabaseUrl>, String> {
        if self.database_url.is_some() {
            return Ok(self.database_url.clone());
        }
        if let Self {
            db_host: Some(host),
            db_name: Some(name),
            db_user: Some(user),
            db_password: Some(password),
            ..
        } = self
        {
            let parts = MySqlParts { host, port: self.db_port, name, user, password };
            return Ok(Some(DatabaseUrl::mysql(&parts)));
        }
        let given = [
            ("DB_HOST", self.db_host.is_some()),
            ("DB_NAME", self.db_name.is_some()),
            ("DB_USER", self.db_user.is_some()),
            ("DB_PASSWORD", self.db_password.is_some()),
        ];
        if given.iter().all(|(_, is_given)| !is_given) {
            return Ok(None);
        }
        let missing = given.iter().filter(|(_, is_given)| !is_given).map(|(name, _)| *name);
        Err(format!(
            "{} must be set, as the other DB_* variables are (for example DB_HOST=db.example.org DB_NAME=chat_db)",
            missing.collect::<Vec<_>>().join(", ")
        ))
    }
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    Auth,
    Chat,
}

impl Which {
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Chat => "chat",
        }
    }

    /// In the data folder.
    pub fn file(self) -> &'static str {
        match self {
            Self::Auth => "auth.db",
            Self::Chat => "chat.db",
        }
    }

    /// What says that it is elsewhere.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Auth => "AUTH_DATABASE_URL",
            Self::Chat => "CHAT_DATABASE_URL",
        }
    }
}
