//! HTTP/1.1 clients on one thread. Each has one request under way; in a closed loop it sends the next at once, in an
//! open loop when one is due, and a late one's latency counts from then.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    load::{
        Latencies, Pacing,
        poller::{Poller, Ready},
        socket::connect,
    },
};

const BUFFER_BYTES: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// Who is asked what.
pub struct Requests<'a> {
    pub address: SocketAddr,
    pub clients: usize,
    pub pacing: Pacing,
    pub lasts: Duration,
    /// No more than these, however long it lasts.
    pub most: u64,
    /// The bytes of a client's next request, given how many there were before.
    pub next: &'a mut (dyn FnMut(u64) -> Vec<u8> + Send),
}

#[derive(Debug)]
pub struct Answered {
    pub requests: u64,
    /// Of the last answer's body.
    pub body_bytes: usize,
    pub wall: Duration,
    pub latency: Latencies,
}

struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    written: usize,
    answer: Vec<u8>,
    intended: Option<Instant>,
}

pub fn request(method: &str, path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let body = match body {
        "" => "\r\n".to_owned(),
        body => format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n{token}{body}").into_bytes()
}

/// Any answer but 2xx ends the run.
pub fn ask(requests: Requests<'_>) -> Outcome<Answered> {
    let Requests { address, clients: count, pacing, lasts, most, next } = requests;
    let (mut poller, mut ready) = (Poller::new()?, Vec::<Ready>::new());
    let mut clients = Vec::with_capacity(count);
    for token in 0..count {
        let stream = connect(address)?;
        poller.add(&stream, token)?;
        clients.push(Client { stream, request: Vec::new(), written: 0, answer: Vec::new(), intended: None });
    }
    let mut free: VecDeque<usize> = (0..count).collect();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut answered =
        Answered { requests: 0, body_bytes: 0, wall: Duration::ZERO, latency: Latencies::new()? };
    let begun = Instant::now();
    let end = begun + lasts;
    let mut sent = 0;
    loop {
        let now = Instant::now();
        while let Some(intended) =
            due(pacing, begun, sent, now).filter(|due| *due <= now && now < end && sent < most)
            && let Some(client) = free.pop_front()
        {
            let client = &mut clients[client];
            client.begin(next(sent), intended);
            client.write()?;
            sent += 1;
        }
        if (now >= end || sent == most) && answered.requests == sent {
            answered.wall = begun.elapsed();
            return Ok(answered);
        }
        if now > end + PATIENCE {
            return Err(format!("{} requests were not answered", sent - answered.requests).into());
        }
        let timeout = match pacing {
            Pacing::Open { .. } if now < end => {
                due(pacing, begun, sent, now).map_or(end, |due| due.min(end)) - now
            }
            _ => PATIENCE.min(end.saturating_duration_since(now) + Duration::from_millis(1)),
        };
        ready.clear();
        // With every client busy there is nothing to do before an answer comes.
        poller.wait(if free.is_empty() { PATIENCE } else { timeout }, &mut ready)?;
        for Ready { token, .. } in &ready {
            let client = &mut clients[*token];
            client.write()?;
            if let Some(body_bytes) = client.read(&mut buffer)?
                && let Some(intended) = client.intended.take()
            {
                answered.latency.record(intended.elapsed());
                answered.requests += 1;
                answered.body_bytes = body_bytes;
                free.push_back(*token);
            }
        }
    }
}

/// When the next request is to be sent.
fn due(pacing: Pacing, begun: Instant, sent: u64, now: Instant) -> Option<Instant> {
    match pacing {
        Pacing::Closed { .. } => Some(now),
        Pacing::Open { per_second } => {
            let every = Duration::from_secs_f64(1.0 / per_second);
            Some(begun + every * u32::try_from(sent).ok()?)
        }
    }
}

impl Client {
    fn begin(&mut self, request: Vec<u8>, intended: Instant) {
        self.request = request;
        self.written = 0;
        self.intended = Some(intended);
    }

    fn write(&mut self) -> Outcome<()> {
        while self.written < self.request.len() {
            match self.stream.write(&self.request[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The length of the answer's body, once it is whole.
    fn read(&mut self, buffer: &mut [u8]) -> Outcome<Option<usize>> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err("the server ended a connection".into()),
                Ok(count) => {
                    self.answer.extend_from_slice(&buffer[..count]);
                    if count < buffer.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        let Some(body) = body(&self.answer)? else { return Ok(None) };
        self.answer.clear();
        Ok(Some(body))
    }
}

/// The length of the body of a whole, good answer; `None` while some of it is missing.
fn body(answer: &[u8]) -> Outcome<Option<usize>> {
    let Some(end) = memchr::memmem::find(answer, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end])?;
    if !head.starts_with("HTTP/1.1 2") {
        return Err(format!("refused: {}", String::from_utf8_lossy(answer)).into());
    }
    let length = head.lines().filter_map(|line| line.split_once(": "));
    let length = length.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.ok_or("an answer without its length")?.1.parse()?;
    Ok((answer.len() >= end + 4 + length).then_some(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(body(answer).unwrap(), Some(5));
        for cut in 0..answer.len() {
            assert_eq!(body(&answer[..cut]).unwrap(), None, "{cut}");
        }
    }

    #[test]
    fn what_is_refused_ends_the_run() {
        let why = body(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}").unwrap_err();
        assert!(why.to_string().contains("503"));
    }
}
