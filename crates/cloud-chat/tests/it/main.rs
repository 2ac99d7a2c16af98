//! Black-box suites: the real binary as a process, spoken to over HTTP and WebSocket only.

#[macro_use]
mod suites;

mod authorization;
mod backups;
mod bad_input;
mod commands;
mod cross_site;
mod crowds;
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
mod limits;
mod mail;
mod metrics;
mod monitoring;
mod proof;
mod scenarios;
mod secrets;
mod services;
mod shutdown;
mod stale;
mod traces;
