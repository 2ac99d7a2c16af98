//! A certificate authority of a test's own, and what it signs.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;

/// Gone with its folder.
pub struct Authority {
    folder: TempDir,
    issuer: Issuer<'static, KeyPair>,
}

/// Files (PEM) that a server takes.
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "An authority of a test");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("it signs itself");
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("the folder is ours");
        Self { folder, issuer: Issuer::new(params, key) }
    }

    /// What clients check servers with.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// For a server of this name or address.
    pub fn sign(&self, name: &str) -> Identity {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        // Servers that link against WolfSSL or YaSSL refuse an empty one.
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("the authority signs");
        let place = |suffix| self.folder.path().join(format!("{name}.{suffix}"));
        let identity = Identity { certificate: place("pem"), key: place("key") };
        std::fs::write(&identity.certificate, certificate.pem()).expect("the folder is ours");
        std::fs::write(&identity.key, key.serialize_pem()).expect("the folder is ours");
        identity
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
