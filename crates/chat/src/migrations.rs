//! The schema of `chat_db`: numbered, append-only, the same for both engines.

mod m0001_tables;
mod m0002_gone_users;
mod m0003_outbox;
mod m0004_details_rev;
mod m0005_missed;

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tables::Migration),
            Box::new(m0002_gone_users::Migration),
            Box::new(m0003_outbox::Migration),
            Box::new(m0004_details_rev::Migration),
            Box::new(m0005_missed::Migration),
        ]
    }
}
