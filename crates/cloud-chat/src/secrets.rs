//! The data folder and the secrets that are generated in it, once.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use kit::config::Secret;
use rand::{TryRng, rngs::SysRng};
use serde::{Deserialize, Serialize};

pub const FILE: &str = "secrets.json";
const SECRET_BYTES: usize = 32;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    jwt_secret: String,
}

/// Makes the folder, for its owner only, where it is not there yet.
pub fn make_folder(folder: &Path) -> Result<(), String> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| format!("the data folder {} (DATA_DIR) cannot be made: {error}", folder.display()))
}

/// Held as long as the server runs: two servers on one folder would each miss what the other does.
pub fn lock_folder(folder: &Path) -> Result<File, String> {
    let path = folder.join("lock");
    let explain = |error: io::Error| format!("{} cannot be locked: {error}", path.display());
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = file.map_err(explain)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(format!(
            "another cloud-chat runs on the data folder {}; stop it, or choose another folder with --data-dir",
            folder.display()
        )),
        Err(TryLockError::Error(error)) => Err(explain(error)),
    }
}

/// The key of the access tokens, made on the first start.
pub fn jwt_secret(folder: &Path) -> Result<Secret, String> {
    let path = folder.join(FILE);
    let explain =
        |error: &dyn std::fmt::Display| format!("the secrets in {} cannot be used: {error}", path.display());
    if !path.exists() {
        generate(folder, &path).map_err(|error| explain(&error))?;
    }
    read(&path).map_err(|error| explain(&error))
}

/// Whether what was generated can be used; nothing is generated.
pub fn check(folder: &Path) -> Result<(), String> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(());
    }
    read(&path).map(drop).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Secret, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let stored: Stored = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if stored.jwt_secret.len() < SECRET_BYTES {
        return Err("jwtSecret is shorter than 32 bytes".to_owned());
    }
    Ok(Secret::new(stored.jwt_secret))
}

/// Written beside and linked into place: a crash in between leaves no half file, and of two starts one wins.
fn generate(folder: &Path, path: &Path) -> io::Result<()> {
    let mut bytes = [0_u8; SECRET_BYTES];
    SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    let stored = Stored { jwt_secret: hex::encode(bytes) };
    let draft = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(serde_json::to_string_pretty(&stored)?.as_bytes())?;
    file.sync_all()?;
    match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => fs::remove_file(&draft)?,
    }
    File::open(folder)?.sync_all()
}
