//! A Lambda as it is uploaded.

use std::{fs, path::Path, process::Command};

use super::{Outcome, Row};

/// As `deploy-aws.sh` packs it.
pub fn run(name: &str, program: &Path) -> Outcome<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let (bootstrap, package) = (folder.path().join("bootstrap"), folder.path().join("package.zip"));
    fs::copy(program, &bootstrap).map_err(|error| format!("{}: {error}", program.display()))?;
    let packed =
        Command::new("zip").args(["--quiet", "--junk-paths", "-X"]).args([&package, &bootstrap]).status()?;
    if !packed.success() {
        return Err("zip failed".into());
    }
    let size = |path: &Path| Ok::<_, std::io::Error>(format!("{} kB", fs::metadata(path)?.len() / 1000));
    Ok(vec![
        (name.into(), "program".into(), size(&bootstrap)?),
        (name.into(), "package (zip)".into(), size(&package)?),
        (name.into(), "newest glibc that it asks for".into(), glibc(program)?),
    ])
}

/// `provided.al2023` has 2.34.
fn glibc(program: &Path) -> Outcome<String> {
    let dumped = Command::new("objdump").arg("-T").arg(program).output()?;
    let text = String::from_utf8_lossy(&dumped.stdout);
    let versions = text.split("GLIBC_").skip(1).filter_map(|rest| {
        let version = rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
        let mut parts = version.split('.').map(str::parse::<u32>);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    });
    Ok(versions
        .max()
        .map_or("none: it is linked statically".into(), |(major, minor)| format!("{major}.{minor}")))
}
