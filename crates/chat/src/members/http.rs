//! The members of a room: read, added, removed.

use axum::{Json, extract::State, http::HeaderName};
use kit::{
    Result,
    extract::{Body, Path, Query},
    jwt::CurrentUser,
};
use protocol::{
    RoomId, UserId,
    accounts::Done,
    rooms::{AddMember, MemberRemoved, RoomWithMembers},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Chat, members, messages::http::has_more};

pub(crate) fn router() -> OpenApiRouter<Chat> {
    OpenApiRouter::new().routes(routes!(show_room)).routes(routes!(add_member)).routes(routes!(remove_member))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct MemberPages {
    /// The last `userId` of the page before.
    members_after: Option<UserId>,
}

/// Read a room and its members
///
/// Members come in pages of 200, ordered by `userId`.
#[utoipa::path(
    get,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = RoomId, Path, description = "The room."), MemberPages),
    responses((
        status = 200,
        description = "The room and one page of its members.",
        body = RoomWithMembers,
        headers(("x-has-more" = bool, description = "Whether there are members after this page."))
    )),
    security(("bearer" = []))
)]
async fn show_room(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(id): Path<RoomId>,
    Query(pages): Query<MemberPages>,
) -> Result<([(HeaderName, &'static str); 1], Json<RoomWithMembers>)> {
    let membership = members::check(&chat, &user.sender(), id).await?;
    let (page, more) = members::page(&chat, &membership, pages.members_after).await?;
    Ok((has_more(more), Json(RoomWithMembers { room: membership.room().to_room(), members: page })))
}

/// Add a member
///
/// For the owner. Somebody who is a member already stays one.
#[utoipa::path(
    post,
    path = "/rooms/{id}/add-member",
    tag = "rooms",
    params(("id" = RoomId, Path, description = "The room.")),
    request_body = AddMember,
    responses(
        (status = 200, description = "They are a member.", body = Done),
        (status = 403, description = "Not the owner, or the general room."),
        (status = 404, description = "There is no such room for this user, or no user of that name.")
    ),
    security(("bearer" = []))
)]
async fn add_member(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(id): Path<RoomId>,
    Body(body): Body<AddMember>,
) -> Result<Json<Done>> {
    let membership = members::check(&chat, &user.sender(), id).await?;
    members::add(&chat, membership, &body.username).await?;
    Ok(Json(Done::OK))
}

/// Remove a member, or leave
///
/// For the owner or oneself. An owner who leaves hands over to the longest-standing member; the last one out deletes
/// the room. The removed user is given nothing above the returned `lastSeq`.
#[utoipa::path(
    delete,
    path = "/rooms/{id}/members/{userId}",
    tag = "rooms",
    params(
        ("id" = RoomId, Path, description = "The room."),
        ("userId" = UserId, Path, description = "Who is removed.")
    ),
    responses(
        (status = 200, description = "They are not a member.", body = MemberRemoved),
        (status = 403, description = "Neither the owner nor oneself, or the general room.")
    ),
    security(("bearer" = []))
)]
async fn remove_member(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path((id, removed)): Path<(RoomId, UserId)>,
) -> Result<Json<MemberRemoved>> {
    let membership = members::check(&chat, &user.sender(), id).await?;
    members::remove(&chat, membership, removed).await.map(Json)
}
