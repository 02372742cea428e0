//! A component in Rust that is a program (`wasi:cli/run`) and a library (`shout`) at once.

wit_bindgen::generate!({
    world: "example:rust-wasi/rust-wasi@0.1.0",
    path: [
        "../../wit/deps/wasi-io.wit",
        "../../wit/deps/wasi-clocks.wit",
        "../../wit/deps/wasi-random.wit",
        "../../wit/deps/wasi-filesystem.wit",
        "../../wit/deps/wasi-sockets.wit",
        "../../wit/deps/wasi-cli.wit",
        "wit/world.wit",
    ],
    generate_all,
});

use wasi::cli::{environment, stdout};
use wasi::clocks::wall_clock;

struct Program;

impl exports::wasi::cli::run::Guest for Program {
    fn run() -> Result<(), ()> {
        let arguments = environment::get_arguments();
        let name = arguments.get(1).map_or("World", String::as_str);
        let text = format!("Hello, {name}! It is {} s after 1970.\n", wall_clock::now().seconds);
        stdout::get_stdout()
            .blocking_write_and_flush(text.as_bytes())
            .map_err(|_| ())
    }
}

impl Guest for Program {
    fn shout(text: String) -> String {
        text.to_uppercase() + "!"
    }
}

export!(Program);
