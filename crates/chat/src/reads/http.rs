//! `POST /rooms/{id}/read`.

use axum::{Json, extract::State};
use kit::{
    Result,
    extract::{Body, Path},
    jwt::CurrentUser,
};
use protocol::{RoomId, accounts::Done, rooms::ReadMark};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Chat, members, reads};

pub(crate) fn router() -> OpenApiRouter<Chat> {
    OpenApiRouter::new().routes(routes!(mark_read))
}

/// Say how far one has read
///
/// Only moves forward; past the room's last message means up to it.
#[utoipa::path(
    post,
    path = "/rooms/{id}/read",
    tag = "rooms",
    params(("id" = RoomId, Path, description = "The room.")),
    request_body = ReadMark,
    responses((status = 200, description = "Read up to there, or further.", body = Done)),
    security(("bearer" = []))
)]
async fn mark_read(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(id): Path<RoomId>,
    Body(mark): Body<ReadMark>,
) -> Result<Json<Done>> {
    let membership = members::check(&chat, &user.sender(), id).await?;
    reads::mark(&chat, &membership, mark.seq).await?;
    Ok(Json(Done::OK))
}
