//! Argon2id as PHC strings: m=19 MiB, t=2, p=1 (OWASP's second choice of equal strength).

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use kit::{Error, Result};

use super::Verdict;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;

/// glibc gives a freed allocation back to the system only above this size; below, it learns to keep it, once for
/// every thread that ever hashed. Pages of the surplus are never touched, so they cost nothing.
const CAPACITY_BLOCKS_MIN: usize = 33 * 1024;

pub fn hash(password: &str) -> Result<String> {
    let params = params()?;
    let salt = Salt::generate();
    let mut output = [0; OUTPUT_BYTES];
    compute(password, &salt, Algorithm::Argon2id, Version::V0x13, params.clone(), &mut output)
        .map_err(Error::internal)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(Error::internal)?,
        salt: Some(salt),
        hash: Some(Output::new(&output).map_err(Error::internal)?),
    };
    Ok(hash.to_string())
}

/// Compares with the parameters of the stored hash.
pub fn verify(password: &str, stored: &str) -> Result<Verdict> {
    let stored = PasswordHash::new(stored).map_err(Error::internal)?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(Error::internal)?;
    let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(Error::internal)?;
    let their_params = Params::try_from(&stored).map_err(Error::internal)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(Error::internal("a hash without salt or output"));
    };
    let mut output = vec![0; expected.len()];
    compute(password, salt, algorithm, version, their_params.clone(), &mut output)
        .map_err(Error::internal)?;
    // `Output` compares in constant time.
    if Output::new(&output).map_err(Error::internal)? != *expected {
        return Ok(Verdict::Wrong);
    }
    let ours = params()?;
    let is_current = algorithm == Algorithm::Argon2id
        && (their_params.m_cost(), their_params.t_cost(), their_params.p_cost())
            == (ours.m_cost(), ours.t_cost(), ours.p_cost());
    Ok(if is_current { Verdict::Right } else { Verdict::RightButOutdated })
}

/// As costly to compare with as any other hash, and the hash of nothing that anybody knows.
pub fn unmatchable() -> String {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}")
}

fn params() -> Result<Params> {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).map_err(Error::internal)
}

fn compute(
    password: &str,
    salt: &[u8],
    algorithm: Algorithm,
    version: Version,
    params: Params,
    output: &mut [u8],
) -> Result<(), argon2::Error> {
    let blocks = params.block_count();
    let mut memory: Vec<Block> = Vec::with_capacity(blocks.max(CAPACITY_BLOCKS_MIN));
    memory.resize_with(blocks, Block::new);
    Argon2::new(algorithm, version, params).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        output,
        memory,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_matches_its_password_only() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify("correct horse", &stored).unwrap(), Verdict::Right);
        assert_eq!(verify("correct house", &stored).unwrap(), Verdict::Wrong);
        assert_ne!(hash("correct horse").unwrap(), stored, "a salt of its own");
    }

    #[test]
    fn weaker_parameters_match_and_are_outdated() {
        // Known answer of the reference implementation: m=65536, t=2, p=1, "password", "somesalt".
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert_eq!(verify("password", stored).unwrap(), Verdict::RightButOutdated);
    }

    #[test]
    fn the_hash_for_no_account_costs_the_same_and_matches_nothing() {
        let stored = unmatchable();
        let parameters = |text: &str| text.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(parameters(&stored), parameters(&hash("x").unwrap()));
        assert_eq!(verify("", &stored).unwrap(), Verdict::Wrong);
    }
}
