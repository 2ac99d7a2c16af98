//! One socket: the hub hands out, a thread writes, the socket's own task answers and goes on where the kernel took no
//! more, and the peer reads when it likes.

use std::sync::{Arc, Weak};

use kit::shutdown::Tasks;
use loom::{future::block_on, thread};

use crate::{
    Config,
    closes::Close,
    explore,
    frames::Frame,
    kernel::{self, Peer},
    lines::{Hold, Line, Pace, Shards},
    metrics::Metrics,
    sinks::{Full, Outbox, Sink, sink},
    socket::Ending,
};

const CONFIG: fn() -> Config = Config::default;

struct Socket {
    sink: Sink,
    hold: Hold,
    peer: Peer,
    line: Weak<Line>,
    shards: Shards,
}

impl Socket {
    fn open(room: usize) -> Self {
        let shards = Shards::start(&Metrics::default(), &Tasks::default());
        let ((sink, outbox), (stream, peer)) = (sink(), kernel::connection(room));
        let hold = Line::hold(stream, shards.next(), outbox);
        hold.open();
        let line = Arc::downgrade(&hold.line);
        Self { sink, hold, peer, line, shards }
    }

    /// Nobody waits, and nothing is kept.
    fn end(self) {
        let pace = self.shards.pace.clone();
        drop(self.hold);
        drop(self.shards);
        assert_eq!(pace.behind(), 0, "whoever waited for a thread was seen to");
        assert!(self.line.upgrade().is_none(), "nothing holds on to a socket that is gone");
    }
}

/// What sleeps is made within a runtime; none of it comes to its end.
fn within_a_runtime(scenario: impl FnOnce()) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("it takes no more than a clock");
    let _entered = runtime.enter();
    scenario();
}

fn ended(hold: &mut Hold) -> Ending {
    let config = CONFIG();
    block_on(async {
        loop {
            if let Some(ending) = hold.ended(&config).await {
                return ending;
            }
        }
    })
}

fn hand_out(sink: &Sink, bytes: &[u8]) {
    assert_eq!(sink.push(Frame::raw(bytes)), Ok::<(), Full>(()));
}

fn by(who: &[u8], bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| who.contains(byte)).collect()
}

/// The kernel takes `room` bytes before the peer begins to read.
pub fn everything_is_written_before_the_close(room: usize, preemptions_max: usize) {
    explore(preemptions_max, move || {
        within_a_runtime(|| {
            let mut socket = Socket::open(room);
            let (sink, peer) = (socket.sink.clone(), socket.peer.clone());
            let hub = thread::spawn(move || {
                hand_out(&sink, b"ab");
                hand_out(&sink, b"cd");
                sink.close(Close::RESTART);
            });
            let reader = (room < usize::MAX).then(|| thread::spawn(move || peer.read()));
            socket.hold.line.send([Frame::raw(b"XY")]);
            assert_eq!(ended(&mut socket.hold), Ending::Close(Close::RESTART));
            for thread in [Some(hub), reader].into_iter().flatten() {
                thread.join().expect("it does not panic");
            }
            let received = socket.peer.received();
            assert_eq!((by(b"abcd", &received), by(b"XY", &received)), (b"abcd".to_vec(), b"XY".to_vec()));
            let whole = |frame: &[u8]| received.windows(2).any(|pair| pair == frame);
            assert!(whole(b"ab") && whole(b"cd") && whole(b"XY"), "no frame within a frame");
            socket.end();
        });
    });
}

pub fn a_peer_that_is_gone_ends_the_socket(preemptions_max: usize) {
    explore(preemptions_max, || {
        within_a_runtime(|| {
            let mut socket = Socket::open(1);
            let (sink, peer) = (socket.sink.clone(), socket.peer.clone());
            let hub = thread::spawn(move || {
                hand_out(&sink, b"ab");
                hand_out(&sink, b"cd");
            });
            let reset = thread::spawn(move || peer.reset());
            assert_eq!(ended(&mut socket.hold), Ending::Gone);
            for thread in [hub, reset] {
                thread.join().expect("it does not panic");
            }
            socket.end();
        });
    });
}

/// The hub goes on handing out to a socket whose task gives up meanwhile.
pub fn a_socket_that_gives_up_is_let_go(room: usize, preemptions_max: usize) {
    explore(preemptions_max, move || {
        within_a_runtime(|| {
            let mut socket = Socket::open(room);
            let sink = socket.sink.clone();
            let hub = thread::spawn(move || {
                hand_out(&sink, b"ab");
                hand_out(&sink, b"cd");
            });
            // It looks once, as a task does that something else wakes.
            let config = CONFIG();
            let looked = futures::FutureExt::now_or_never(socket.hold.ended(&config));
            assert!(matches!(looked, None | Some(None)), "nobody wants it closed");
            socket.hold.shut();
            hub.join().expect("it does not panic");
            assert!(b"abcd".starts_with(&socket.peer.received()), "what was written is the beginning");
            socket.end();
        });
    });
}

/// The socket's end of the backlog alone: it hears of everything, though it looks at what it wants by turns.
pub fn a_backlog_tells_of_everything(preemptions_max: usize) {
    explore(preemptions_max, || {
        let (sink, mut outbox) = sink();
        let hub = thread::spawn(move || {
            hand_out(&sink, b"ab");
            hand_out(&sink, b"cd");
            sink.close(Close::RESTART);
        });
        let mut received = Vec::new();
        let close = block_on(async {
            loop {
                let (frames, close) = take(&mut outbox).await;
                received.extend(frames.iter().flat_map(Frame::bytes).copied());
                if close.is_some() {
                    return close;
                }
            }
        });
        assert_eq!((received.as_slice(), close), (&b"abcd"[..], Some(Close::RESTART)));
        assert_eq!(block_on(outbox.closing()), Close::RESTART);
        hub.join().expect("it does not panic");
    });
}

async fn take(outbox: &mut Outbox) -> (std::collections::VecDeque<Frame>, Option<Close>) {
    let mut frames = std::collections::VecDeque::new();
    let close = std::future::poll_fn(|context| outbox.poll_take(&mut frames, context.waker())).await;
    (frames, close)
}

/// The hub waits for two threads that were as far behind as it allows and one socket more.
pub fn the_hub_goes_on_once_all_threads_have_caught_up(sockets: usize, preemptions_max: usize) {
    explore(preemptions_max, move || {
        let pace = Arc::new(Pace::new(2));
        for nth in [0, 1] {
            (0..sockets).for_each(|_| pace.fall_behind(nth));
        }
        let threads = [0, 1].map(|nth| {
            let pace = pace.clone();
            thread::spawn(move || {
                pace.catch_up(nth, 1);
                pace.catch_up(nth, sockets - 1);
            })
        });
        while !pace.is_kept() {
            block_on(pace.kept());
        }
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        assert_eq!(pace.behind(), 0);
    });
}
