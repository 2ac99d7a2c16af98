//! What a request to connect brings, whichever way it comes.

use protocol::{RoomId, ids::InvalidId};

/// The one subprotocol, which carries the token.
pub const BEARER: &str = "bearer";

/// Not looked at yet: the token may be anybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub token: Option<String>,
    /// `None`: every room of the user. A room that is no id names none; so do two of them.
    pub room: Result<Option<RoomId>, InvalidId>,
    /// The token came as a subprotocol, which is then echoed.
    pub is_bearer: bool,
}

impl Invitation {
    /// `protocols`: the values of `Sec-WebSocket-Protocol`.
    pub fn of<'a>(query: &[(String, String)], protocols: impl Iterator<Item = &'a str>) -> Self {
        let mut offered = protocols.flat_map(|value| value.split(',')).map(str::trim);
        let is_bearer = offered.any(|protocol| protocol == BEARER);
        // What follows `bearer` in the list is the token.
        let token = offered.next().map(Into::into).or_else(|| values(query, "token").next().cloned());
        let mut rooms = values(query, "roomId");
        let room = match (rooms.next(), rooms.next()) {
            (None, _) => Ok(None),
            (Some(room), None) => room.parse().map(Some),
            _ => Err(InvalidId),
        };
        Self { token, room, is_bearer }
    }
}

fn values<'a>(query: &'a [(String, String)], wanted: &'static str) -> impl Iterator<Item = &'a String> {
    query.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Vec<(String, String)> {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn a_token_as_subprotocol_counts_before_one_in_the_address() {
        let invitation = Invitation::of(&query("token=a"), ["chat, bearer", "b"].into_iter());
        assert_eq!((invitation.token.as_deref(), invitation.is_bearer), (Some("b"), true));
        let invitation = Invitation::of(&query("token=a"), ["chat"].into_iter());
        assert_eq!((invitation.token.as_deref(), invitation.is_bearer), (Some("a"), false));
    }

    #[test]
    fn one_room_all_rooms_or_none() {
        for (text, room) in [
            ("token=a", Ok(None)),
            ("roomId=7", Ok(Some(RoomId(7)))),
            ("roomId=07", Err(InvalidId)),
            ("roomId=7&roomId=8", Err(InvalidId)),
        ] {
            assert_eq!(Invitation::of(&query(text), std::iter::empty()).room, room, "{text}");
        }
    }
}
