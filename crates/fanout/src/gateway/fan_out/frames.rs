//! Events as sockets hear them.

use std::collections::HashSet;

use bytes::Bytes;
use protocol::{ServerEvent, UserId};

use crate::{Event, gateway::Scope};

/// What the members of a room hear.
pub fn of_room(events: &[Event]) -> Vec<Bytes> {
    events.iter().filter_map(heard).map(|event| frame(&event)).collect()
}

/// What a user hears of having been removed, once.
pub fn of_removal(events: &[Event], user: UserId) -> Vec<Bytes> {
    let is_it = |event: &&Event| matches!(event, Event::MemberRemoved { user_id, .. } if *user_id == user);
    events.iter().rev().find(is_it).and_then(heard).map(|event| frame(&event)).into_iter().collect()
}

/// What a user hears on a connection of this scope.
pub fn of_user(events: &[Event], scope: Scope) -> Vec<Bytes> {
    let read = events.iter().filter_map(|event| match event {
        Event::Read { room_id, seq, .. } if matches!(scope, Scope::All) || scope == Scope::Room(*room_id) => {
            Some(ServerEvent::Read { room_id: *room_id, seq: *seq })
        }
        _ => None,
    });
    read.map(|event| frame(&event)).collect()
}

/// What is heard last where the room was deleted.
pub fn farewell(events: &[Event]) -> Option<Bytes> {
    events.iter().find_map(|event| match event {
        Event::RoomDeleted { room_id } => Some(frame(&ServerEvent::RoomDeleted { room_id: *room_id })),
        _ => None,
    })
}

pub fn added(events: &[Event]) -> HashSet<UserId> {
    let added = events.iter().filter_map(|event| match event {
        Event::MemberAdded { user_id, .. } => Some(*user_id),
        _ => None,
    });
    added.collect()
}

pub fn removed(events: &[Event]) -> HashSet<UserId> {
    let removed = events.iter().filter_map(|event| match event {
        Event::MemberRemoved { user_id, .. } => Some(*user_id),
        _ => None,
    });
    removed.collect()
}

fn heard(event: &Event) -> Option<ServerEvent> {
    Some(match event.clone() {
        Event::Message { message, .. } => ServerEvent::Message { room_id: message.room_id, message },
        Event::MemberAdded { room_id, user_id, username, .. } => {
            ServerEvent::MemberAdded { room_id, user_id, username }
        }
        Event::MemberRemoved { room_id, user_id, username, .. } => {
            ServerEvent::MemberRemoved { room_id, user_id, username }
        }
        Event::RoomUpdated { room, .. } => ServerEvent::RoomUpdated { room },
        _ => return None,
    })
}

fn frame(event: &ServerEvent) -> Bytes {
    serde_json::to_vec(event).expect("an event has only string keys and cannot fail").into()
}
