//! `/rooms/*`, members and read marks excepted.

use axum::{Json, extract::State, http::StatusCode};
use kit::{
    Result,
    extract::{Body, Path},
    jwt::CurrentUser,
};
use protocol::{
    Room, RoomId,
    accounts::Done,
    rooms::{RoomName, RoomSummary},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Chat, members, rooms};

pub(crate) fn router() -> OpenApiRouter<Chat> {
    OpenApiRouter::new()
        .routes(routes!(general_room))
        .routes(routes!(my_rooms))
        .routes(routes!(create_room))
        .routes(routes!(rename_room, delete_room))
}

/// Read the general room
///
/// Joins it.
#[utoipa::path(
    get,
    path = "/rooms/general",
    tag = "rooms",
    responses((
        status = 200,
        description = "The room that everybody is in.",
        body = RoomSummary,
        links(
            ("messages" = (operation_id = "list_messages", parameters(("roomId" = "$response.body#/id")))),
            ("send" = (operation_id = "send_message", parameters(("roomId" = "$response.body#/id"))))
        )
    )),
    security(("bearer" = []))
)]
async fn general_room(State(chat): State<Chat>, user: CurrentUser) -> Result<Json<RoomSummary>> {
    let membership = members::check_general(&chat, &user.sender()).await?;
    rooms::summary(&chat, &membership).await.map(Json)
}

/// List one's rooms
///
/// Without the general one; where something was last said comes first.
#[utoipa::path(
    get,
    path = "/rooms/my-rooms",
    tag = "rooms",
    responses((
        status = 200,
        description = "One's rooms.",
        body = [RoomSummary],
        links(("first" = (operation_id = "show_room", parameters(("id" = "$response.body#/0/id")))))
    )),
    security(("bearer" = []))
)]
async fn my_rooms(State(chat): State<Chat>, user: CurrentUser) -> Result<Json<Vec<RoomSummary>>> {
    rooms::of_user(&chat, user.id).await.map(Json)
}

/// Create a room
///
/// The caller owns it and is its first member.
#[utoipa::path(
    post,
    path = "/rooms/create",
    tag = "rooms",
    request_body = RoomName,
    responses((status = 201, description = "Created.", body = Room)),
    security(("bearer" = []))
)]
async fn create_room(
    State(chat): State<Chat>,
    user: CurrentUser,
    Body(body): Body<RoomName>,
) -> Result<(StatusCode, Json<Room>)> {
    let room = rooms::create(&chat, user.sender(), body.name).await?;
    Ok((StatusCode::CREATED, Json(room)))
}

/// Rename a room
///
/// For the owner.
#[utoipa::path(
    patch,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = RoomId, Path, description = "The room.")),
    request_body = RoomName,
    responses(
        (status = 200, description = "The room as it is now.", body = Room),
        (status = 403, description = "Not the owner, or the general room.")
    ),
    security(("bearer" = []))
)]
async fn rename_room(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(id): Path<RoomId>,
    Body(body): Body<RoomName>,
) -> Result<Json<Room>> {
    let membership = members::check(&chat, &user.sender(), id).await?;
    rooms::rename(&chat, membership, body.name).await.map(Json)
}

/// Delete a room
///
/// For the owner. It is gone at once, with its messages.
#[utoipa::path(
    delete,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = RoomId, Path, description = "The room.")),
    responses(
        (status = 200, description = "Deleted.", body = Done),
        (status = 403, description = "Not the owner, or the general room.")
    ),
    security(("bearer" = []))
)]
async fn delete_room(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(id): Path<RoomId>,
) -> Result<Json<Done>> {
    let membership = members::check(&chat, &user.sender(), id).await?;
    rooms::delete(&chat, membership).await?;
    Ok(Json(Done::OK))
}
