//! Sockets that API Gateway holds: who is told what, on DynamoDB's API and a management API that fails as AWS's does.

mod ends;
mod failures;
mod members;
mod rooms;
mod table;
mod world;
