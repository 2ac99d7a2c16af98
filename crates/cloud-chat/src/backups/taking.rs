//! Taking one: written under a temporary name, and there under its own only once it is whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{ORDER, Summary, copy_all, make_private, restoring, sync};
use crate::{commands, options::Which, secrets};

/// `find` says where each database is. Blocks.
pub fn take(find: impl Fn(Which) -> PathBuf, data_dir: &Path, to: &Path) -> Result<Summary, String> {
    let explain = |error: io::Error| format!("{} cannot be written: {error}", to.display());
    if fs::symlink_metadata(to).is_ok() {
        return Err(format!("{} is there already; choose another name", to.display()));
    }
    if let Some(missing) = ORDER.map(&find).iter().find(|file| !file.exists()) {
        return Err(format!(
            "there is no {}; DATA_DIR (--data-dir) must be the server's data folder",
            missing.display()
        ));
    }
    if restoring::is_unfinished(data_dir) {
        return Err(format!(
            "a restore into {} was cut off; start the server, which finishes it, or restore again",
            data_dir.display()
        ));
    }
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(explain)?;
    let draft = Draft::make(parent, to).map_err(explain)?;
    let summary = copy_all(find, &data_dir.join(secrets::FILE), &draft.0)?;
    // Never over anything: what is there and not an empty folder refuses.
    fs::rename(&draft.0, to).map_err(explain)?;
    sync(parent).map_err(explain)?;
    Ok(summary)
}

/// Gone with what is in it unless it got its name.
struct Draft(PathBuf);

impl Draft {
    fn make(parent: &Path, to: &Path) -> io::Result<Self> {
        let name = to.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
        let folder = parent.join(format!("{}.part-{}", name.display(), std::process::id()));
        make_private(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is not there any more when all went well.
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            commands::warn(&format!("{} cannot be removed: {error}", self.0.display()));
        }
    }
}
