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

/// Cut into parts whose lengths are powers of two, the longest first.
pub fn parts<T>(mut rest: &[T]) -> Vec<&[T]> {
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (part, others) = rest.split_at(1 << rest.len().ilog2());
        parts.push(part);
        rest = others;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_padded_to_a_power_of_two_with_its_last_value() {
        assert!(padded(Vec::<i32>::new()).is_empty());
        assert_eq!(padded([1]), [1]);
        assert_eq!(padded([1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(0..256).len(), 256);
    }

    #[test]
    fn parts_have_lengths_of_powers_of_two_and_keep_the_order() {
        let values: Vec<_> = (0..75).collect();
        let parts = parts(&values);
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [64, 8, 2, 1]);
        assert_eq!(parts.concat(), values);
    }
}
