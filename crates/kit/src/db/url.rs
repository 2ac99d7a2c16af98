//! Where a database is: a SQLite file or a MySQL (MariaDB) server, and how connections to the latter are protected.

use std::{fmt, path::PathBuf, str::FromStr};

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use crate::config::{self, Secret};

const EXAMPLE: &str =
    "must be the address of a database, such as mysql://user:password@db.example.org:3306/name";
/// The server's own; RDS and compose keep to it.
pub const MYSQL_PORT: u16 = 3306;

#[derive(Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    MySql(Box<MySqlConnectOptions>),
}

/// The parts of a MySQL address. Nothing in them is escaped.
pub struct MySqlParts<'a> {
    pub host: &'a str,
    pub port: u16,
    pub name: &'a str,
    pub user: &'a str,
    pub password: &'a Secret,
}

impl DatabaseUrl {
    pub fn mysql(parts: &MySqlParts<'_>) -> Self {
        let options = MySqlConnectOptions::new()
            .host(parts.host)
            .port(parts.port)
            .database(parts.name)
            .username(parts.user)
            .password(parts.password.expose());
        Self::MySql(Box::new(options))
    }

    /// Overrides what the address says about TLS. Files need none.
    pub fn with_tls(self, tls: &Tls) -> Self {
        match self {
            Self::Sqlite(file) => Self::Sqlite(file),
            Self::MySql(options) => Self::MySql(Box::new(tls.apply(*options))),
        }
    }

    pub fn is_file(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    /// `mysql://`, `mariadb://` or `sqlite:` with the path of a file. The error never repeats a password.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(EXAMPLE.into()) } else { Ok(Self::Sqlite(path.into())) };
        }
        if !text.starts_with("mysql://") && !text.starts_with("mariadb://") {
            return Err(EXAMPLE.into());
        }
        let options: MySqlConnectOptions = text.parse().map_err(|_| EXAMPLE.to_owned())?;
        if options.get_database().is_none_or(str::is_empty) || options.get_host().is_empty() {
            return Err(EXAMPLE.into());
        }
        Ok(Self::MySql(Box::new(options)))
    }
}

/// For people: without the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "{}", file.display()),
            Self::MySql(options) => write!(
                f,
                "mysql://{}@{}:{}/{}",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default()
            ),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a connection to a server is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    Off,
    /// Encrypted where the server can.
    Preferred,
    /// Encrypted, whoever the server is.
    Required,
    /// Encrypted, and the server shows a certificate for its name from a public authority.
    Verified,
    /// The same with an authority of one's own: a file of certificates (PEM).
    VerifiedBy(PathBuf),
}

impl Tls {
    fn apply(&self, options: MySqlConnectOptions) -> MySqlConnectOptions {
        match self {
            Self::Off => options.ssl_mode(MySqlSslMode::Disabled),
            Self::Preferred => options.ssl_mode(MySqlSslMode::Preferred),
            Self::Required => options.ssl_mode(MySqlSslMode::Required),
            Self::Verified => options.ssl_mode(MySqlSslMode::VerifyIdentity),
            Self::VerifiedBy(file) => options.ssl_mode(MySqlSslMode::VerifyIdentity).ssl_ca(file),
        }
    }
}

impl FromStr for Tls {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "off" => Self::Off,
            "preferred" => Self::Preferred,
            "required" => Self::Required,
            "verify" => Self::Verified,
            path if path.starts_with('/') => Self::VerifiedBy(config::certificates(path)?),
            _ => {
                return Err(
                    "must be off, preferred, required, verify or the path of a file of certificates, \
                            such as /etc/ssl/rds.pem"
                        .into(),
                );
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url: DatabaseUrl = "mysql://chat:p%40ss%2Fw@db.example.org/chat_db".parse().unwrap();
        assert_eq!(url.to_string(), "mysql://chat@db.example.org:3306/chat_db");
        assert_eq!(format!("{url:?}"), "mysql://chat@db.example.org:3306/chat_db");
        let file: DatabaseUrl = "sqlite:/var/lib/chat.db".parse().unwrap();
        assert_eq!(file.to_string(), "/var/lib/chat.db");
    }

    #[test]
    fn a_malformed_address_is_refused_without_being_repeated() {
        for text in
            ["", "chat_db", "mysql:", "mysql://user:hunter2@host", "postgres://u:hunter2@h/d", "sqlite:"]
        {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(error.starts_with("must be") && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn tls_is_one_of_four_words_or_a_file() {
        assert_eq!("verify".parse(), Ok(Tls::Verified));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rds.pem");
        std::fs::write(&file, "-----BEGIN CERTIFICATE-----\n").unwrap();
        assert_eq!(file.to_str().unwrap().parse(), Ok(Tls::VerifiedBy(file)));
        for text in ["yes", "/etc/ssl/not-there.pem"] {
            assert!(text.parse::<Tls>().unwrap_err().starts_with("must"), "{text}");
        }
    }
}
