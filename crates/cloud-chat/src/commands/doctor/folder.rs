//! The data folder: whether it can be written, who else can read it, and how much fits.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use super::report::{Finding, ok, problem, warning};
use crate::{backups, options::Which, secrets};

/// A server that cannot write answers 503 to everything that changes something.
const FREE_BYTES_MIN: u64 = 100 * 1000 * 1000;
/// A year of a small team.
const FREE_BYTES_WISE: u64 = 1000 * 1000 * 1000;
const FOR_OTHERS: u32 = 0o077;

pub fn access(folder: &Path) -> Finding {
    let name = folder.display();
    let place = existing(folder);
    if let Err(error) = try_to_write(place) {
        return problem(format!(
            "{}: {error}. Let the user that the server runs as own it (chown -R), or choose another DATA_DIR.",
            place.display()
        ));
    }
    if place != folder {
        return ok(format!("{name} is not there yet; the first start makes it"));
    }
    for file in [Which::Auth.file(), Which::Chat.file(), secrets::FILE].map(|file| folder.join(file)) {
        if let Err(error) = OpenOptions::new().read(true).append(true).open(&file)
            && error.kind() != io::ErrorKind::NotFound
        {
            return problem(format!(
                "{}: {error}. Let the user that the server runs as own it (chown -R).",
                file.display()
            ));
        }
    }
    if let Err(error) = secrets::check(folder) {
        return problem(format!(
            "{error}. Take it from a backup, or delete it: then everybody logs in again."
        ));
    }
    let readable =
        |file: &Path| file.metadata().is_ok_and(|data| data.permissions().mode() & FOR_OTHERS != 0);
    let secrets = folder.join(secrets::FILE);
    if readable(&secrets) {
        return problem(format!("{0}: others can read it. Run chmod 600 {0}", secrets.display()));
    }
    if readable(folder) {
        return warning(format!("{name}: others can look into it. Run chmod 700 {name}"));
    }
    ok(format!("{name} can be written, and nobody else can read it"))
}

pub fn space(folder: &Path) -> Finding {
    let place = existing(folder);
    let name = place.display();
    let system = match rustix::fs::statvfs(place) {
        Ok(system) => system,
        Err(error) => return problem(format!("{name}: {error}")),
    };
    let bytes = system.f_bavail.saturating_mul(system.f_frsize);
    let free = format!("{} free below {name}", backups::size(bytes));
    // Some file systems count no files.
    if system.f_files > 0 && system.f_favail == 0 {
        return problem(format!("no more files can be made below {name}. Delete some."));
    }
    match bytes {
        ..FREE_BYTES_MIN => problem(format!("{free}. Make room: nothing can be stored on a full disk.")),
        FREE_BYTES_MIN..FREE_BYTES_WISE => warning(format!("{free}. Make room before it is full.")),
        _ => ok(free),
    }
}

/// The folder, or the nearest one above that is there.
fn existing(folder: &Path) -> &Path {
    let mut places = folder.ancestors().filter(|place| !place.as_os_str().is_empty());
    places.find(|place| fs::symlink_metadata(place).is_ok()).unwrap_or(Path::new("."))
}

/// Root may write anywhere but where the file system says no: only trying tells.
fn try_to_write(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
    fs::remove_file(file)
}
