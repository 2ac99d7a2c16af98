//! Chat's way to the sockets that API Gateway holds.

use std::{sync::Arc, time::Duration};

use chat::{Chat, members};
use fanout::{
    aws::Aws,
    gateway::{Connections, GatewayBus, Posts},
};
use kit::{revocations::Revocations, shutdown::Tasks};
use protocol::Timestamp;

use crate::options::GatewayOptions;

/// Sessions that ended are known to chat within 1.5 s, and their sockets closed within five.
const REVOKED_EVERY: Duration = Duration::from_millis(1500);
const REVOKED_OVERLAP: Duration = Duration::from_secs(60);

/// `None` where sockets are elsewhere.
pub fn bus(options: &GatewayOptions) -> Result<Option<GatewayBus>, String> {
    let GatewayOptions { ws_management_endpoint: Some(endpoint), dynamodb_table: Some(table) } = options
    else {
        return Ok(None);
    };
    let aws = Aws::from_env()?;
    Ok(Some(GatewayBus::new(Connections::new(&aws, table), Posts::new(&aws, endpoint))))
}

pub fn start(bus: &GatewayBus, chat: &Chat, revocations: Revocations, tasks: &Tasks) {
    let chat = chat.clone();
    let members = Arc::new(move |room, users| {
        let chat = chat.clone();
        let among = async move {
            let rooms = members::among(&chat, &[(room, users)]).await?;
            Ok(rooms.into_iter().flat_map(|room| room.users).collect())
        };
        Box::pin(among) as futures::future::BoxFuture<'static, _>
    });
    bus.start(members, tasks);
    let bus = bus.clone();
    tasks.every(REVOKED_EVERY, move || {
        bus.revoke(
            &revocations
                .learnt_since(Timestamp::now() - REVOKED_OVERLAP)
                .into_iter()
                .map(|session| session.sid)
                .collect::<Vec<_>>(),
        );
        std::future::ready(())
    });
}
