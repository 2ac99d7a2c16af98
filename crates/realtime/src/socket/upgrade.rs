//! The opening handshake of RFC 6455 §4.2. Done here, not by the HTTP library, for the bare stream it leaves.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use kit::{Error, Kind};
use protocol::Code;
use tungstenite::handshake::derive_accept_key;

use crate::invitations::BEARER;

/// The stream to come and the answer that promises it.
pub(super) fn accept(parts: &mut Parts, is_bearer: bool) -> Result<(OnUpgrade, Response), Box<Response>> {
    let headers = &parts.headers;
    let asks = parts.method == Method::GET
        && lists(headers, &header::CONNECTION, "upgrade")
        && lists(headers, &header::UPGRADE, "websocket");
    if !asks {
        return Err(Box::new(refuse("This path speaks WebSocket: send an upgrade request.")));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(Box::new(refuse("Only version 13 of WebSocket is spoken here.")));
    }
    let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24) else {
        return Err(Box::new(refuse("The Sec-WebSocket-Key is missing or not 16 bytes in base64.")));
    };
    let accept = derive_accept_key(key.as_bytes());
    let Some(pending) = parts.extensions.remove::<OnUpgrade>() else {
        return Err(Box::new(refuse("This connection cannot be upgraded.")));
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.extend(HeaderValue::try_from(accept).map(|accept| (header::SEC_WEBSOCKET_ACCEPT, accept)));
    if is_bearer {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(BEARER));
    }
    Ok((pending, response))
}

fn refuse(detail: &'static str) -> Response {
    let mut response = Error::refused(Kind::Invalid, Code::Invalid, detail).into_response();
    response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

fn lists(headers: &HeaderMap, name: &header::HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
}
