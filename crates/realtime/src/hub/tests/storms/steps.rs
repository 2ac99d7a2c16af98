//! What happens in a storm, by chance.

use proptest::prelude::*;

pub const NODES: usize = 2;
pub const USERS: usize = 3;
pub const ROOMS: usize = 3;

#[derive(Debug, Clone)]
pub enum Step {
    Say {
        room: usize,
        ways: Ways,
    },
    /// More messages than wait for a client that does not read.
    Flood {
        room: usize,
    },
    Join {
        room: usize,
        user: usize,
        ways: Ways,
    },
    Leave {
        room: usize,
        user: usize,
        ways: Ways,
    },
    /// Another room takes its place.
    Delete {
        room: usize,
        ways: Ways,
    },
    Rename {
        room: usize,
        ways: Ways,
    },
    Read {
        room: usize,
        user: usize,
        ways: Ways,
    },
    /// The account is deleted; another one takes its place.
    Erase {
        user: usize,
        ways: Ways,
    },
    Revoke {
        user: usize,
        session: usize,
    },
    /// The storm goes on while it connects, or waits until it has.
    Connect {
        node: usize,
        user: usize,
        session: usize,
        room: Option<usize>,
        is_awaited: bool,
    },
    Disconnect {
        nth: usize,
    },
    /// A client does not read any more.
    Stall {
        nth: usize,
    },
    /// The n-th of what is under way to a node arrives.
    Arrive {
        node: usize,
        nth: usize,
    },
    /// A node has no bus, or it is back.
    Cut {
        node: usize,
        is_cut: bool,
    },
    Restart {
        node: usize,
        is_killed: bool,
    },
    /// Chat cannot be reached, or it is back.
    Away(bool),
    Wait {
        ms: u64,
    },
}

/// How an event comes to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Now,
    Late,
    /// At once, and again later.
    Twice,
    Lost,
}

pub type Ways = [Way; NODES];

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (room, user, node, session) = (|| 0..ROOMS, || 0..USERS, || 0..NODES, || 0..2_usize);
    let nth = || 0..10_usize;
    let way = || prop_oneof![6 => Just(Way::Now), 2 => Just(Way::Late), 2 => Just(Way::Twice), 3 => Just(Way::Lost)];
    let ways = move || [way(), way()];
    let connect = (node(), user(), session(), prop::option::weighted(0.4, room()), prop::bool::ANY);
    let step = prop_oneof![
        10 => (room(), ways()).prop_map(|(room, ways)| Step::Say { room, ways }),
        1 => room().prop_map(|room| Step::Flood { room }),
        8 => (room(), user(), ways()).prop_map(|(room, user, ways)| Step::Join { room, user, ways }),
        5 => (room(), user(), ways()).prop_map(|(room, user, ways)| Step::Leave { room, user, ways }),
        1 => (room(), ways()).prop_map(|(room, ways)| Step::Delete { room, ways }),
        4 => (room(), ways()).prop_map(|(room, ways)| Step::Rename { room, ways }),
        3 => (room(), user(), ways()).prop_map(|(room, user, ways)| Step::Read { room, user, ways }),
        1 => (user(), ways()).prop_map(|(user, ways)| Step::Erase { user, ways }),
        1 => (user(), session()).prop_map(|(user, session)| Step::Revoke { user, session }),
        7 => connect.prop_map(|(node, user, session, room, is_awaited)| {
            Step::Connect { node, user, session, room, is_awaited }
        }),
        1 => nth().prop_map(|nth| Step::Disconnect { nth }),
        1 => nth().prop_map(|nth| Step::Stall { nth }),
        9 => (node(), nth()).prop_map(|(node, nth)| Step::Arrive { node, nth }),
        1 => (node(), prop::bool::ANY).prop_map(|(node, is_cut)| Step::Cut { node, is_cut }),
        1 => (node(), prop::bool::ANY).prop_map(|(node, is_killed)| Step::Restart { node, is_killed }),
        1 => prop::bool::weighted(0.3).prop_map(Step::Away),
        3 => (0..2000_u64).prop_map(|ms| Step::Wait { ms }),
    ];
    prop::collection::vec(step, 1..80)
}
