//! The binary `booking`.

use std::io::Write;
use std::process::ExitCode;

use booking::cli::Cli;
use clap::Parser;

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
