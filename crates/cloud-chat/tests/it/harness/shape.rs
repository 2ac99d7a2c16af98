//! Exact shapes of answers: every key is there, no other is, and what varies is of its kind.

use serde_json::Value;

/// `"<uuid>"`, `"<id>"`, `"<time>"`, `"<jwt>"`, `"<refresh>"` and `"<text>"` in `pattern` stand for any value of
/// that kind.
#[track_caller]
pub fn assert_shape(value: &Value, pattern: &Value) {
    if let Err(why) = compare("", value, pattern) {
        panic!("{why}\nin {value:#}");
    }
}

fn compare(place: &str, value: &Value, pattern: &Value) -> Result<(), String> {
    match (value, pattern) {
        (Value::Object(fields), Value::Object(wanted)) => {
            if let Some(extra) = fields.keys().find(|name| !wanted.contains_key(*name)) {
                return Err(format!("{place}.{extra} should not be there"));
            }
            wanted.iter().try_for_each(|(name, pattern)| {
                let place = format!("{place}.{name}");
                compare(&place, fields.get(name).ok_or(format!("{place} is missing"))?, pattern)
            })
        }
        (Value::Array(items), Value::Array(wanted)) => {
            if items.len() != wanted.len() {
                return Err(format!("{place} has {} items, not {}", items.len(), wanted.len()));
            }
            let pairs = items.iter().zip(wanted).enumerate();
            pairs
                .into_iter()
                .try_for_each(|(n, (item, pattern))| compare(&format!("{place}[{n}]"), item, pattern))
        }
        (value, Value::String(kind)) if kind.starts_with('<') => {
            if is_of_kind(value, kind) {
                Ok(())
            } else {
                Err(format!("{place} is {value}, not {kind}"))
            }
        }
        _ if value == pattern => Ok(()),
        _ => Err(format!("{place} is {value}, not {pattern}")),
    }
}

fn is_of_kind(value: &Value, kind: &str) -> bool {
    let text = value.as_str().unwrap_or_default();
    match kind {
        "<uuid>" => {
            let parts: Vec<_> = text.split('-').map(str::len).collect();
            parts == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b"0123456789abcdef".contains(&b))
        }
        "<id>" => value.as_i64().is_some_and(|id| (1..1 << 53).contains(&id)),
        // 2024-01-01T12:00:00.000Z
        "<time>" => {
            let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            shape == "0000-00-00T00:00:00.000Z"
        }
        "<jwt>" => text.split('.').count() == 3,
        // 48 random bytes, hex.
        "<refresh>" => text.len() == 96 && text.bytes().all(|b| b.is_ascii_hexdigit()),
        "<text>" => !text.is_empty(),
        _ => panic!("no such kind: {kind}"),
    }
}
