//! What a request to open a socket brings besides its token: the first line is the address, the next ones are headers.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::Query;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use kit::{
    address::{Client, TrustedProxies},
    traces::Trace,
};
use realtime::Invitation;

pub fn take(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let uri = lines.next().and_then(|line| Uri::try_from(line).ok());
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&line[colon + 1..])) {
            headers.append(name, value);
        }
    }
    let query = uri.and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let protocols = headers.get_all("sec-websocket-protocol").iter().filter_map(|value| value.to_str().ok());
    let invitation = Invitation::of(&query, protocols);
    if let Ok(Some(room)) = invitation.room {
        assert!(room.0 > 0, "{invitation:?}");
    }

    let trace = Trace::of(&headers);
    let told = Trace::told(&trace.traceparent()).expect("what goes on to another service can be read there");
    assert_eq!(told.trace_id, trace.trace_id);
    let request_id = trace.request_id.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    assert!((1..=64).contains(&request_id.len()) && request_id.iter().all(is_plain), "{request_id:?}");

    let peer = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
    let nobody = TrustedProxies::default();
    assert_eq!(
        Client::of(peer, &headers, &nobody),
        Client { address: peer, is_https: false },
        "a stranger's claims"
    );
    let proxies = TrustedProxies::new(vec!["203.0.113.9/32".parse().expect("a range")]);
    let client = Client::of(peer, &headers, &proxies);
    assert_eq!(client.address, client.address.to_canonical(), "one spelling each");
}
