//! The binary `booking`.

use std::io::Write;
use std::process::ExitCode;

use booking::cli::Cli;
use clap::Parser;

/// Requests make many small texts on one thread that another one drops; the system's allocator spent a sixth of
/// all processor time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(std::io::stderr().lock(), "booking: {failure}"));
            failure.code()
        }
    }
}
