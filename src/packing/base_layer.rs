//! The base layer: what a static program still needs from a file system.
//!
//! It is the same for every package, platform and build, so registries and
//! machines keep it once.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use muslin_oci::layer::Layer;
use muslin_oci::tar::{Entry, EntryKind, FileContent};

/// Where programs look for Mozilla's root certificates.
pub const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The user and group that containers run as unless told otherwise.
pub const NONROOT: u32 = 65532;

/// Bytes of base64 in a line of PEM (RFC 7468, section 2).
const PEM_LINE: usize = 64;

/// The base layer: users, groups, certificates and a `/tmp` for everyone.
#[must_use]
pub fn layer() -> Layer {
    let folder = |path, mode| (path, EntryKind::Directory { mode });
    let file = |path, text: String| (path, text_file(text));
    let link = |path, target: &str| {
        let target = target.to_owned();
        (path, EntryKind::Symlink { target })
    };
    let entries = [
        folder("/tmp", 0o1777),
        file("/etc/passwd", passwd()),
        file("/etc/group", group()),
        file(CA_BUNDLE, ca_bundle()),
        // Where OpenSSL and LibreSSL look first when their folder is /etc/ssl.
        link("/etc/ssl/cert.pem", "certs/ca-certificates.crt"),
    ]
    .map(|(path, kind)| Entry::new(path, kind).expect("the paths above are normal and short"));
    Layer::new(entries).expect("the paths above are distinct")
}

fn text_file(text: String) -> EntryKind {
    EntryKind::File {
        mode: 0o644,
        size: text.len() as u64,
        content: FileContent::Memory(text.into_bytes()),
    }
}

fn passwd() -> String {
    format!(
        "root:x:0:0:root:/:/sbin/nologin\n\
         nonroot:x:{NONROOT}:{NONROOT}:nonroot:/:/sbin/nologin\n"
    )
}

fn group() -> String {
    format!("root:x:0:\nnonroot:x:{NONROOT}:\n")
}

/// Mozilla's root certificates as PEM, sorted so that the order in which they
/// were published does not matter.
fn ca_bundle() -> String {
    let mut certificates: Vec<&[u8]> = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(AsRef::as_ref)
        .collect();
    certificates.sort_unstable();
    let mut bundle = String::new();
    for der in certificates {
        bundle.push_str("-----BEGIN CERTIFICATE-----\n");
        let mut rest = STANDARD.encode(der);
        while !rest.is_empty() {
            let line: String = rest.drain(..rest.len().min(PEM_LINE)).collect();
            writeln!(bundle, "{line}").expect("a String takes every write");
        }
        bundle.push_str("-----END CERTIFICATE-----\n");
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_layer_stays_what_it_was() {
        insta::assert_snapshot!(layer().diff_id().unwrap(), @"sha256:d78e1c4166fef3474445677b5377bf596356ac0806b69c778fdb95ed26c07e09");
    }

    #[test]
    fn the_bundle_holds_every_certificate() {
        let begins = ca_bundle().matches("-----BEGIN CERTIFICATE-----\n").count();
        assert_eq!(begins, webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
        assert!(begins > 100, "{begins}");
    }
}
