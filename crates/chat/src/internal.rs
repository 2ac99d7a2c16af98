//! `/internal/*`: what sockets in other processes ask. The same operations as a call within one process makes; each
//! question is about many at once.

use axum::{Json, Router, extract::State, routing::post};
use kit::{
    Result,
    extract::InternalBody,
    fault_points,
    internal_key::{InternalKeys, guard},
};
use protocol::seams::{
    AskAfter, AskDetails, AskMembers, AskMissed, AskOpen, AskPositions, AskRoomsOf, AskSend, Missed, Opened,
    Page, Positions, RoomDetails, RoomMembers, SendAnswer, UserRooms,
};

use crate::{Chat, members, messages, rooms};

/// Mounted only where there is a key. Not in the OpenAPI document: they are between processes of one installation.
pub fn routes(keys: InternalKeys) -> Router<Chat> {
    let routes = Router::new()
        .route("/internal/rooms/open", post(open))
        .route("/internal/rooms/of-users", post(rooms_of))
        .route("/internal/rooms/members", post(members_among))
        .route("/internal/rooms/positions", post(positions))
        .route("/internal/rooms/missed", post(missed))
        .route("/internal/rooms/details", post(details))
        .route("/internal/messages/send", post(send))
        .route("/internal/messages/after", post(after));
    guard(routes, keys)
}

async fn open(State(chat): State<Chat>, InternalBody(ask): InternalBody<AskOpen>) -> Result<Json<Opened>> {
    rooms::open(&chat, &ask.user, ask.room_id).await.map(Json)
}

async fn rooms_of(
    State(chat): State<Chat>,
    InternalBody(ask): InternalBody<AskRoomsOf>,
) -> Result<Json<Vec<UserRooms>>> {
    members::rooms_of(&chat, &ask.users).await.map(Json)
}

async fn members_among(
    State(chat): State<Chat>,
    InternalBody(ask): InternalBody<AskMembers>,
) -> Result<Json<Vec<RoomMembers>>> {
    members::among(&chat, &ask.rooms).await.map(Json)
}

async fn positions(
    State(chat): State<Chat>,
    InternalBody(ask): InternalBody<AskPositions>,
) -> Result<Json<Positions>> {
    rooms::positions(&chat, &ask.rooms, &ask.users).await.map(Json)
}

async fn missed(
    State(chat): State<Chat>,
    InternalBody(ask): InternalBody<AskMissed>,
) -> Result<Json<Missed>> {
    rooms::missed(&chat, &ask.rooms, &ask.users).await.map(Json)
}

async fn details(
    State(chat): State<Chat>,
    InternalBody(ask): InternalBody<AskDetails>,
) -> Result<Json<Vec<RoomDetails>>> {
    rooms::details(&chat, &ask.rooms).await.map(Json)
}

async fn send(State(chat): State<Chat>, InternalBody(ask): InternalBody<AskSend>) -> Json<Vec<SendAnswer>> {
    let answers = messages::send(&chat, ask.drafts).await;
    fault_points::pass("before-answer");
    let answers = answers.into_iter().map(|answer| match answer {
        Ok(sent) => SendAnswer::Sent(sent),
        Err(error) => {
            let (problem, retry_after) = error.to_problem();
            let retry_after_ms = retry_after.and_then(|after| after.as_millis().try_into().ok());
            SendAnswer::Refused { problem, retry_after_ms }
        }
    });
    Json(answers.collect())
}

async fn after(State(chat): State<Chat>, InternalBody(ask): InternalBody<AskAfter>) -> Result<Json<Page>> {
    messages::after(&chat, ask.room_id, ask.seq, ask.limit).await.map(Json)
}
