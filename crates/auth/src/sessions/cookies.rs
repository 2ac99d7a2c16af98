//! The refresh token in a cookie, for browsers on the same origin: scripts never see it, other sites cannot send
//! it, and no path but `/auth` gets it.

use axum::http::{HeaderMap, HeaderValue, header};
use kit::{Error, Result, address::Client};
use protocol::Code;

use super::families::LIFETIME;

const NAME: &str = "refresh_token";
/// Over https. Browsers take a name like this from a secure connection only, so nobody puts a token of theirs under it
/// by plain http.
const SECURE_NAME: &str = "__Secure-refresh_token";

/// The token in the request's cookies.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let named = |wanted| {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|value| value.split(';'));
        let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, token)| *name == wanted && !token.is_empty()).map(|(_, token)| token)
    };
    named(SECURE_NAME).or_else(|| named(NAME))
}

pub fn set(client: &Client, token: &str) -> Result<HeaderValue> {
    render(client, token, LIFETIME.as_secs())
}

pub fn clear(client: &Client) -> Result<HeaderValue> {
    render(client, "", 0)
}

fn render(client: &Client, token: &str, max_age_secs: u64) -> Result<HeaderValue> {
    let (name, secure) = if client.is_https { (SECURE_NAME, "; Secure") } else { (NAME, "") };
    let cookie =
        format!("{name}={token}; Path=/auth; Max-Age={max_age_secs}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).map_err(Error::internal)
}

/// Whether a page of ours sent this request, as it must be where the cookie speaks for the user. Browsers send
/// `Origin` with every POST; one that left it out must at least say that the request is same-origin.
pub fn check_origin(headers: &HeaderMap, frontend_url: &str) -> Result<()> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_ours = match text(header::ORIGIN) {
        Some(origin) => {
            origin.eq_ignore_ascii_case(frontend_url)
                || text(header::HOST).is_some_and(|host| is_origin_of_host(origin, host))
        }
        None => {
            !headers.contains_key(header::ORIGIN)
                && text(header::HeaderName::from_static("sec-fetch-site")) == Some("same-origin")
        }
    };
    if is_ours {
        return Ok(());
    }
    Err(Error::forbidden(Code::BadOrigin, "The request came from a page of another origin."))
}

/// The scheme is left aside: behind a proxy that ends TLS the request itself has the other one.
fn is_origin_of_host(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let bare = |text: &str| text.strip_suffix(default_port).unwrap_or(text).to_ascii_lowercase();
    !authority.is_empty() && bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        check_origin(&headers, "https://chat.example.org").is_ok()
    }

    #[test]
    fn only_pages_of_ours_may_use_the_cookie() {
        assert!(admitted(&[("origin", "https://chat.example.org")]));
        assert!(admitted(&[("origin", "http://192.168.1.5:5000"), ("host", "192.168.1.5:5000")]));
        assert!(admitted(&[("origin", "https://Chat.local"), ("host", "chat.local")]));
        assert!(admitted(&[("origin", "https://chat.local"), ("host", "chat.local:443")]));
        assert!(admitted(&[("sec-fetch-site", "same-origin"), ("host", "chat.local")]));

        assert!(!admitted(&[("host", "chat.local")]));
        assert!(!admitted(&[("origin", "null"), ("host", "chat.local")]));
        assert!(!admitted(&[("origin", "https://evil.example"), ("host", "chat.local")]));
        assert!(!admitted(&[("origin", "https://chat.example.org.evil.example"), ("host", "chat.local")]));
        assert!(!admitted(&[("origin", "https://chat.local:8443"), ("host", "chat.local")]));
        assert!(!admitted(&[("origin", "https://"), ("host", "")]));
        assert!(!admitted(&[("sec-fetch-site", "same-site"), ("host", "chat.local")]));
        let contradiction = [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")];
        assert!(!admitted(&contradiction));
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(read(&headers), None);
        headers.insert("cookie", HeaderValue::from_static("a=1; xrefresh_token=no; refresh_token=abc; b=2"));
        assert_eq!(read(&headers), Some("abc"));
        headers.insert("cookie", HeaderValue::from_static("refresh_token=abc; __Secure-refresh_token=def"));
        assert_eq!(read(&headers), Some("def"), "what only https can set comes first");
        headers.insert("cookie", HeaderValue::from_static("refresh_token=; __Secure-refresh_token="));
        assert_eq!(read(&headers), None);
    }
}
