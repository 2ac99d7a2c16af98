//! As much of RFC 6455 as a client needs: frames of the server in, masked text out.

use crate::Outcome;

#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    Text(&'a [u8]),
    Ping(&'a [u8]),
    Pong,
    /// A code, 1005 where there is none, and a reason.
    Close(u16, String),
}

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// The first frame of `bytes` and how many bytes it takes; `None` while it is incomplete.
pub fn parse(bytes: &[u8]) -> Outcome<Option<(Frame<'_>, usize)>> {
    let [first, second, ..] = *bytes else { return Ok(None) };
    let (header, length) = match second {
        126 => match bytes.get(2..4) {
            Some(length) => (4, usize::from(u16::from_be_bytes(length.try_into()?))),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (10, usize::try_from(u64::from_be_bytes(length.try_into()?))?),
            None => return Ok(None),
        },
        length if length & MASKED == 0 => (2, usize::from(length)),
        _ => return Err("the server masked a frame".into()),
    };
    let Some(payload) = bytes.get(header..header + length) else { return Ok(None) };
    if first & FINAL == 0 || first & 0x70 != 0 {
        return Err("a fragmented or extended frame, which was not negotiated".into());
    }
    let frame = match first & 0x0F {
        TEXT => Frame::Text(payload),
        PING => Frame::Ping(payload),
        PONG => Frame::Pong,
        CLOSE => close(payload),
        opcode => return Err(format!("a frame of opcode {opcode}").into()),
    };
    Ok(Some((frame, header + length)))
}

fn close(payload: &[u8]) -> Frame<'static> {
    match payload {
        [high, low, reason @ ..] => {
            Frame::Close(u16::from_be_bytes([*high, *low]), String::from_utf8_lossy(reason).into_owned())
        }
        _ => Frame::Close(1005, String::new()),
    }
}

/// Appends a text frame, masked as clients must.
pub fn text(payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    client_frame(TEXT, payload, mask, out);
}

pub fn pong(payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    client_frame(PONG, payload, mask, out);
}

/// A text frame as a server sends it.
pub fn server_text(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 10);
    header(TEXT, 0, payload.len(), &mut out);
    out.extend_from_slice(payload);
    out
}

fn client_frame(opcode: u8, payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    header(opcode, MASKED, payload.len(), out);
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[expect(clippy::cast_possible_truncation, reason = "each arm's pattern bounds the length")]
fn header(opcode: u8, masked: u8, length: usize, out: &mut Vec<u8>) {
    out.push(FINAL | opcode);
    match length {
        0..126 => out.push(masked | length as u8),
        126..=0xFFFF => {
            out.push(masked | 0x7E);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(masked | 0x7F);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_found_and_no_byte_too_early() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let payload = vec![b'x'; length];
            let bytes = server_text(&payload);
            for cut in [0, 1, 2, 3, bytes.len() - 1] {
                if cut < bytes.len() {
                    assert_eq!(parse(&bytes[..cut]).unwrap(), None, "{cut} of {length}");
                }
            }
            let two = [&bytes[..], &bytes[..]].concat();
            assert_eq!(parse(&two).unwrap(), Some((Frame::Text(&payload), bytes.len())));
        }
    }

    #[test]
    fn what_a_client_sends_is_masked() {
        let mut out = Vec::new();
        text(b"hello", [1, 2, 3, 4], &mut out);
        assert_eq!(out[..6], [0x81, 0x85, 1, 2, 3, 4]);
        assert_eq!(out[6..], [b'h' ^ 1, b'e' ^ 2, b'l' ^ 3, b'l' ^ 4, b'o' ^ 1]);
    }

    #[test]
    fn a_close_tells_its_code_and_reason() {
        let mut bytes = vec![0x88, 8, 0x03, 0xF5];
        bytes.extend(b"resume");
        assert_eq!(parse(&bytes).unwrap(), Some((Frame::Close(1013, "resume".into()), 10)));
        assert_eq!(parse(&[0x88, 0]).unwrap(), Some((Frame::Close(1005, String::new()), 2)));
    }

    #[test]
    fn what_was_not_negotiated_is_refused() {
        assert!(parse(&[0xC1, 0]).is_err(), "compressed");
        assert!(parse(&[0x01, 0]).is_err(), "fragmented");
        assert!(parse(&[0x81, 0x80, 0, 0, 0, 0]).is_err(), "masked");
    }
}
