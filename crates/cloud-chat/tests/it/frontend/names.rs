//! A name server with one name, whose addresses change.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{net::UdpSocket, task::AbortHandle};

pub struct Names {
    address: SocketAddr,
    nodes: Arc<Mutex<Vec<Ipv4Addr>>>,
    task: AbortHandle,
}

impl Names {
    pub async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = socket.local_addr().expect("it is bound");
        let nodes = Arc::new(Mutex::new(Vec::new()));
        let known = nodes.clone();
        let serve = async move {
            let mut buffer = [0; 512];
            while let Ok((size, asker)) = socket.recv_from(&mut buffer).await {
                let nodes = known.lock().expect("nobody panics with it").clone();
                socket.send_to(&answer(&buffer[..size], &nodes), asker).await.expect("nginx is there");
            }
        };
        let task = tokio::spawn(serve).abort_handle();
        Self { address, nodes, task }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the name stands for from now on.
    pub fn set(&self, nodes: &[Ipv4Addr]) {
        *self.nodes.lock().expect("nobody panics with it") = nodes.to_vec();
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// RFC 1035: the question again, then an A record for each node; no such name where there is none.
fn answer(question: &[u8], nodes: &[Ipv4Addr]) -> Vec<u8> {
    let mut answer = question.to_vec();
    let code = if nodes.is_empty() { 3 } else { 0 };
    answer[2..4].copy_from_slice(&[0x81, 0x80 | code]);
    answer[6..8].copy_from_slice(&u16::try_from(nodes.len()).expect("a few").to_be_bytes());
    for node in nodes {
        // The name as in the question, type A, class IN, 600 seconds, 4 bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 2, 88, 0, 4]);
        answer.extend(node.octets());
    }
    answer
}
