//! Random lives of rooms, over HTTP and against a model: every change does all that it should or, where the database fails
//! in the middle, nothing; and whatever is read afterwards, by anybody, is what the model says.

mod model;
mod steps;

use std::sync::Arc;

use chat::Config;
use fanout::{Bus, Event};
use proptest::prelude::*;
use protocol::{Message, Room, RoomId, seams::Change};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use testbed::Engine;

use crate::app::{Answer, ENGINE, PATIENCE, TestApp, TestUser, unlimited};
use model::{Entry, GENERAL, Model, ModelRoom};
use steps::{Fault, Step, USERS, steps};

struct Life {
    app: TestApp,
    model: Model,
    users: Vec<TestUser>,
    /// Who these are to the model.
    people: Vec<usize>,
    /// Of changes so far: no name or message is like another.
    count: usize,
}

impl Life {
    async fn new() -> Self {
        let app = TestApp::start_with(Arc::default(), &Config { is_alone: true, ..unlimited() }).await;
        let mut life = Self { app, model: Model::default(), users: Vec::new(), people: Vec::new(), count: 0 };
        for _ in 0..USERS {
            let user = life.person().await;
            life.users.push(user);
            life.people.push(life.model.names.len() - 1);
        }
        life
    }

    /// A new account; who first uses the general room is in it.
    async fn person(&mut self) -> TestUser {
        let name = format!("person{}", self.model.names.len());
        let user = self.app.user(&name);
        let general = user.general().await.room.id;
        if self.model.rooms.is_empty() {
            self.model.rooms.push(ModelRoom::new(general, "general", None));
        }
        self.model.rooms[GENERAL].join(self.model.names.len());
        self.model.names.push(name);
        user
    }

    async fn step(&mut self, step: &Step, fault: Option<&Fault>) {
        self.count += 1;
        let content = format!("new{}", self.count);
        let before = self.model.clone();
        let expected = self.model.apply(step, &self.people, &content);
        let fault = fault.filter(|_| ENGINE == Engine::Sqlite && !step.is_done_again());
        self.break_at(fault).await;
        let answer = self.act(step, &content).await;
        self.mend(fault).await;
        let Some(answer) = answer else { return };
        if fault.is_some() && answer.status.is_server_error() {
            self.model = before;
            if let Step::Read { user, room, seq } = *step {
                // It is tried again; nobody was told either way.
                self.retry_read(user, room, seq).await;
            }
            return;
        }
        assert_eq!(answer.status.as_u16(), expected.0, "{step:?}: {}", answer.body);
        if let (Step::Create { user }, true) = (step, answer.status.is_success()) {
            let room = ModelRoom::new(answer.json::<Room>().id, &content, Some(self.people[*user]));
            self.model.rooms.push(room);
        }
        if let (Step::Remove { room, .. }, true) = (step, answer.status.is_success()) {
            let room = &before.rooms[room % before.rooms.len()];
            assert_eq!(answer.json::<Value>()["lastSeq"], room.last_seq());
        }
        if let Some(entry) = expected.1 {
            assert_eq!(seen(&answer.json()), entry);
        }
    }

    /// `None` for what is not asked by anybody.
    async fn act(&mut self, step: &Step, content: &str) -> Option<Answer> {
        let path = |room: usize| format!("/rooms/{}", self.room(room));
        let (users, people) = (&self.users, &self.people);
        Some(match *step {
            Step::Create { user } => users[user].post("/rooms/create", json!({"name": content})).await,
            Step::Send { user, room, client_id } => {
                users[user].send_as(self.room(room), content, &format!("c{client_id}")).await
            }
            Step::Add { by, user, room } => {
                let body = json!({"username": self.model.names[people[user]]});
                users[by].post(&format!("{}/add-member", path(room)), body).await
            }
            Step::Remove { by, user, room } => users[by].remove(self.room(room), users[user].id).await,
            Step::Rename { by, room } => users[by].patch(&path(room), json!({"name": content})).await,
            Step::Delete { by, room } => users[by].delete(&path(room)).await,
            Step::Read { user, room, seq } => users[user].read(self.room(room), seq).await,
            Step::RenameUser { user } => {
                self.app.accounts.rename(users[user].id, content);
                self.followed(user, Some(content)).await;
                self.users[user] = self.app.user_with_id(content, self.users[user].id);
                return None;
            }
            Step::Erase { user } => {
                self.app.accounts.record(users[user].id, Change::Deleted);
                self.followed(user, None).await;
                self.users[user] = self.person().await;
                self.people[user] = self.model.names.len() - 1;
                return None;
            }
            Step::Restart => {
                self.app = self.app.restart().await;
                let again = |user: &TestUser| self.app.user_with_id(&user.username, user.id);
                self.users = self.users.iter().map(again).collect();
                return None;
            }
        })
    }

    fn room(&self, nth: usize) -> RoomId {
        self.model.rooms[nth % self.model.rooms.len()].id
    }

    /// Chat has heard what became of an account.
    async fn followed(&self, user: usize, name: Option<&str>) {
        self.app.bus.publish(vec![Event::AccountsChanged]).await;
        let (other, id) = (&self.users[(user + 1) % USERS], self.users[user].id);
        let followed = async {
            loop {
                let general = other.room(self.room(GENERAL)).await;
                let found = general.members.iter().find(|member| member.user_id == id);
                if found.map(|member| member.username_snapshot.as_str()) == name {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        assert!(
            tokio::time::timeout(PATIENCE, followed).await.is_ok(),
            "an account's change is not followed"
        );
    }

    async fn break_at(&self, fault: Option<&Fault>) {
        if let Some(Fault { statement, table, rolls_back }) = fault {
            let how = if *rolls_back { "ROLLBACK" } else { "ABORT" };
            let trigger = format!(
                "CREATE TRIGGER fault BEFORE {statement} ON {table} BEGIN SELECT RAISE({how}, 'the disk is full'); END"
            );
            self.app.db.writer.execute_unprepared(&trigger).await.unwrap();
        }
    }

    async fn mend(&self, fault: Option<&Fault>) {
        if fault.is_some() {
            self.app.db.writer.execute_unprepared("DROP TRIGGER fault").await.unwrap();
        }
    }

    async fn retry_read(&mut self, user: usize, room: usize, seq: i64) {
        self.users[user].read(self.room(room), seq).await.ok::<Value>();
        self.model.apply(&Step::Read { user, room, seq }, &self.people, "");
    }

    /// Everybody reads everything, one room to the last page.
    async fn check(&self) {
        for (user, person) in self.users.iter().zip(&self.people) {
            let mut listed: Vec<_> = user.my_rooms().await;
            listed.push(user.general().await);
            listed.sort_by_key(|summary| summary.room.id);
            let there: Vec<_> = self.model.rooms.iter().filter(|room| room.has(*person)).collect();
            assert_eq!(listed.len(), there.len(), "{listed:?}");
            for (summary, room) in listed.iter().zip(there) {
                let owner = room.owner.map(|owner| self.model.names[owner].clone());
                let shown = (summary.room.id, &summary.room.name, &summary.room.owner_username_snapshot);
                assert_eq!(shown, (room.id, &room.name, &owner));
                let (last, mark) = (room.last_seq(), room.marks[person]);
                let positions = (summary.last_seq.0, summary.last_read_seq.0, summary.unread);
                assert_eq!(positions, (last, mark, last - mark), "of {} in {}", user.username, room.name);
                assert_eq!(summary.last_message.as_ref().map(seen).as_ref(), room.log.last());
            }
            let nth = self.count % self.model.rooms.len();
            self.check_room(user, *person, &self.model.rooms[nth]).await;
        }
    }

    async fn check_room(&self, user: &TestUser, person: usize, room: &ModelRoom) {
        let answer = user.get(&format!("/rooms/{}", room.id)).await;
        let pages = format!("/messages/{}", room.id);
        if !room.has(person) && room.id != self.room(GENERAL) {
            answer.refused(404);
            user.get(&pages).await.refused(404);
            return;
        }
        let shown: protocol::rooms::RoomWithMembers = answer.ok();
        let mut names: Vec<_> = shown.members.iter().map(|member| member.username_snapshot.clone()).collect();
        let mut expected: Vec<_> =
            room.members.iter().map(|member| self.model.names[*member].clone()).collect();
        names.sort();
        expected.sort();
        assert_eq!(names, expected);

        let log = &room.log;
        let (limit, middle) = (1 + self.count % 4, log.len() / 2);
        let queries = [
            (String::new(), log.len().saturating_sub(50)..log.len(), log.len() > 50),
            (format!("?limit={limit}"), log.len().saturating_sub(limit)..log.len(), log.len() > limit),
            (
                format!("?after={middle}&limit={limit}"),
                middle..log.len().min(middle + limit),
                log.len() > middle + limit,
            ),
            (
                format!("?before={}&limit={limit}", middle + 1),
                middle.saturating_sub(limit)..middle,
                middle > limit,
            ),
        ];
        for (query, range, has_more) in queries {
            let answer = user.get(&format!("{pages}{query}")).await;
            let page: Vec<Entry> = answer.ok::<Vec<Message>>().iter().map(seen).collect();
            assert_eq!((page.as_slice(), answer.has_more), (&log[range], Some(has_more)), "{query}");
        }
    }
}

impl Step {
    /// What is followed until it is done: a fault only delays it.
    fn is_done_again(&self) -> bool {
        matches!(self, Self::RenameUser { .. } | Self::Erase { .. } | Self::Restart)
    }
}

fn seen(message: &Message) -> Entry {
    Entry {
        seq: message.seq.0,
        name: message.username_snapshot.clone(),
        content: message.content.clone(),
        client_id: message.client_message_id.to_string(),
    }
}

const CASES: u32 = match ENGINE {
    Engine::Sqlite => 24,
    Engine::MariaDb => 6,
};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    })]

    #[test]
    fn rooms_are_what_was_done_to_them_whatever_fails_in_between(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(async {
            let mut life = Life::new().await;
            for (step, fault) in &steps {
                life.step(step, fault.as_ref()).await;
                life.check().await;
            }
        });
    }
}
