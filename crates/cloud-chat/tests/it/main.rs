//! Black-box suites: the real binary as a process, spoken to over HTTP and WebSocket only.

#[macro_use]
mod suites;

mod authorization;
mod bad_input;
mod commands;
mod databases;
mod deployment;
mod durability;
mod frontend;
mod fuzzing;
mod harness;
mod http_contract;
mod https;
mod limits;
mod mail;
mod metrics;
mod proof;
mod scenarios;
mod services;
mod shutdown;
mod stale;
