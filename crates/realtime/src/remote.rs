//! Sockets ask chat in another process: each question is a request with the internal key. Whoever asks has deadlines of
//! their own, a little longer, for when even these hang.

use std::time::Duration;

use async_trait::async_trait;
use kit::{Error, Result, config::Secret, peers::Peer};
use protocol::{
    RoomId, Seq, UserId,
    seams::{
        AskAfter, AskDetails, AskMembers, AskMissed, AskOpen, AskPositions, AskRoomsOf, AskSend, Draft,
        Missed, Opened, Page, Positions, RoomDetails, RoomMembers, SendAnswer, Sender, Sent, UserRooms,
    },
};

use crate::Rooms;

const ASK_TIMEOUT: Duration = Duration::from_millis(2500);
/// Storing may wait for a database that comes back.
const SEND_TIMEOUT: Duration = Duration::from_secs(8);
const ASKS_MAX: usize = 32;
/// Each connection has one batch on its way.
const SENDS_MAX: usize = 128;

pub struct RemoteRooms {
    /// Many sends that wait must not keep what repairs from being asked.
    sends: Peer,
    pub asks: Peer,
}

impl RemoteRooms {
    pub fn new(origin: &str, key: &Secret) -> Result<Self> {
        Ok(Self {
            sends: Peer::new("chat", origin, key, SENDS_MAX)?,
            asks: Peer::new("chat", origin, key, ASKS_MAX)?,
        })
    }

    async fn try_send(&self, ask: &AskSend) -> Result<Vec<SendAnswer>> {
        let answers: Vec<SendAnswer> = self.sends.post("/internal/messages/send", ask, SEND_TIMEOUT).await?;
        if answers.len() == ask.drafts.len() {
            Ok(answers)
        } else {
            Err(Error::internal("chat gave not one answer for each draft"))
        }
    }
}

#[async_trait]
impl Rooms for RemoteRooms {
    async fn open(&self, user: &Sender, room_id: RoomId) -> Result<Opened> {
        let ask = AskOpen { user: user.clone(), room_id };
        self.asks.post("/internal/rooms/open", &ask, ASK_TIMEOUT).await
    }

    async fn rooms_of(&self, users: &[Sender]) -> Result<Vec<UserRooms>> {
        let ask = AskRoomsOf { users: users.to_vec() };
        self.asks.post("/internal/rooms/of-users", &ask, ASK_TIMEOUT).await
    }

    async fn send(&self, drafts: Vec<Draft>) -> Vec<Result<Sent>> {
        let count = drafts.len();
        match self.try_send(&AskSend { drafts }).await {
            Ok(answers) => answers.into_iter().map(sent).collect(),
            Err(error) => {
                tracing::debug!(%error, count, "messages could not be handed to chat");
                let refused = || Err(Error::unavailable("The message could not be stored now. Try again."));
                (0..count).map(|_| refused()).collect()
            }
        }
    }

    async fn after(&self, room_id: RoomId, seq: Seq, limit: u64) -> Result<Page> {
        self.asks.post("/internal/messages/after", &AskAfter { room_id, seq, limit }, ASK_TIMEOUT).await
    }

    async fn members(&self, asked: &[(RoomId, Vec<UserId>)]) -> Result<Vec<RoomMembers>> {
        let ask = AskMembers { rooms: asked.to_vec() };
        self.asks.post("/internal/rooms/members", &ask, ASK_TIMEOUT).await
    }

    async fn last_seqs(&self, rooms: &[RoomId], users: &[UserId]) -> Result<Positions> {
        let ask = AskPositions { rooms: rooms.to_vec(), users: users.to_vec() };
        self.asks.post("/internal/rooms/positions", &ask, ASK_TIMEOUT).await
    }

    async fn missed(&self, rooms: &[(RoomId, i64)], users: &[(UserId, i64)]) -> Result<Missed> {
        let ask = AskMissed { rooms: rooms.to_vec(), users: users.to_vec() };
        self.asks.post("/internal/rooms/missed", &ask, ASK_TIMEOUT).await
    }

    async fn details(&self, rooms: &[RoomId]) -> Result<Vec<RoomDetails>> {
        self.asks.post("/internal/rooms/details", &AskDetails { rooms: rooms.to_vec() }, ASK_TIMEOUT).await
    }
}

fn sent(answer: SendAnswer) -> Result<Sent> {
    match answer {
        SendAnswer::Sent(sent) => Ok(sent),
        SendAnswer::Refused { problem, retry_after_ms } => {
            Err(Error::from_problem(problem, retry_after_ms.map(Duration::from_millis)))
        }
    }
}
