//! Many nodes on paper: who is on which node by chance, and what that makes each node hear and write. It asks no server;
//! the costs of one delivery, one event and one message are measured by the scenarios and given here.

use std::{collections::HashSet, io::Write};

use crate::{Outcome, options::Simulate};

/// Of each person in every room, one after the other: a fixed sequence of numbers, so that a run can be repeated.
struct Chance(u64);

impl Chance {
    /// `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    #[expect(clippy::cast_possible_truncation, reason = "below `end`, which is a usize")]
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// What one second makes of each node, in the mean and at worst.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Second {
    nodes: usize,
    messages: f64,
    /// Copies of events that leave the bus.
    bus: f64,
    events: f64,
    deliveries_worst: f64,
    deliveries: f64,
    cores: f64,
    cores_worst: f64,
}

pub fn run(options: &Simulate, mut out: impl Write) -> Outcome<()> {
    let rooms = rooms(options);
    writeln!(
        out,
        "{} people in {} rooms of 2 to {}",
        options.people,
        rooms.len(),
        rooms.first().map_or(0, Vec::len)
    )?;
    writeln!(out)?;
    writeln!(
        out,
        "| Nodes | messages/s | events/s out of the bus | events/s each node hears | deliveries/s a node | the busiest | cores a node | the busiest |"
    )?;
    writeln!(out, "|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    for nodes in &options.nodes {
        let Second { messages, bus, events, deliveries, deliveries_worst, cores, cores_worst, .. } =
            second(options, &rooms, *nodes);
        writeln!(
            out,
            "| {nodes} | {messages:.0} | {bus:.0} | {events:.0} | {deliveries:.0} | {deliveries_worst:.0} | {cores:.2} | {cores_worst:.2} |"
        )?;
    }
    Ok(())
}

/// The members of each room, the largest first. Sizes follow Zipf's law, as sizes of groups do: the nth largest room has an
/// nth of the largest one's members, two at least.
fn rooms(options: &Simulate) -> Vec<Vec<usize>> {
    let mut chance = Chance(options.seed);
    let (mut rooms, mut places) = (Vec::new(), options.people * options.rooms_each);
    while places > 0 {
        let size = (options.largest / (rooms.len() + 1)).clamp(2, options.people).min(places.max(2));
        let mut members = HashSet::with_capacity(size);
        while members.len() < size {
            members.insert(chance.below(options.people));
        }
        places = places.saturating_sub(size);
        rooms.push(members.into_iter().collect());
    }
    rooms
}

/// Everybody is on one node; each writes equally often, in any of their rooms.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn second(options: &Simulate, rooms: &[Vec<usize>], nodes: usize) -> Second {
    let mut chance = Chance(options.seed ^ nodes as u64);
    let on: Vec<usize> = (0..options.people).map(|_| chance.below(nodes)).collect();
    let mut rooms_of = vec![0_usize; options.people];
    for member in rooms.iter().flatten() {
        rooms_of[*member] += 1;
    }
    let written = options.messages_a_minute / 60.0;
    let (mut messages, mut bus) = (0.0, 0.0);
    let (mut events, mut deliveries) = (vec![0.0; nodes], vec![0.0; nodes]);
    for members in rooms {
        let rate: f64 = members.iter().map(|member| written / rooms_of[*member] as f64).sum();
        let mut local = vec![0_usize; nodes];
        for member in members {
            local[on[*member]] += 1;
        }
        messages += rate;
        for (node, count) in local.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            bus += rate;
            events[node] += rate;
            deliveries[node] += rate * count as f64;
        }
    }
    let cores = |node: usize| {
        (events[node] * options.event_us + deliveries[node] * options.delivery_us) / 1_000_000.0
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / nodes as f64;
    let cores: Vec<f64> = (0..nodes).map(cores).collect();
    Second {
        nodes,
        messages,
        bus,
        events: mean(&events),
        deliveries: mean(&deliveries),
        deliveries_worst: deliveries.iter().copied().fold(0.0, f64::max),
        cores: mean(&cores),
        cores_worst: cores.iter().copied().fold(0.0, f64::max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Simulate {
        Simulate {
            people: 2_000,
            rooms_each: 5,
            largest: 500,
            messages_a_minute: 6.0,
            nodes: vec![1, 8],
            delivery_us: 5.0,
            event_us: 20.0,
            seed: 1,
        }
    }

    #[test]
    fn more_nodes_share_the_deliveries_and_each_event_crosses_the_bus_once_a_node_that_has_a_member() {
        let options = options();
        let rooms = rooms(&options);
        let [one, eight] = [1, 8].map(|nodes| second(&options, &rooms, nodes));
        assert!((one.bus - one.messages).abs() < 1e-6, "one node hears each event once");
        assert!((8.0 * eight.deliveries - one.deliveries).abs() < 1e-6, "nobody hears more or less");
        assert!(eight.bus > eight.messages && eight.bus < 8.0 * eight.messages);
        let members: usize = rooms.iter().map(Vec::len).sum();
        assert!(members >= options.people * options.rooms_each);
    }

    #[test]
    fn a_run_can_be_repeated() {
        let options = options();
        let tables = [(); 2].map(|()| {
            let mut table = Vec::new();
            run(&options, &mut table).unwrap();
            table
        });
        assert_eq!(tables[0], tables[1]);
    }
}
