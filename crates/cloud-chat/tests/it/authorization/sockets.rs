//! The matrix of sockets: who may connect to what, and what a connection lets them do and hear.

use serde_json::json;

use super::{
    table::{ROLES, Role},
    world::World,
};
use crate::harness::{Refusal, Socket, Topology, eventually};

/// May connect to everything of theirs and to the room, and whether they speak and hear there.
struct May {
    connect: bool,
    room: bool,
}

fn may(role: Role) -> May {
    match role {
        Role::Stranger | Role::Deleted | Role::Disabled | Role::Expired | Role::Revoked => {
            May { connect: false, room: false }
        }
        Role::NonMember | Role::Removed => May { connect: true, room: false },
        Role::Member | Role::Owner => May { connect: true, room: true },
    }
}

pub async fn a_socket_admits_whom_it_should_and_nobody_else(topology: Topology) {
    let mut app = topology.start().await;
    let world = World::new(&app).await;
    let general = world.owner.general().await;

    for role in ROLES {
        let room = world.room().await;
        let token = world.token(role, &world.owner);
        let all = token.as_ref().map_or_else(String::new, |token| format!("?token={token}"));
        let one = token.as_ref().map_or_else(|| format!("?roomId={room}"), |_| format!("{all}&roomId={room}"));
        let May { connect, room: may_room } = may(role);
        if !connect {
            // Who ended just now may be let in for a moment by a node that has not heard of it.
            eventually("nobody is let in who should not be", async || {
                let dialled = Socket::dial(&app.api, &all).await;
                let is_in = match dialled {
                    Ok(socket) => socket.greeting().await.is_ok(),
                    Err(_) => false,
                };
                (!is_in).then_some(())
            })
            .await;
            for query in [&all, &one] {
                Socket::refused(&app.api, query, Refusal::Token).await;
            }
            continue;
        }
        let mut socket = Socket::open(&app.api, &all).await;
        assert_eq!(socket.position(room).is_some(), may_room, "{role:?} is told of the room");
        socket.assert_alive().await;
        if may_room {
            let mut bound = Socket::open(&app.api, &one).await;
            assert_eq!(socket.send_acked(room, &format!("{role:?}"), "hi").await["seq"], 1, "{role:?}");
            assert_eq!(bound.expect_message(room).await["content"], "hi", "{role:?}");
        } else {
            Socket::refused(&app.api, &one, Refusal::Room).await;
            socket.send(room, &format!("{role:?}"), "hi").await;
            let error = socket.expect_error("NOT_FOUND").await;
            assert_eq!(error["clientMessageId"], format!("{role:?}"));
            assert_eq!(world.owner.history(room).await.len(), 0, "nothing of {role:?} is stored");
            world.owner.send(room, "among members").await;
            world.owner.send(general, "to everybody").await;
            let heard = socket.expect_where("what everybody hears", |event| event["type"] == "message").await;
            assert_eq!(heard["message"]["content"], "to everybody", "{role:?}");
            assert!(socket.unasked().iter().all(|event| event["roomId"] != json!(room)), "{role:?}");
        }
    }
    app.assert_healthy().await;
}
