//! Where a request comes from. `X-Forwarded-*` counts only when a configured proxy says so.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use crate::Error;

/// Address ranges of the proxies in front (`TRUSTED_PROXIES`); none by default.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<Vec<IpNet>>);

impl TrustedProxies {
    pub fn new(ranges: Vec<IpNet>) -> Self {
        Self(Arc::new(ranges))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address))
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
        // From the nearest hop outwards: the first address that is no proxy of ours is the client.
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
        let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        let is_https = proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
        Self { address, is_https }
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
}
