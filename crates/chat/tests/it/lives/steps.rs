//! What happens to rooms, by chance, and where the database fails meanwhile.

use proptest::prelude::*;

pub const USERS: usize = 3;

/// Rooms are counted from the general one on, those that are deleted included.
#[derive(Debug, Clone)]
pub enum Step {
    Create {
        user: usize,
    },
    Send {
        user: usize,
        room: usize,
        client_id: u8,
    },
    Add {
        by: usize,
        user: usize,
        room: usize,
    },
    Remove {
        by: usize,
        user: usize,
        room: usize,
    },
    Rename {
        by: usize,
        room: usize,
    },
    Delete {
        by: usize,
        room: usize,
    },
    Read {
        user: usize,
        room: usize,
        seq: i64,
    },
    RenameUser {
        user: usize,
    },
    /// The account is deleted; another one takes its place.
    Erase {
        user: usize,
    },
    Restart,
}

/// A statement that the database refuses, as when it can write no more.
#[derive(Debug, Clone)]
pub struct Fault {
    pub statement: &'static str,
    pub table: &'static str,
    /// It ends the transaction by itself.
    pub rolls_back: bool,
}

pub fn steps() -> impl Strategy<Value = Vec<(Step, Option<Fault>)>> {
    let (user, room) = (|| 0..USERS, || 0..5_usize);
    let step = prop_oneof![
        2 => user().prop_map(|user| Step::Create { user }),
        10 => (user(), room(), 0..12_u8).prop_map(|(user, room, client_id)| Step::Send { user, room, client_id }),
        8 => (user(), user(), room()).prop_map(|(by, user, room)| Step::Add { by, user, room }),
        4 => (user(), user(), room()).prop_map(|(by, user, room)| Step::Remove { by, user, room }),
        1 => (user(), room()).prop_map(|(by, room)| Step::Rename { by, room }),
        1 => (user(), room()).prop_map(|(by, room)| Step::Delete { by, room }),
        4 => (user(), room(), 1..8_i64).prop_map(|(user, room, seq)| Step::Read { user, room, seq }),
        1 => user().prop_map(|user| Step::RenameUser { user }),
        1 => user().prop_map(|user| Step::Erase { user }),
        1 => Just(Step::Restart),
    ];
    let tables = ["rooms", "room_members", "messages", "user_revisions", "member_changes"];
    let statement = prop::sample::select(vec!["INSERT", "UPDATE", "DELETE"]);
    let fault = (statement, prop::sample::select(tables.to_vec()), prop::bool::ANY);
    let fault = fault.prop_map(|(statement, table, rolls_back)| Fault { statement, table, rolls_back });
    prop::collection::vec((step, prop::option::weighted(0.3, fault)), 1..50)
}
