//! Reads values of the command line; each says in one line what it must be.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

use axum::http::HeaderName;
use ipnet::IpNet;
use kit::config::Secret;

pub fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "must be an IP address".to_owned())
}

pub fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "must be an IP address and a port such as 127.0.0.1:9090 or [::1]:9090".to_owned())
}

pub fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "must be a port from 0 to 65535".to_owned())
}

pub fn header(text: &str) -> Result<HeaderName, String> {
    text.parse().map_err(|_| "must be the name of a header, such as x-real-ip".to_owned())
}

pub fn rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "must be a whole number of at least 1".to_owned())
}

pub fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "must be a number from 0 to 1, such as 0.1".to_owned())
}

pub fn range(text: &str) -> Result<IpNet, String> {
    let network = text.trim().parse().or_else(|_| text.trim().parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "must be address ranges such as 10.0.0.0/8,fd00::/8".to_owned())
}

/// Keys travel in headers, so no spaces and no letters beyond ASCII.
pub fn secret(text: &str) -> Result<Secret, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("must be plain characters without spaces, such as the output of `openssl rand -hex 32`"
            .to_owned());
    }
    Ok(Secret::new(text))
}

pub fn long_secret(text: &str) -> Result<Secret, String> {
    if text.len() < 32 {
        return Err("must be at least 32 bytes, such as the output of `openssl rand -hex 32`".to_owned());
    }
    Ok(Secret::new(text))
}
