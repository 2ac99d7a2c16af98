//! Usernames and emails compared as people do: `fold` gives the form in which equal ones are equal.

use protocol::{FieldError, codes::FieldCode};
use unicode_normalization::UnicodeNormalization;

/// Folding may lengthen a text up to eighteen times (U+FDFA); what real names need is far less.
pub const USERNAME_FOLDED_CHARS: u32 = 128;
pub const EMAIL_FOLDED_CHARS: u32 = 320;

/// Compatibility characters replaced, then case ignored. Done here and not by a collation, so that every engine
/// agrees. Through capitals, since that brings together what lower case keeps apart: `ß` and `ss`, `ς` and `σ`.
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

pub fn fold_username(username: &str) -> Result<String, FieldError> {
    fold_within("username", username, USERNAME_FOLDED_CHARS)
}

pub fn fold_email(email: &str) -> Result<String, FieldError> {
    fold_within("email", email, EMAIL_FOLDED_CHARS)
}

fn fold_within(field: &str, text: &str, chars_max: u32) -> Result<String, FieldError> {
    let folded = fold(text);
    if folded.chars().count() > chars_max as usize {
        return Err(FieldError::new(field, FieldCode::TooLong));
    }
    Ok(folded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_take_for_the_same_name_is_the_same() {
        for (one, other) in [
            ("Bob", "bOB"),
            ("ΟΔΟΣ", "οδος"),
            ("straße", "STRASSE"),
            ("ｂｏｂ", "bob"),
            ("Éric", "e\u{301}ric"),
            ("ﬁn", "fin"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("bob"), fold("bоb"), "a Cyrillic letter is another letter");
    }

    #[test]
    fn a_name_that_outgrows_its_column_is_refused() {
        assert!(fold_username(&"\u{FDFA}".repeat(4)).is_ok());
        assert_eq!(fold_username(&"\u{FDFA}".repeat(32)).unwrap_err().code, FieldCode::TooLong);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\w{0,32}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
