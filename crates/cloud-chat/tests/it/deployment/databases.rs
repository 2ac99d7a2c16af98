//! `db/init`: what the database server is told on its first start is enough for the services, and no more.

use std::{os::unix::fs::PermissionsExt, path::Path};

use testbed::MariaDb;
use tokio::process::Command;

use super::file;
use crate::harness::{Output, output_of, run_with};

/// Everything that SQL, a shell or a grant might take for something else.
const AUTH: [(&str, &str); 3] = [
    ("AUTH_DB_NAME", "auth_db"),
    ("AUTH_DB_USER", "o'auth"),
    ("AUTH_DB_PASSWORD", "it's \\ `a` \"$HOME\" #1"),
];
const CHAT: [(&str, &str); 3] =
    [("CHAT_DB_NAME", "authXdb"), ("CHAT_DB_USER", "chat"), ("CHAT_DB_PASSWORD", "plain")];

/// As the image of the database server runs it, with a client that finds our server.
async fn prepare(server: &MariaDb, folder: &Path) {
    let client = folder.join("mysql");
    let port = server.admin().get_port();
    let script = format!(
        "#!/bin/sh\nexec mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port={port} --user=root\n"
    );
    std::fs::write(&client, script).expect("the folder is ours");
    std::fs::set_permissions(&client, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut init = Command::new(file("db/init/databases.sh"));
    init.env("PATH", path).env("MYSQL_PWD", "").envs(AUTH).envs(CHAT);
    let output = output_of("the databases are made", init).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}

async fn migrate(server: &MariaDb, which: &str, name: &str, user: &str, password: &str) -> Output {
    let port = server.admin().get_port().to_string();
    let settings = [
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", port.as_str()),
        ("DB_NAME", name),
        ("DB_USER", user),
        ("DB_PASSWORD", password),
    ];
    run_with(&["migrate", "--database", which], &settings).await
}

#[tokio::test]
async fn each_service_may_use_its_own_database_and_no_other() {
    let server = MariaDb::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    prepare(&server, folder.path()).await;
    let [auth, auth_user, auth_password] = AUTH.map(|(_, value)| value);
    let [chat, chat_user, chat_password] = CHAT.map(|(_, value)| value);
    for (which, name, user, password) in
        [("auth", auth, auth_user, auth_password), ("chat", chat, chat_user, chat_password)]
    {
        let output = migrate(&server, which, name, user, password).await;
        assert_eq!(output.code, Some(0), "{which}: {}", output.stderr);
    }

    // `_` in a grant would be any character.
    for (which, name, user, password) in
        [("chat", chat, auth_user, auth_password), ("auth", auth, chat_user, chat_password)]
    {
        let output = migrate(&server, which, name, user, password).await;
        assert_eq!(output.code, Some(1), "{user} may use {name}: {}", output.stdout);
        assert!(output.stderr.to_lowercase().contains("access denied"), "{}", output.stderr);
    }
}
