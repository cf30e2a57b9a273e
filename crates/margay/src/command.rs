//! One file a command; here they are chosen.

mod alarm;
mod alert;
mod apply;
mod backup;
mod demo;
mod destination;
mod doctor;
mod import;
mod pull;
mod query;
mod replay;
mod schema;
mod serve;
mod sim;
mod source;
mod token;
mod user;

use crate::cli::{Cli, Command, Sim};
use crate::exit::Outcome;

pub(crate) async fn run(cli: Cli) -> Outcome {
    let Cli { global, command } = cli;
    match command {
        Command::Demo(arguments) => demo::run(&global, arguments).await,
        Command::Source(arguments) => source::run(&global, arguments).await,
        Command::Alarm(arguments) => alarm::run(&global, arguments).await,
        Command::Alert(arguments) => alert::run(&global, arguments).await,
        Command::Apply(arguments) => apply::run(&global, arguments).await,
        Command::Token(arguments) => token::run(&global, arguments).await,
        Command::User(arguments) => user::run(&global, arguments).await,
        Command::Destination(arguments) => destination::run(&global, arguments).await,
        Command::Pull(arguments) => pull::run(&global, arguments).await,
        Command::Import(arguments) => import::run(&global, arguments).await,
        Command::Replay(arguments) => replay::run(&global, arguments).await,
        Command::Serve(arguments) => serve::run(&global, arguments).await,
        Command::Query(arguments) => query::run(&global, arguments).await,
        Command::Doctor(arguments) => doctor::run(&global, arguments).await,
        Command::Backup(arguments) => backup::run(&global, arguments).await,
        Command::Schema(arguments) => schema::run(&global, arguments).await,
        Command::Sim(Sim::Asana(arguments)) => sim::run(arguments).await,
    }
}
