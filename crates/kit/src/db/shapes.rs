//! Statements over lists of any length, in few shapes: each shape is prepared once a connection and kept. Without it every
//! length is another statement; the connection would forget old ones all the time, and a server is told so by a packet that
//! it does not answer, which the next one then waits behind (Nagle's algorithm, RFC 896; 40 ms on Linux).

/// As many as the next power of two, the last one again and again; none stays none. For conditions that a repeat leaves as
/// they are.
pub fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// Cut into few parts whose lengths are powers of two, or such a one and a half, the longest first.
pub fn parts<T>(mut rest: &[T]) -> Vec<&[T]> {
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let power = 1 << rest.len().ilog2();
        let longer = power + power / 2;
        let (part, others) = rest.split_at(if rest.len() < longer { power } else { longer });
        parts.push(part);
        rest = others;
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_list_is_padded_to_a_power_of_two_with_its_last_value() {
        assert!(padded(Vec::<i32>::new()).is_empty());
        assert_eq!(padded([1]), [1]);
        assert_eq!(padded([1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(0..256).len(), 256);
    }

    #[test]
    fn a_list_is_cut_into_few_parts_of_few_lengths_in_its_order() {
        let lengths = |count: usize| {
            let values: Vec<_> = (0..count).collect();
            let parts = parts(&values);
            assert_eq!(parts.concat(), values);
            parts.iter().map(|part| part.len()).collect::<Vec<_>>()
        };
        assert_eq!(lengths(0), [0; 0]);
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(51), [48, 3]);
        assert_eq!(lengths(75), [64, 8, 3]);
        let all: BTreeSet<_> = (1..=256).flat_map(lengths).collect();
        assert_eq!(all.len(), 16);
    }
}
