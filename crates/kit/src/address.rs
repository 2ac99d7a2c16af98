//! Where a request comes from. What its headers say counts only when a configured proxy says it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, HeaderName, request::Parts},
};
use ipnet::IpNet;

use crate::Error;

/// Address ranges of the proxies in front (`TRUSTED_PROXIES`); none by default.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    ranges: Arc<Vec<IpNet>>,
    client_header: Option<HeaderName>,
}

impl TrustedProxies {
    pub fn new(ranges: Vec<IpNet>) -> Self {
        Self { ranges: Arc::new(ranges), client_header: None }
    }

    /// They put the client's address into this header, and overwrite what the client put there
    /// (`CLIENT_ADDRESS_HEADER`).
    #[must_use]
    pub fn naming_clients_in(self, client_header: Option<HeaderName>) -> Self {
        Self { client_header, ..self }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(&address))
    }

    fn named_client(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let value = headers.get(self.client_header.as_ref()?)?.to_str().ok()?;
        value.trim().parse().ok().map(|address: IpAddr| address.to_canonical())
    }
}

/// The client as far as it can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    pub is_https: bool,
}

impl Client {
    pub fn of(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let peer = peer.to_canonical();
        if !proxies.trusts(peer) {
            return Self { address: peer, is_https: false };
        }
        let address = proxies.named_client(headers).unwrap_or_else(|| Self::nearest(peer, headers, proxies));
        let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        let is_https = proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
        Self { address, is_https }
    }

    /// From the nearest hop outwards: the first address that is no proxy of ours is the client.
    fn nearest(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
        let hops = headers.get_all("x-forwarded-for").iter().rev();
        let hops = hops.filter_map(|value| value.to_str().ok()).flat_map(|value| value.rsplit(','));
        let mut address = peer;
        for hop in hops {
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            address = hop.to_canonical();
            if !proxies.trusts(address) {
                break;
            }
        }
        address
    }

    /// What limits are counted by: the address, or its /64 where it is IPv6, since one host owns all of that.
    pub fn limit_key(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(_) => self.address,
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        }
    }
}

impl<S> FromRequestParts<S> for Client
where
    S: Send + Sync,
    TrustedProxies: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let ConnectInfo(peer) = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .copied()
            .ok_or_else(|| Error::internal("served without connect info"))?;
        Ok(Self::of(peer.ip(), &parts.headers, &TrustedProxies::from_ref(state)))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn address_of(peer: &str, forwarded: &'static str) -> IpAddr {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        Client::of(peer.parse().unwrap(), &headers, &proxies).address
    }

    #[test]
    fn only_a_configured_proxy_is_believed() {
        let real: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(address_of("203.0.113.9", "1.2.3.4"), real);
        assert_eq!(address_of("10.0.0.1", "203.0.113.9"), real);
        assert_eq!(address_of("::ffff:10.0.0.1", "203.0.113.9"), real);
    }

    #[test]
    fn what_the_client_itself_forwarded_is_not_believed() {
        let real: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(address_of("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2"), real);
        assert_eq!(address_of("10.0.0.1", "nonsense, 203.0.113.9"), real);
    }

    fn address_named(peer: &str, named: &'static str) -> IpAddr {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()])
            .naming_clients_in(Some(HeaderName::from_static("x-real-ip")));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.0.0.2"));
        headers.insert("x-real-ip", HeaderValue::from_static(named));
        Client::of(peer.parse().unwrap(), &headers, &proxies).address
    }

    #[test]
    fn a_gateway_that_names_the_client_in_a_header_is_believed_and_nobody_else() {
        let real: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(address_named("10.0.0.1", "203.0.113.9"), real);
        assert_eq!(address_named("10.0.0.1", "::ffff:203.0.113.9"), real);
        assert_eq!(address_named("203.0.113.9", "1.2.3.4"), real);
        // Where it names none, what is forwarded counts.
        assert_eq!(address_named("10.0.0.1", "nobody"), "10.0.0.2".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn the_header_counts_only_where_it_is_configured() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        headers.insert("x-real-ip", HeaderValue::from_static("1.2.3.4"));
        let client = Client::of("10.0.0.1".parse().unwrap(), &headers, &proxies);
        assert_eq!(client.address, "203.0.113.9".parse::<IpAddr>().unwrap());
    }
}
