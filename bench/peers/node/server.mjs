// A chat server as most people would write it: one process, a row for each message, JSON to everybody in the room.
// It speaks as much of Cloud Chat's protocol as the benchmark needs. DATABASE_URL, JWT_SECRET; prints its port.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import mysql from 'mysql2/promise';
import { WebSocketServer } from 'ws';

const db = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 10 });
await db.query('CREATE TABLE IF NOT EXISTS rooms (id BIGINT PRIMARY KEY, last_seq BIGINT NOT NULL)');
await db.query(`CREATE TABLE IF NOT EXISTS messages (
  id BIGINT PRIMARY KEY AUTO_INCREMENT, room_id BIGINT NOT NULL, seq BIGINT NOT NULL, user_id CHAR(36) NOT NULL,
  username VARCHAR(32) NOT NULL, content TEXT NOT NULL, client_message_id VARCHAR(64) NOT NULL,
  created_at BIGINT NOT NULL, UNIQUE (room_id, seq), UNIQUE (user_id, client_message_id))`);

const rooms = new Map(); // id -> { sockets, tail: the last message on its way }

function userOf(token) {
  const [header, body, signature] = token.split('.');
  const expected = createHmac('sha256', process.env.JWT_SECRET).update(`${header}.${body}`).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'base64url'))) throw new Error('bad token');
  return JSON.parse(Buffer.from(body, 'base64url'));
}

async function store(roomId, user, content, clientMessageId) {
  const connection = await db.getConnection();
  try {
    await connection.beginTransaction();
    await connection.execute('UPDATE rooms SET last_seq = last_seq + 1 WHERE id = ?', [roomId]);
    const [[{ last_seq: seq }]] = await connection.execute('SELECT last_seq FROM rooms WHERE id = ?', [roomId]);
    const now = Date.now();
    const [{ insertId: id }] = await connection.execute(
      'INSERT INTO messages (room_id, seq, user_id, username, content, client_message_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [roomId, seq, user.id, user.username, content, clientMessageId, now],
    );
    await connection.commit();
    const { id: userId, username } = user;
    const createdAt = new Date(now).toISOString();
    return { id, roomId, seq, userId, username, usernameSnapshot: username, type: 'TEXT', content, fileUrl: null, clientMessageId, createdAt };
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    connection.release();
  }
}

async function send(socket, user, { roomId, content, clientMessageId }) {
  const message = await store(roomId, user, content, clientMessageId);
  const event = JSON.stringify({ type: 'message', roomId, message });
  for (const receiver of rooms.get(roomId).sockets) receiver.send(event);
  const { id, seq } = message;
  socket.send(JSON.stringify({ type: 'ack', clientMessageId, roomId, id, seq, duplicate: false }));
}

const server = createServer();
new WebSocketServer({ server }).on('connection', async (socket, request) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const user = userOf(searchParams.get('token'));
  const roomId = Number(searchParams.get('roomId'));
  await db.execute('INSERT IGNORE INTO rooms (id, last_seq) VALUES (?, 0)', [roomId]);
  const [[{ last_seq: lastSeq }]] = await db.execute('SELECT last_seq FROM rooms WHERE id = ?', [roomId]);
  if (!rooms.has(roomId)) rooms.set(roomId, { sockets: new Set(), tail: Promise.resolve() });
  const room = rooms.get(roomId);
  room.sockets.add(socket);
  socket.on('close', () => room.sockets.delete(socket));
  socket.on('message', (data) => {
    const action = JSON.parse(data);
    // One after the other in each room, so that everybody hears them in order.
    room.tail = room.tail.then(() => send(socket, user, action)).catch((error) => {
      socket.send(JSON.stringify({ type: 'error', code: 'UNAVAILABLE', message: error.message }));
    });
  });
  socket.send(JSON.stringify({ type: 'system', event: 'connected', rooms: [{ roomId, lastSeq }] }));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
