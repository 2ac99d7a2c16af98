//! The rules for what people type in. Each answers what is wrong, never how to say it.
//! Text is normalised to NFC and trimmed by the caller where the field's type says so.

use unicode_normalization::UnicodeNormalization;

use crate::codes::FieldCode;

pub const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 3..=32;
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;
pub const ROOM_NAME_CHARS: std::ops::RangeInclusive<usize> = 1..=50;
pub const CONTENT_CHARS: std::ops::RangeInclusive<usize> = 1..=4000;
/// RFC 5321 §4.5.3.1.3: a path of 256 octets less its angle brackets.
pub const EMAIL_BYTES_MAX: usize = 254;
/// A password that is only compared, never stored: no longer than the longest that could match.
pub const PASSWORD_BYTES_MAX: usize = 4 * 128;
/// Refresh and reset tokens and JWTs are far shorter; more is not one of ours.
pub const TOKEN_BYTES_MAX: usize = 4096;

pub type Check = Result<(), FieldCode>;

/// Letters of any script, digits, `.`, `_`, `-`.
pub fn username(text: &str) -> Check {
    length(text, USERNAME_CHARS)?;
    // The Hangul fillers count as letters, yet show nothing.
    let filler = |c: char| matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}');
    let allowed = |c: char| (c.is_alphanumeric() && !filler(c)) || ".-_".contains(c);
    if text.chars().all(allowed) { Ok(()) } else { Err(FieldCode::BadFormat) }
}

/// `local@domain`, no spaces or control characters. Whether it exists only a mail can tell.
pub fn email(text: &str) -> Check {
    if text.is_empty() {
        return Err(FieldCode::TooShort);
    }
    if text.len() > EMAIL_BYTES_MAX {
        return Err(FieldCode::TooLong);
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(FieldCode::BadFormat);
    };
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let domain_fits = domain.split('.').count() >= 2 || domain == "localhost";
    let labels_fit = domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    if local_fits && domain_fits && labels_fit { Ok(()) } else { Err(FieldCode::BadFormat) }
}

/// Length only; whether it is guessable is judged where the account is known.
pub fn password(text: &str) -> Check {
    length(text, PASSWORD_CHARS)
}

/// A trimmed name with something to see in it, on one line, that cannot turn the text around it.
pub fn room_name(text: &str) -> Check {
    length(text, ROOM_NAME_CHARS)?;
    if text.chars().any(|c| c.is_control() || is_bidi_control(c)) || !text.chars().any(is_visible) {
        return Err(FieldCode::BadFormat);
    }
    Ok(())
}

/// Whether a name reads as `other`: whatever its case, width and invisible characters.
pub fn reads_as(name: &str, other: &str) -> bool {
    let visible = name.nfkc().filter(|c| is_visible(*c));
    visible.collect::<String>().to_lowercase() == other
}

/// Trimmed message text: anything but NUL.
pub fn content(text: &str) -> Check {
    length(text, CONTENT_CHARS)?;
    if text.contains('\0') { Err(FieldCode::BadFormat) } else { Ok(()) }
}

fn length(text: &str, chars: std::ops::RangeInclusive<usize>) -> Check {
    // No need to count a megabyte: past the longest there is nothing to know.
    let count = text.chars().take(chars.end() + 1).count();
    if count < *chars.start() {
        Err(FieldCode::TooShort)
    } else if count > *chars.end() {
        Err(FieldCode::TooLong)
    } else {
        Ok(())
    }
}

/// Embeddings, overrides, isolates and marks of the bidirectional algorithm (Unicode TR 9, table 1).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Not white space and not one of the characters that take no room at all.
fn is_visible(c: char) -> bool {
    let zero_width = matches!(c, '\u{00AD}' | '\u{034F}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}');
    !c.is_whitespace() && !zero_width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_take_letters_of_any_script() {
        for name in ["bob", "Жанна", "美咲子", "a.b-c_9", "محمد"] {
            assert_eq!(username(name), Ok(()), "{name}");
        }
        assert_eq!(username("ab"), Err(FieldCode::TooShort));
        assert_eq!(username(&"x".repeat(33)), Err(FieldCode::TooLong));
        for name in ["a b c", "bob\0", "b\u{202E}ob", "bo\u{200B}b", "bob@x", "😀😀😀", "bob\u{3164}"] {
            assert_eq!(username(name), Err(FieldCode::BadFormat), "{name:?}");
        }
    }

    #[test]
    fn emails_have_one_local_part_and_a_domain() {
        for address in ["a@b.co", "first.last+tag@sub.example.org", "ü@bücher.de", "root@localhost"] {
            assert_eq!(email(address), Ok(()), "{address}");
        }
        for address in ["plain", "@b.co", "a@", "a@b", "a b@c.de", "a@b..c", "a@-b.co", "a\n@b.co", ".a@b.co"]
        {
            assert_eq!(email(address), Err(FieldCode::BadFormat), "{address:?}");
        }
    }

    #[test]
    fn room_names_show_something_and_turn_nothing_around() {
        for name in ["x", "Équipe 7", "👩‍💻 dev", "شؤون"] {
            assert_eq!(room_name(name), Ok(()), "{name}");
        }
        for name in ["\u{200B}", "a\nb", "\u{202E}evil", "a\0"] {
            assert_eq!(room_name(name), Err(FieldCode::BadFormat), "{name:?}");
        }
    }

    #[test]
    fn a_name_is_recognised_in_disguise() {
        for name in ["general", "GENERAL", "gene\u{200B}ral", "ｇｅｎｅｒａｌ"] {
            assert!(reads_as(name, "general"), "{name:?}");
        }
        assert!(!reads_as("general 2", "general"));
    }

    #[test]
    fn content_is_counted_in_scalars() {
        assert_eq!(content(&"é".repeat(4000)), Ok(()));
        assert_eq!(content(&"é".repeat(4001)), Err(FieldCode::TooLong));
        assert_eq!(content(""), Err(FieldCode::TooShort));
        assert_eq!(content("a\0b"), Err(FieldCode::BadFormat));
    }
}
