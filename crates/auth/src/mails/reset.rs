//! What the reset letter says, in English and French: the account knows no language.

use super::Letter;

pub const SUBJECT: &str = "Reset your password / Réinitialisez votre mot de passe";

pub fn text(letter: &Letter) -> String {
    let Letter { username, link, .. } = letter;
    format!(
        "Hello {username},

somebody, probably you, asked for a new password for your Cloud Chat account.
To choose one, open this link within one hour. It works once.

{link}

If it was not you, ignore this message: your password stays as it is.


Bonjour {username},

quelqu'un, sans doute vous, a demandé un nouveau mot de passe pour votre compte Cloud Chat.
Pour le choisir, ouvrez ce lien dans l'heure. Il ne sert qu'une fois.

{link}

Si ce n'était pas vous, ignorez ce message : votre mot de passe ne change pas.
"
    )
}

pub fn html(letter: &Letter) -> String {
    let (username, link) = (escape(&letter.username), escape(&letter.link));
    format!(
        r#"<!doctype html>
<html>
<head><meta charset="utf-8"><title>Cloud Chat</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">
<div lang="en">
<p>Hello {username},</p>
<p>somebody, probably you, asked for a new password for your Cloud Chat account.
To choose one, open this link within one hour. It works once.</p>
<p><a href="{link}">Choose a new password</a></p>
<p>If it was not you, ignore this message: your password stays as it is.</p>
</div>
<hr>
<div lang="fr">
<p>Bonjour {username},</p>
<p>quelqu'un, sans doute vous, a demandé un nouveau mot de passe pour votre compte Cloud Chat.
Pour le choisir, ouvrez ce lien dans l'heure. Il ne sert qu'une fois.</p>
<p><a href="{link}">Choisir un nouveau mot de passe</a></p>
<p>Si ce n'était pas vous, ignorez ce message : votre mot de passe ne change pas.</p>
</div>
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use protocol::UserId;

    use super::*;

    fn letter() -> Letter {
        Letter {
            user: UserId::random(),
            username: "zoé".into(),
            email: "zoe@example.org".into(),
            link: "https://chat.example.org/reset-password?token=0a1b".into(),
        }
    }

    #[test]
    fn the_letter_reads_as_agreed() {
        insta::assert_snapshot!("reset_text", text(&letter()));
        insta::assert_snapshot!("reset_html", html(&letter()));
    }

    #[test]
    fn nothing_in_it_is_taken_for_markup() {
        let letter = Letter { link: "https://x/?a=\"><script>&b".into(), ..letter() };
        let html = html(&letter);
        assert!(!html.contains("<script>"));
        assert!(html.contains("href=\"https://x/?a=&quot;&gt;&lt;script&gt;&amp;b\""));
    }
}
