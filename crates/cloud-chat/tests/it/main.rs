//! Black-box suites: the real binary as a process, spoken to over HTTP and WebSocket only.

#[macro_use]
mod suites;

mod authorization;
mod backups;
mod bad_input;
mod commands;
mod databases;
mod deployment;
mod doctor;
mod durability;
mod erasure;
mod frontend;
mod fuzzing;
mod harness;
mod http_contract;
mod https;
mod kills;
mod limits;
mod mail;
mod metrics;
mod scenarios;
mod services;
mod shutdown;
mod stale;
