//! Which addresses names may lead to: a registry of the internet leads to none of a private
//! network.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolves the name of the registry to any address, and other names to public addresses only,
/// unless the registry itself has a private one.
pub(crate) struct GuardedResolver {
    inner: DefaultResolver,
    /// The host of the registry, without its port.
    registry: String,
    /// The host of the proxy, without its port.
    proxy: Option<String>,
    /// Whether the registry has a private address, once that is known.
    is_private: OnceLock<bool>,
}

/// A name that leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` has a private address")]
pub(crate) struct PrivateAddress(pub(crate) String);

impl GuardedResolver {
    pub(crate) fn new(registry: &str, proxy: Option<String>) -> Self {
        Self {
            inner: DefaultResolver::default(),
            registry: registry.to_owned(),
            proxy,
            is_private: OnceLock::new(),
        }
    }
}

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default();
        if host.eq_ignore_ascii_case(&self.registry) {
            self.is_private
                .get_or_init(|| found.iter().any(|address| is_private(address.ip())));
            return Ok(found);
        }
        if self.proxy.as_deref().is_some_and(|proxy| proxy == host)
            || self.is_private.get().copied().unwrap_or(false)
        {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|address| !is_private(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            let refused = PrivateAddress(host.to_owned());
            return Err(ureq::Error::Other(Box::new(refused)));
        }
        Ok(public)
    }
}

impl fmt::Debug for GuardedResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedResolver")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}

/// Whether an address is of this machine, its link, a private or a shared network, or of none.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(embedded) => is_private_v4(embedded),
            None => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
                    || address.is_multicast()
            }
        },
    }
}

/// The IPv4 address within a mapped or translated one (RFC 4291, section 2.5.5.2; RFC 6052).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = address.octets();
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    address.to_ipv4_mapped()
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || first == 0
        // RFC 6598: shared by the customers of a provider.
        || (first == 100 && (64..128).contains(&second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
        for text in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }
}
