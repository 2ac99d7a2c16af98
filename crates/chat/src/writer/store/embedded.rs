//! In a file of our own: nobody is in between, so each row has its own statement, which stays prepared, and a batch costs
//! what its rows cost.

use std::collections::HashSet;

use fanout::Event;
use protocol::{Message, MessageId, RoomId, Seq, Timestamp, UserId, messages::MessageKind, seams::Draft};
use rusqlite::{Connection, OptionalExtension, Result, Row as SqlRow, params};

use super::{Names, Outcome, message, name_of, outcome};
use crate::writer::plan::{Facts, MemberRow, Plan, RoomFacts, plan};

/// Within a transaction that holds the file's lock.
pub fn store_in(file: &Connection, drafts: &[Draft]) -> Result<Outcome> {
    let (facts, names) = read_facts(file, drafts)?;
    let plan = plan(drafts, &facts);
    let now = Timestamp::now();
    let events = write_joins(file, drafts, &plan, now)?;
    write_rooms(file, &plan)?;
    let stored = write_messages(file, drafts, &names, &plan, now)?;
    write_reads(file, &plan)?;
    Ok(outcome(plan, stored, events))
}

fn read_facts(file: &Connection, drafts: &[Draft]) -> Result<(Facts, Names)> {
    let (mut facts, mut names) = (Facts::default(), Names::new());
    let mut seen_rooms = HashSet::new();
    let mut seen_members = HashSet::new();
    for draft in drafts {
        let (room, user) = (draft.room_id, draft.sender.user_id);
        if seen_rooms.insert(room)
            && let Some(found) = read_room(file, room)?
        {
            facts.rooms.insert(room, found);
        }
        if seen_members.insert((room, user))
            && let Some((row, name)) = read_member(file, room, user)?
        {
            facts.members.insert((room, user), row);
            names.insert((room, user), name);
        }
        let is_joining = facts.rooms.get(&room).is_some_and(|room| room.is_general)
            && !facts.members.contains_key(&(room, user));
        if is_joining && is_gone(file, user)? {
            facts.gone.insert(user);
        }
        if let Some(existing) = read_existing(file, draft)? {
            let room_exists = read_room(file, existing.room_id)?.is_some();
            facts.existing.push((existing, room_exists));
        }
    }
    Ok((facts, names))
}

/// `None` once it is deleted.
fn read_room(file: &Connection, room: RoomId) -> Result<Option<RoomFacts>> {
    let sql = "SELECT kind, last_seq, members_rev FROM rooms WHERE id = ? AND deleted_at IS NULL";
    let read = |row: &SqlRow<'_>| {
        let is_general = row.get_ref(0)?.as_str()? == "general";
        Ok(RoomFacts { is_general, last_seq: Seq(row.get(1)?), members_rev: row.get(2)? })
    };
    file.prepare_cached(sql)?.query_row([room.0], read).optional()
}

fn read_member(file: &Connection, room: RoomId, user: UserId) -> Result<Option<(MemberRow, String)>> {
    let sql = "SELECT id, username_snapshot FROM room_members WHERE room_id = ? AND user_id = ?";
    let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
    file.prepare_cached(sql)?.query_row(params![room.0, user.0.as_bytes()], read).optional()
}

fn is_gone(file: &Connection, user: UserId) -> Result<bool> {
    let sql = "SELECT gone_at IS NOT NULL FROM user_revisions WHERE user_id = ?";
    let gone = file.prepare_cached(sql)?.query_row([user.0.as_bytes()], |row| row.get(0)).optional()?;
    Ok(gone.unwrap_or_default())
}

/// The message that its sender stored under the same id.
fn read_existing(file: &Connection, draft: &Draft) -> Result<Option<Message>> {
    let sql = "SELECT id, room_id, seq, username_snapshot, content, file_url, created_at FROM messages \
        WHERE user_id = ? AND client_message_id = ?";
    let key = params![draft.sender.user_id.0.as_bytes(), draft.client_message_id.as_str()];
    let read = |row: &SqlRow<'_>| {
        let name: String = row.get(3)?;
        Ok(Message {
            id: MessageId(row.get(0)?),
            room_id: RoomId(row.get(1)?),
            seq: Seq(row.get(2)?),
            user_id: draft.sender.user_id,
            username: name.clone(),
            username_snapshot: name,
            kind: MessageKind::Text,
            content: row.get(4)?,
            file_url: row.get(5)?,
            client_message_id: draft.client_message_id.clone(),
            created_at: Timestamp(row.get(6)?),
        })
    };
    file.prepare_cached(sql)?.query_row(key, read).optional()
}

fn write_joins(file: &Connection, drafts: &[Draft], plan: &Plan, now: Timestamp) -> Result<Vec<Event>> {
    let join = "INSERT INTO room_members (room_id, user_id, username_snapshot, role, last_read_seq, joined_at) \
        VALUES (?, ?, ?, 'member', ?, ?)";
    let raise = "INSERT INTO user_revisions (user_id, rooms_rev) VALUES (?, 1) \
        ON CONFLICT (user_id) DO UPDATE SET rooms_rev = rooms_rev + 1 RETURNING rooms_rev";
    let record = "INSERT INTO member_changes (room_id, members_rev, user_id, username, joined, changed_at) \
        VALUES (?, ?, ?, ?, TRUE, ?)";
    let mut events = Vec::with_capacity(plan.joins.len());
    for planned in &plan.joins {
        let Draft { room_id, sender, .. } = &drafts[planned.draft];
        let (user, name) = (sender.user_id.0.as_bytes(), &sender.username);
        file.prepare_cached(join)?.execute(params![room_id.0, user, name, planned.last_read_seq.0, now.0])?;
        file.prepare_cached(record)?.execute(params![room_id.0, planned.members_rev, user, name, now.0])?;
        events.push(Event::MemberAdded {
            room_id: *room_id,
            user_id: sender.user_id,
            username: name.clone(),
            members_rev: planned.members_rev,
            rooms_rev: file.prepare_cached(raise)?.query_row([user], |row| row.get(0))?,
        });
    }
    Ok(events)
}

fn write_rooms(file: &Connection, plan: &Plan) -> Result<()> {
    let mut update = file.prepare_cached("UPDATE rooms SET last_seq = ?, members_rev = ? WHERE id = ?")?;
    for (id, room) in &plan.rooms {
        update.execute(params![room.last_seq.0, room.members_rev, id.0])?;
    }
    let mut delete = file.prepare_cached("DELETE FROM messages WHERE id = ?")?;
    plan.leftovers.iter().try_for_each(|id| delete.execute([id.0]).map(drop))
}

fn write_messages(
    file: &Connection,
    drafts: &[Draft],
    names: &Names,
    plan: &Plan,
    now: Timestamp,
) -> Result<Vec<Message>> {
    let mut insert = file.prepare_cached(
        "INSERT INTO messages \
        (room_id, seq, user_id, username_snapshot, kind, content, client_message_id, created_at) \
        VALUES (?, ?, ?, ?, 'TEXT', ?, ?, ?)",
    )?;
    let stored = plan.rows.iter().map(|row| {
        let draft = &drafts[row.draft];
        let Draft { sender, room_id, content, client_message_id } = draft;
        let (user, name) = (sender.user_id.0.as_bytes(), name_of(sender, *room_id, names));
        let client_id = client_message_id.as_str();
        let id = insert.insert(params![room_id.0, row.seq.0, user, name, content, client_id, now.0])?;
        Ok(message(draft, *row, names, MessageId(id), now))
    });
    stored.collect()
}

fn write_reads(file: &Connection, plan: &Plan) -> Result<()> {
    let mut update = file.prepare_cached("UPDATE room_members SET last_read_seq = ? WHERE id = ?")?;
    plan.reads.iter().try_for_each(|(id, seq)| update.execute([seq.0, *id]).map(drop))
}
