//! What stands between a client and its servers: spreads connections over them, and can make the network fail.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

const CHUNK_BYTES: usize = 16 * 1024;

/// Passes bytes on until it is dropped.
pub struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Weather {
    /// Connections are taken and stay open; nothing passes.
    is_silent: bool,
    /// Connections of an earlier age stay silent.
    age: usize,
    /// How long each chunk takes.
    delay: Duration,
    /// How often connections were cut.
    cuts: usize,
    /// The next request that holds these words passes, and then this happens.
    trap: Option<(&'static str, Fate)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its connection ends instead of bringing the answer.
    Lost,
    /// All is silent.
    Held,
}

impl Proxy {
    /// To servers on this machine, which take turns; one that refuses is passed over.
    pub async fn start(ports: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let weather = watch::Sender::default();
        let accepting = tokio::spawn(accept(listener, ports.to_vec(), weather.clone()));
        Self { port, weather, accepting }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Like a network that drops everything.
    pub fn fall_silent(&self) {
        self.weather.send_modify(|weather| weather.is_silent = true);
    }

    /// Whatever passes takes so long.
    pub fn slow_down(&self, delay: Duration) {
        self.weather.send_modify(|weather| weather.delay = delay);
    }

    /// Of what comes next on each connection there is, in either direction, half passes; then the connection ends.
    pub fn cut(&self) {
        self.weather.send_modify(|weather| weather.cuts += 1);
    }

    /// Passes on again, at once, what waited meanwhile too.
    pub fn clear(&self) {
        self.weather.send_modify(|weather| {
            weather.is_silent = false;
            weather.delay = Duration::ZERO;
        });
    }

    /// Passes on again, but nothing of the connections there are: like a path that was replaced.
    pub fn clear_for_others(&self) {
        self.weather.send_modify(|weather| {
            weather.age += 1;
            weather.is_silent = false;
        });
    }

    /// The server does what it is asked; whoever asked is cut off and does not learn it. Once.
    pub fn lose_answer_to(&self, words: &'static str) {
        self.weather.send_modify(|weather| weather.trap = Some((words, Fate::Lost)));
    }

    /// The server does what it is asked, and silence falls before it answers.
    pub fn hold_answer_to(&self, words: &'static str) {
        self.weather.send_modify(|weather| weather.trap = Some((words, Fate::Held)));
    }

    /// No request is waited for any more.
    pub fn keep_answers(&self) {
        self.weather.send_modify(|weather| weather.trap = None);
    }

    /// Until the request that was waited for came.
    pub async fn until_asked(&self) {
        let mut changes = self.weather.subscribe();
        changes.wait_for(|weather| weather.trap.is_none()).await.expect("the sender is ours");
    }

    /// Whether the request that was waited for came.
    pub fn was_asked(&self) -> bool {
        self.weather.borrow().trap.is_none()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, ports: Vec<u16>, weather: watch::Sender<Weather>) {
    let ports: Arc<[u16]> = ports.into();
    let turn = Arc::new(AtomicUsize::new(0));
    // Ended with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                connections.spawn(serve(client, ports.clone(), turn.clone(), weather.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(
    client: TcpStream,
    ports: Arc<[u16]>,
    turn: Arc<AtomicUsize>,
    weather: watch::Sender<Weather>,
) {
    let first = turn.fetch_add(1, Ordering::Relaxed);
    for nth in 0..ports.len() {
        let port = ports[(first + nth) % ports.len()];
        if let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await {
            // Both ends are closed when one of them is.
            drop(pass(client, server, &weather).await);
            return;
        }
    }
}

async fn pass(client: TcpStream, server: TcpStream, weather: &watch::Sender<Weather>) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let Weather { age, cuts, .. } = *weather.borrow();
    let path = Path { weather, age, cuts, is_lost: AtomicBool::new(false) };
    tokio::select! {
        ended = path.requests(from_client, to_server) => ended,
        ended = path.answers(from_server, to_client) => ended,
    }
}

/// One connection's.
struct Path<'a> {
    weather: &'a watch::Sender<Weather>,
    age: usize,
    cuts: usize,
    is_lost: AtomicBool,
}

impl Path<'_> {
    async fn requests(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = from.read(&mut chunk).await?;
            if length == 0 {
                return Ok(());
            }
            let passing = self.passing(length).await;
            self.spring_trap(&chunk[..length]);
            to.write_all(&chunk[..passing]).await?;
            if passing < length {
                return Ok(());
            }
        }
    }

    async fn answers(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = from.read(&mut chunk).await?;
            if length == 0 || self.is_lost.load(Ordering::Acquire) {
                return Ok(());
            }
            let passing = self.passing(length).await;
            to.write_all(&chunk[..passing]).await?;
            if passing < length {
                return Ok(());
            }
        }
    }

    fn spring_trap(&self, request: &[u8]) {
        self.weather.send_if_modified(|weather| {
            let Some((words, fate)) = weather.trap else { return false };
            if !request.windows(words.len()).any(|window| window == words.as_bytes()) {
                return false;
            }
            weather.trap = None;
            weather.is_silent |= fate == Fate::Held;
            self.is_lost.store(fate == Fate::Lost, Ordering::Release);
            true
        });
    }

    /// How much of a chunk passes, once anything does.
    async fn passing(&self, length: usize) -> usize {
        let mut changes = self.weather.subscribe();
        let clear = changes.wait_for(|weather| !weather.is_silent && weather.age == self.age).await;
        let weather = *clear.expect("the sender is held");
        if !weather.delay.is_zero() {
            tokio::time::sleep(weather.delay).await;
        }
        if weather.cuts > self.cuts { length / 2 } else { length }
    }
}
