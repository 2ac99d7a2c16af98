//! Whether a password is guessed at once.

use zxcvbn::Score;

use crate::names::fold;

/// The longest part that is looked at: the estimate of a longer one takes long and says nothing new.
const CHARS_MAX: usize = 100;

/// Fewer than a million guesses (scores 0 and 1 of zxcvbn), or one of the names of its owner. Online guessing is
/// limited to ten a minute and account: a million take ten weeks, and what needs less is what attackers try.
pub fn is_weak(password: &str, names: &[String]) -> bool {
    let folded = fold(password);
    if names.iter().any(|name| fold(name) == folded) {
        return true;
    }
    let start: String = password.chars().take(CHARS_MAX).collect();
    let parts = names.iter().flat_map(|name| name.split(['@', '.', '-', '_', '+']).chain([name.as_str()]));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    zxcvbn::zxcvbn(&start, &parts).score() < Score::Two
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(password: &str) -> bool {
        is_weak(password, &["Margarethe".into(), "margarethe.k@example.org".into()])
    }

    #[test]
    fn what_is_guessed_at_once_is_weak() {
        for password in
            ["password", "12345678", "Password1", "aaaaaaaaaaaa", "qwertyuiop", "abcdefgh", "iloveyou"]
        {
            assert!(weak(password), "{password}");
        }
    }

    #[test]
    fn ones_own_name_or_address_is_weak_however_it_is_written() {
        for password in ["margarethe", "MARGARETHE", "Margarethe.K@Example.org", "margarethe1"] {
            assert!(weak(password), "{password}");
        }
    }

    #[test]
    fn a_few_words_are_enough() {
        for password in ["correct horse battery", "tr0mbone-sky-9", "Zx9$kkw!2", "пароль из трёх слов"]
        {
            assert!(!weak(password), "{password}");
        }
        assert!(!weak(&"correct horse battery staple ".repeat(4)));
    }
}
