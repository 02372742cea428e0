//! The six functions of the reference app, as a component in Rust; the same world as `../c`.

wit_bindgen::generate!({
    world: "aether:wasm-example/wasm-example@0.1.0",
    path: [
        "../../../wit/deps/wasi-io.wit",
        "../../../wit/deps/wasi-clocks.wit",
        "../../../wit/deps/wasi-random.wit",
        "../../../wit/deps/wasi-filesystem.wit",
        "../../../wit/enclave-os.wit",
        "../wit/world.wit",
    ],
    generate_all,
});

use privasys::enclave_os::https;
use wasi::clocks::wall_clock;
use wasi::filesystem::preopens;
use wasi::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags};
use wasi::random::random;

const HEADLINES_MAX: usize = 10;
const HEADLINES_URL: &str = "https://www.lemonde.fr";

struct App;

/// The first directory that the host grants: one file a key.
fn store() -> Result<Descriptor, String> {
    preopens::get_directories()
        .into_iter()
        .next()
        .map(|(directory, _)| directory)
        .ok_or_else(|| "no directory is granted".to_string())
}

fn write(key: &str, value: &str) -> Result<(), String> {
    let file = store()?
        .open_at(
            PathFlags::empty(),
            key,
            OpenFlags::CREATE | OpenFlags::TRUNCATE,
            DescriptorFlags::READ | DescriptorFlags::WRITE,
        )
        .map_err(|_| format!("key can not be written: {key}"))?;
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match file.write(&bytes[at..], at as u64) {
            Ok(written) if written > 0 => at += written as usize,
            _ => return Err(format!("value can not be written: {key}")),
        }
    }
    file.sync_data().map_err(|_| format!("value can not be kept: {key}"))
}

fn read(key: &str) -> Result<String, String> {
    let file = store()?
        .open_at(PathFlags::empty(), key, OpenFlags::empty(), DescriptorFlags::READ)
        .map_err(|why| match why {
            ErrorCode::NoEntry => format!("key not found: {key}"),
            other => format!("key can not be read: {key}: {}", other.name()),
        })?;
    let mut all = Vec::new();
    loop {
        let (chunk, is_end) = file
            .read(65536, all.len() as u64)
            .map_err(|_| format!("key can not be read: {key}"))?;
        let is_last = is_end || chunk.is_empty();
        all.extend_from_slice(&chunk);
        if is_last {
            return Ok(String::from_utf8_lossy(&all).into_owned());
        }
    }
}

/// What stands between `<h3 ...>` and `</h3>`, without tags.
fn headlines(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(tag) = rest.find("<h3") {
        let Some(from) = rest[tag..].find('>').map(|i| tag + i + 1) else { break };
        let Some(to) = rest[from..].find("</h3>").map(|i| from + i) else { break };
        let mut in_tag = false;
        let text: String = rest[from..to]
            .chars()
            .filter(|c| {
                match c {
                    '<' => in_tag = true,
                    '>' => {
                        in_tag = false;
                        return false;
                    }
                    _ => (),
                }
                !in_tag && !c.is_control()
            })
            .collect();
        found.push(text.trim().to_string());
        if found.len() == HEADLINES_MAX {
            break;
        }
        rest = &rest[to..];
    }
    found
}

impl Guest for App {
    fn hello() -> String {
        "Hello, World!".to_string()
    }

    fn get_random() -> u32 {
        let bytes = random::get_random_bytes(4);
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % 100 + 1
    }

    fn get_time() -> String {
        let now = wall_clock::now();
        format!("{}.{:09}", now.seconds, now.nanoseconds)
    }

    fn kv_store(key: String, value: String) -> String {
        match write(&key, &value) {
            Ok(()) => format!("stored: {key}"),
            Err(why) => format!("error: {why}"),
        }
    }

    fn kv_read(key: String) -> String {
        read(&key).unwrap_or_else(|why| format!("error: {why}"))
    }

    fn fetch_headlines() -> String {
        match https::fetch(0, HEADLINES_URL, &[], None) {
            Err(why) => format!("error: fetch: {why}"),
            Ok((_, _, body)) => {
                let found = headlines(&String::from_utf8_lossy(&body));
                if found.is_empty() {
                    return "error: no headlines".to_string();
                }
                let lines = found.iter().enumerate().map(|(i, text)| format!("{}. {text}", i + 1));
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

export!(App);
