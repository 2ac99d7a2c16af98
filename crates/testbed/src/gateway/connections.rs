//! The connections that the gateway holds.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::mpsc;

const BACKLOG_MAX: usize = 1024;

#[derive(Default)]
pub struct Connections {
    open: Mutex<HashMap<String, Line>>,
    faults: Mutex<HashMap<String, Fault>>,
}

/// What a client is sent.
pub enum Say {
    Text(String),
    Close,
}

enum Line {
    Client(mpsc::Sender<Say>),
    Pretended(Vec<String>),
}

#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// So many posts are answered 429 first.
    Throttled(u32),
    /// Every one takes so long.
    Slow(Duration),
    /// Every one is answered with this status.
    Broken(u16),
}

impl Connections {
    pub fn open(&self, id: &str) -> mpsc::Receiver<Say> {
        let (line, said) = mpsc::channel(BACKLOG_MAX);
        self.lines().insert(id.into(), Line::Client(line));
        said
    }

    pub fn pretend(&self, id: &str) {
        self.lines().insert(id.into(), Line::Pretended(Vec::new()));
    }

    pub fn told(&self, id: &str) -> Vec<String> {
        match self.lines().get(id) {
            Some(Line::Pretended(told)) => told.clone(),
            _ => Vec::new(),
        }
    }

    pub fn has(&self, id: &str) -> bool {
        self.lines().contains_key(id)
    }

    /// `false`: it is gone.
    pub fn post(&self, id: &str, text: String) -> bool {
        match self.lines().get_mut(id) {
            // A client that does not read loses: API Gateway waits for nobody either.
            Some(Line::Client(line)) => line.try_send(Say::Text(text)).is_ok(),
            Some(Line::Pretended(told)) => {
                told.push(text);
                true
            }
            None => false,
        }
    }

    /// `false`: it was gone.
    pub fn close(&self, id: &str) -> bool {
        match self.lines().remove(id) {
            Some(Line::Client(line)) => line.try_send(Say::Close).is_ok(),
            Some(Line::Pretended(_)) => true,
            None => false,
        }
    }

    pub fn close_all(&self) {
        let ids: Vec<_> = self.lines().keys().cloned().collect();
        for id in ids {
            self.close(&id);
        }
    }

    pub fn set_fault(&self, id: &str, fault: Fault) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(id.into(), fault);
    }

    /// What is wrong with this post.
    pub fn fault(&self, id: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = faults.get(id).copied()?;
        match fault {
            Fault::Throttled(0) => return None,
            Fault::Throttled(left) => drop(faults.insert(id.into(), Fault::Throttled(left - 1))),
            Fault::Slow(_) | Fault::Broken(_) => {}
        }
        Some(fault)
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<String, Line>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
