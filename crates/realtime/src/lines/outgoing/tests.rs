//! Whatever the kernel takes at a time, whole frames come out, each once, in the order of whoever put them in.

use proptest::prelude::*;

use super::*;
use crate::sinks::{Sink, sink};

const SOCKETS: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    /// The hub hands a frame of so many bytes to all sockets, or to one.
    HandOut { to: Option<usize>, length: usize },
    /// A socket answers by itself.
    Say { socket: usize, length: usize },
    /// The thread comes round; the kernel of a socket takes so many bytes in all until the next time.
    Write { socket: usize, room: usize },
    /// The kernel has room again.
    GoOn { socket: usize, room: usize },
}

struct Socket {
    sink: Sink,
    outgoing: Outgoing,
    received: Vec<u8>,
    expected: Vec<(u8, u16)>,
}

/// `[who, number, number, length, length]` and a payload of that length.
fn frame(who: u8, number: u16, length: usize) -> Frame {
    let mut bytes = vec![who];
    bytes.extend(number.to_be_bytes());
    bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
    bytes.resize(5 + length, who);
    Frame::raw(&bytes)
}

fn read(mut bytes: &[u8]) -> Vec<(u8, u16)> {
    let mut frames = Vec::new();
    while let [who, a, b, c, d, rest @ ..] = bytes {
        let (payload, rest) = rest.split_at(u16::from_be_bytes([*c, *d]).into());
        assert!(payload.iter().all(|byte| byte == who), "a frame within a frame");
        frames.push((*who, u16::from_be_bytes([*a, *b])));
        bytes = rest;
    }
    assert!(bytes.is_empty(), "a frame was cut");
    frames
}

impl Socket {
    fn new() -> Self {
        let (sink, outbox) = sink();
        Self { sink, outgoing: Outgoing::new(outbox), received: Vec::new(), expected: Vec::new() }
    }

    fn pump(&mut self, joined: &mut Joined, mut room: usize) {
        let received = &mut self.received;
        self.outgoing.pump(Waker::noop(), joined, |bytes| {
            let count = bytes.len().min(room);
            if count == 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            room -= count;
            received.extend_from_slice(&bytes[..count]);
            Ok(count)
        });
    }

    fn go_on(&mut self, joined: &mut Joined, room: usize) {
        if self.outgoing.state == State::Stuck {
            self.outgoing.state = State::Open;
            self.pump(joined, room);
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let socket = || 0..SOCKETS;
    let length = || prop_oneof![4 => 0_usize..40, 1 => 0_usize..40_000];
    let room = || prop_oneof![Just(0), 1_usize..60, Just(1_000_000)];
    let step = prop_oneof![
        4 => (prop::option::of(socket()), length()).prop_map(|(to, length)| Step::HandOut { to, length }),
        1 => (socket(), length()).prop_map(|(socket, length)| Step::Say { socket, length }),
        3 => (socket(), room()).prop_map(|(socket, room)| Step::Write { socket, room }),
        2 => (socket(), room()).prop_map(|(socket, room)| Step::GoOn { socket, room }),
    ];
    prop::collection::vec(step, 1..60)
}

fn run(steps: Vec<Step>) {
    let mut sockets: Vec<Socket> = (0..SOCKETS).map(|_| Socket::new()).collect();
    let mut joined = Joined::default();
    for (number, step) in (0_u16..).zip(steps) {
        match step {
            Step::HandOut { to, length } => {
                let frame = frame(0, number, length);
                for socket in to.map_or(0..SOCKETS, |one| one..one + 1) {
                    sockets[socket].sink.push(frame.clone()).unwrap();
                    sockets[socket].expected.push((0, number));
                }
            }
            Step::Say { socket, length } => {
                let socket = &mut sockets[socket];
                socket.outgoing.waiting.push_back(frame(1, number, length));
                socket.expected.push((1, number));
            }
            Step::Write { socket, room } => sockets[socket].pump(&mut joined, room),
            Step::GoOn { socket, room } => sockets[socket].go_on(&mut joined, room),
        }
    }
    for mut socket in sockets {
        socket.go_on(&mut joined, usize::MAX);
        socket.pump(&mut joined, usize::MAX);
        let received = read(&socket.received);
        for who in [0, 1] {
            let of = |frames: &[(u8, u16)]| {
                frames.iter().copied().filter(|(by, _)| *by == who).collect::<Vec<_>>()
            };
            assert_eq!(of(&received), of(&socket.expected));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn frames_come_out_whole_once_and_in_order(steps in steps()) {
        run(steps);
    }
}

#[test]
fn the_kernel_may_stop_taking_at_any_byte() {
    let frames: Vec<Frame> = (0..4).map(|number| frame(0, number, usize::from(number) * 3)).collect();
    let total: usize = frames.iter().map(Frame::len).sum();
    for room in 0..total {
        let (mut socket, mut joined) = (Socket::new(), Joined::default());
        for frame in &frames {
            socket.sink.push(frame.clone()).unwrap();
        }
        socket.pump(&mut joined, room);
        assert_eq!((socket.received.len(), socket.outgoing.state), (room, State::Stuck));
        socket.go_on(&mut joined, total - room);
        assert_eq!(socket.outgoing.state, State::Open, "{room}");
        assert_eq!(read(&socket.received), [(0, 0), (0, 1), (0, 2), (0, 3)]);
    }
}

#[test]
fn what_waits_for_a_socket_goes_out_in_one_write() {
    let (mut socket, mut other, mut joined) = (Socket::new(), Socket::new(), Joined::default());
    for number in 0..5 {
        let frame = frame(0, number, 100);
        socket.sink.push(frame.clone()).unwrap();
        other.sink.push(frame).unwrap();
    }
    for outgoing in [&mut socket.outgoing, &mut other.outgoing] {
        let mut writes = Vec::new();
        outgoing.pump(Waker::noop(), &mut joined, |bytes| {
            writes.push(bytes.as_ptr());
            Ok(bytes.len())
        });
        assert_eq!(writes, [joined.bytes.as_ptr()], "once, and from the same buffer");
    }
}

#[test]
fn a_close_comes_after_what_was_handed_out_and_nothing_after_it() {
    let (mut socket, mut joined) = (Socket::new(), Joined::default());
    socket.sink.push(frame(0, 1, 10)).unwrap();
    socket.sink.close(Close::RESTART);
    socket.pump(&mut joined, 3);
    assert_eq!((socket.outgoing.state, socket.outgoing.is_done()), (State::Stuck, false));
    socket.go_on(&mut joined, usize::MAX);
    assert_eq!((socket.outgoing.close, socket.outgoing.is_done()), (Some(Close::RESTART), true));
    socket.sink.push(frame(0, 2, 10)).unwrap();
    socket.pump(&mut joined, usize::MAX);
    assert_eq!(read(&socket.received), [(0, 1)]);
}

#[test]
fn a_connection_that_fails_lets_go_of_everything() {
    for result in [Ok(0), Err(io::ErrorKind::ConnectionReset)] {
        let (mut socket, mut joined) = (Socket::new(), Joined::default());
        socket.sink.push(frame(0, 1, 10)).unwrap();
        socket.outgoing.pump(Waker::noop(), &mut joined, |_| result.map_err(io::Error::from));
        assert_eq!((socket.outgoing.state, socket.outgoing.waiting.len()), (State::Failed, 0));
    }
}
