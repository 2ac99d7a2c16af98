//! Builds the web app and hands its files over to be embedded.
//!
//! `CLOUD_CHAT_WEB_DIST=DIR` takes files that were built before; `CLOUD_CHAT_WEB=skip` embeds a page that says
//! what is missing, and so does a machine without npm.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// What the web app is built from, below `web/`.
const SOURCES: [&str; 9] = [
    "src",
    "public",
    "build",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
    ".npmrc",
];

fn main() {
    let web = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../web");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("web");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CLOUD_CHAT_WEB");
    println!("cargo::rerun-if-env-changed=CLOUD_CHAT_WEB_DIST");
    // A path that is not there makes cargo run this every time.
    for source in SOURCES.iter().map(|source| web.join(source)).filter(|source| source.exists()) {
        println!("cargo::rerun-if-changed={}", source.display());
    }

    if out.exists() {
        fs::remove_dir_all(&out).expect("the build folder is ours");
    }
    let built = match env::var_os("CLOUD_CHAT_WEB_DIST") {
        Some(dist) => {
            println!("cargo::rerun-if-changed={}", Path::new(&dist).display());
            copy(Path::new(&dist), &out)
                .map_err(|error| format!("CLOUD_CHAT_WEB_DIST cannot be copied: {error}"))
        }
        None if env::var_os("CLOUD_CHAT_WEB").is_some_and(|value| value == "skip") => {
            Err("CLOUD_CHAT_WEB=skip was set".to_owned())
        }
        None => build(&web, &out),
    };
    if let Err(reason) = built {
        println!("cargo::warning=The web app is not in this build: {reason}.");
        placeholder(&out, &reason).expect("the build folder is ours");
    }
}

fn build(web: &Path, out: &Path) -> Result<(), String> {
    install(web)?;
    let result =
        npm(web).args(["exec", "--", "vite", "build", "--logLevel", "warn", "--outDir"]).arg(out).output();
    let result = result.map_err(|error| format!("npm does not start: {error}"))?;
    // The sources are there and wrong: an empty page would hide that.
    assert!(
        result.status.success(),
        "the web app does not build:\n{}{}",
        text(&result.stdout),
        text(&result.stderr)
    );
    Ok(())
}

/// `npm ci`, only when the lock file is not the one that was installed last.
fn install(web: &Path) -> Result<(), String> {
    let lock = fs::read(web.join("package-lock.json")).map_err(|_| "web/package-lock.json is missing")?;
    let stamp = web.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let result = npm(web).args(["ci", "--no-audit", "--no-fund"]).output();
    let result =
        result.map_err(|error| format!("npm is not there ({error}); install Node.js 20.19 or newer"))?;
    if !result.status.success() {
        let lines = text(&result.stderr);
        let lines =
            lines.lines().filter_map(|line| line.strip_prefix("npm error ")).take(3).collect::<Vec<_>>();
        return Err(format!("npm ci in web/ failed: {}", lines.join(" / ")));
    }
    fs::write(stamp, lock).map_err(|error| format!("node_modules cannot be written: {error}"))
}

fn npm(web: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(web);
    npm
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn placeholder(out: &Path, reason: &str) -> io::Result<()> {
    let reason = reason.replace('&', "&amp;").replace('<', "&lt;");
    fs::create_dir_all(out)?;
    fs::write(
        out.join("index.html"),
        format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Cloud Chat</title>\
             <h1>Cloud Chat runs, but without its web app</h1><p>It was left out of this build: {reason}.</p>\
             <p>Install Node.js 20.19 or newer and build again with <code>make build</code>. \
             The <a href=\"/docs\">HTTP API</a> and the WebSocket work.</p>"
        ),
    )
}
