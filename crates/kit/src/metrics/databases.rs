//! Databases: whether each answers, how busy its connections are, and how long it takes.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Registry,
};

use crate::db::{Database, Pool};

/// `databases`: each with the name that it is told apart by, such as `auth`.
pub fn register(registry: &mut Registry, databases: Vec<(&'static str, Database)>) {
    if !databases.is_empty() {
        registry.register_collector(Box::new(Databases(databases)));
    }
}

#[derive(Debug)]
struct Databases(Vec<(&'static str, Database)>);

impl Collector for Databases {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let help = "Whether the database answered when it was last asked, which every scrape does";
        let mut up = encoder.encode_descriptor("database_up", help, None, MetricType::Gauge)?;
        for (name, database) in &self.0 {
            let value = ConstGauge::new(i64::from(database.is_up()));
            value.encode(up.encode_family(&[("database", *name)])?)?;
        }
        self.connections(&mut encoder)?;
        let help = "What statements took, their wait for a connection included";
        let mut statements =
            encoder.encode_descriptor("database_statement_seconds", help, None, MetricType::Histogram)?;
        for (name, pool, database) in self.pools() {
            let labels = [("database", name), ("pool", pool.name())];
            database.handle(pool).meter().statements.encode(statements.encode_family(&labels)?)?;
        }
        let help =
            "How long transactions that write waited to begin: for a connection and for those before them";
        let mut waits =
            encoder.encode_descriptor("database_wait_seconds", help, None, MetricType::Histogram)?;
        for (name, database) in &self.0 {
            database.writer.meter().waits.encode(waits.encode_family(&[("database", *name)])?)?;
        }
        Ok(())
    }
}

impl Databases {
    fn pools(&self) -> impl Iterator<Item = (&'static str, Pool, &Database)> {
        let both = |(name, database)| Pool::BOTH.map(|pool| (name, pool, database));
        self.0.iter().map(|(name, database)| (*name, database)).flat_map(both)
    }

    fn connections(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let help = "Connections to the database that are open, by whether they are in use";
        let mut open = encoder.encode_descriptor("database_connections", help, None, MetricType::Gauge)?;
        for (name, pool, database) in self.pools() {
            let connections = database.handle(pool).connections();
            for (state, count) in [("used", connections.used), ("idle", connections.idle)] {
                let labels = [("database", name), ("pool", pool.name()), ("state", state)];
                ConstGauge::new(i64::from(count)).encode(open.encode_family(&labels)?)?;
            }
        }
        let help = "How many connections to the database there may be";
        let mut most =
            encoder.encode_descriptor("database_connections_max", help, None, MetricType::Gauge)?;
        for (name, pool, database) in self.pools() {
            let labels = [("database", name), ("pool", pool.name())];
            let connections = database.handle(pool).connections();
            ConstGauge::new(i64::from(connections.max)).encode(most.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
