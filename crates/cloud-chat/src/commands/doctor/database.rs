//! A database: whether it answers, whether its schema fits, and what time it is there.

use kit::db::{Database, DatabaseUrl, Schema};
use sea_orm_migration::sea_orm::DbErr;

use super::{
    clock, explain,
    report::{Finding, Report, ok, problem, warning},
};
use crate::options::{SchemaOptions, Which};

pub async fn check(
    report: &mut Report,
    which: Which,
    url: &DatabaseUrl,
    sync: SchemaOptions,
) -> Result<(), String> {
    let what = format!("{} database", which.name());
    if let DatabaseUrl::Sqlite(file) = url
        && !file.exists()
    {
        return report.add(&what, ok(format!("{url} is not there yet; the first start makes it")));
    }
    let database = match open(url).await {
        Ok(database) => database,
        Err(error) => {
            let text = format!("{url}: {}. {}", explain(&error), remedy(url, &error));
            return report.add(&what, problem(text));
        }
    };
    let schema = match which {
        Which::Auth => database.schema::<auth::Migrator>().await,
        Which::Chat => database.schema::<chat::Migrator>().await,
    };
    let finding = match schema {
        Ok(schema) => judge(which, url, &schema, sync),
        Err(error) => problem(format!("{url}: {}. {}", explain(&error), remedy(url, &error))),
    };
    report.add(&what, finding)?;
    match database.time().await {
        Ok(Some(time)) => report.add("clock", clock::judge(time, &format!("the server of the {what}")))?,
        Ok(None) => {}
        Err(error) => report.add("clock", problem(format!("{url}: {}", explain(&error))))?,
    }
    database.close().await.map_err(|error| format!("{url} cannot be closed: {error}"))
}

async fn open(url: &DatabaseUrl) -> Result<Database, DbErr> {
    Database::knock(url).await?;
    Database::open(url).await
}

fn judge(which: Which, url: &DatabaseUrl, schema: &Schema, sync: SchemaOptions) -> Finding {
    if let Some(newest) = schema.unknown.last() {
        return warning(format!(
            "{url}: a newer version has been at work (its schema has {newest}). Run that version, or finish the \
             upgrade."
        ));
    }
    let Some(newest) = schema.missing.last() else { return ok(format!("{url}, schema up to date")) };
    if url.is_file() || sync.db_sync {
        return ok(format!("{url}, schema to be brought up to {newest} by the next start"));
    }
    problem(format!(
        "{url}: the schema is behind, {newest} is missing. Run cloud-chat migrate --database {}, or set DB_SYNC=true.",
        which.name()
    ))
}

fn remedy(url: &DatabaseUrl, error: &DbErr) -> &'static str {
    if url.is_file() {
        return "Restore a backup, or look at the disk and at who owns the file.";
    }
    if kit::db::is_away(error) {
        return "Is the server running, and its port open for this machine?";
    }
    "Check the name of the database, the user, the password and DB_TLS."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_is_ahead_is_warned_of_and_one_of_a_file_is_no_problem() {
        let (sync, manual) = (SchemaOptions { db_sync: true }, SchemaOptions { db_sync: false });
        let server: DatabaseUrl = "mysql://chat:hunter2@db.example.org/chat_db".parse().unwrap();
        let file: DatabaseUrl = "sqlite:/var/lib/cloud-chat/chat.db".parse().unwrap();
        let ahead = Schema { missing: Vec::new(), unknown: vec!["m0099_next".into()] };
        let behind = Schema { missing: vec!["m0005_missed".into()], unknown: Vec::new() };
        let judged = |url, schema, sync| judge(Which::Chat, url, schema, sync);
        assert!(
            matches!(judged(&server, &ahead, manual), Finding::Warning(text) if text.contains("m0099_next"))
        );
        let Finding::Problem(text) = judged(&server, &behind, manual) else { panic!("it does not start") };
        assert!(text.contains("cloud-chat migrate --database chat") && !text.contains("hunter2"), "{text}");
        assert!(matches!(judged(&server, &behind, sync), Finding::Ok(_)));
        assert!(matches!(judged(&file, &behind, manual), Finding::Ok(_)));
        assert!(matches!(judged(&file, &Schema::default(), manual), Finding::Ok(_)));
    }
}
