//! `margay apply`: what there is becomes what a file says.
//!
//! ```text
//! t0  file      YAML -> what is declared        t3  plan        compared, pure
//! t1  wanted    checked, secrets read           t4  credentials the vendor is asked
//! t2  current   what the database has           t5  carry_out   one transaction a step
//! ```
//! Nothing is written before t5: whatever is wrong is found before. What stops it then leaves whole steps, and running it again plans
//! the rest.

mod carry_out;
mod current;
mod file;
mod plan;
mod print;
mod schemas;
mod secret;
mod show;
mod wanted;

use std::io::Read;
use std::path::Path;

use jiff::Timestamp;
use margay_runtime::{Clock, Content, DataDir, Line};

use self::current::Current;
use self::file::{Declared, FILE_BYTES_MAX, Problem};
use self::plan::Plan;
use self::schemas::{Schemas, Texts};
use self::wanted::Wanted;
use crate::cli::Global;
use crate::cli::apply::Apply;
use crate::command::source::CheckFirst;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open::{self, Writable};
use crate::output::{display_line, line, note};

/// What `--example` prints.
const EXAMPLE: &str = include_str!("apply/example.yml");

pub(super) async fn run(global: &Global, arguments: Apply) -> Outcome {
    if arguments.example {
        line(EXAMPLE.trim_end());
        return Ok(());
    }
    // Without a file there is `--print`: the command line takes nothing else.
    let Some(file) = arguments.file else {
        let store = open::store_for_reading(global).await?;
        let current = Current::read(&store, &Wanted::default()).await?;
        line(print::file_of(&current).trim_end());
        return Ok(());
    };
    let name = file.display().to_string();
    let now = Clock::system().now();
    let (wanted, texts) = read(&file, now).map_err(|problems| told(&name, problems))?;
    if arguments.dry_run {
        return dry_run(global, &name, wanted, &texts, now).await;
    }
    let mut opened = Opened::open(global).await?;
    let data = opened.line();
    let schemas = Schemas::plan(&data.store, &data.lake, &texts).await?;
    let current = Current::read(&data.store, &wanted).await?;
    let plan = planned(wanted, &current, &schemas, &data.content(), now).map_err(|problems| told(&name, problems))?;
    show::show(&schemas, &plan);
    let schema_count = schemas.added() + schemas.replaced();
    if schema_count + plan.steps.len() == 0 {
        line("nothing to change");
        return Ok(());
    }
    if let (Opened::Beside(_), 1..) = (&opened, schema_count) {
        return Err(Failure::new(
            Exit::InUse,
            "nothing was changed: a schema cannot be added or changed beside a running server\nhint: stop it, apply, start it again; everything but `schemas` may be applied beside it",
        ));
    }
    let data = opened.line();
    carry_out::check_credentials(data, &plan, CheckFirst::unless(arguments.no_check)).await?;
    let done = schemas.carry_out(data).await?;
    if done > 0 {
        // New sources may use what is stored now.
        let mut content = Content::load(&data.store).await.or_exit(Exit::Storage)?;
        content.check_custom(&data.lake).await.or_exit(Exit::Storage)?;
        data.set_content(content);
    }
    let done = carry_out::carry_out(data, plan, done).await?;
    let changes = if done == 1 { "change" } else { "changes" };
    line(format_args!(
        "{done} {changes} made; a running server goes by what is new within seconds"
    ));
    Ok(())
}

/// Plans from what can be read, beside whoever may be at work.
async fn dry_run(global: &Global, name: &str, wanted: Wanted, texts: &Texts, now: Timestamp) -> Outcome {
    let (schemas, current, content) = if DataDir::new(&global.data_dir).require().is_ok() {
        let store = open::store_for_credentials(global).await?;
        let lake = open::lake_for_reading(global).await?;
        let schemas = Schemas::plan(&store, &lake, texts).await?;
        let content = Content::load(&store).await.or_exit(Exit::Storage)?;
        (schemas, Current::read(&store, &wanted).await?, content)
    } else {
        let content = Content::built_in().or_exit(Exit::Failure)?;
        (Schemas::plan_without_database(texts)?, Current::default(), content)
    };
    let plan = planned(wanted, &current, &schemas, &content, now).map_err(|problems| told(name, problems))?;
    show::show(&schemas, &plan);
    if schemas.added() + schemas.replaced() + plan.steps.len() == 0 {
        line("nothing to change");
    } else {
        line("dry run: nothing was changed, and no vendor was asked");
    }
    Ok(())
}

fn planned(
    wanted: Wanted,
    current: &Current,
    schemas: &Schemas,
    content: &Content,
    now: Timestamp,
) -> Result<Plan, Vec<Problem>> {
    plan::plan(wanted, current, &|name| schemas.find(content, name), now)
}

/// Reads the file and everything that it refers to.
fn read(file: &Path, now: Timestamp) -> Result<(Wanted, Texts), Vec<Problem>> {
    let text = read_text(file).map_err(|message| vec![Problem::of_file(message)])?;
    let declared = Declared::parse(&text).map_err(|problem| vec![problem])?;
    let base = file.parent().map(Path::to_owned).unwrap_or_default();
    let texts = schemas::read(&base, &declared.schemas);
    let wanted = wanted::check(declared, &|reference| secret::resolve(&base, reference), now);
    match (texts, wanted) {
        (Ok(texts), Ok(wanted)) => Ok((wanted, texts)),
        (texts, wanted) => Err([texts.err(), wanted.err()].into_iter().flatten().flatten().collect()),
    }
}

fn read_text(file: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = FILE_BYTES_MAX as u64 + 1;
    let read = if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("could not be read: {error}"))?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(format!("has more than {FILE_BYTES_MAX} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "could not be read: it is not UTF-8".to_owned())
}

/// Tells every problem of the file.
fn told(name: &str, problems: Vec<Problem>) -> Failure {
    let count = problems.len();
    for problem in problems {
        for told in problem.located(name).lines() {
            note(display_line(told));
        }
    }
    let problems = if count == 1 { "a problem" } else { "problems" };
    Failure::new(Exit::Usage, format!("nothing was changed: {name} has {problems}"))
}

/// The data directory: alone, or beside a server that holds it.
enum Opened {
    Alone(Writable),
    Beside(Line),
}

impl Opened {
    async fn open(global: &Global) -> Outcome<Self> {
        match open::for_writing(global, "margay apply").await {
            Ok(writable) => Ok(Self::Alone(writable)),
            Err(failure) if failure.exit() == Exit::InUse => open::beside(global).await.map(Self::Beside),
            Err(failure) => Err(failure),
        }
    }

    fn line(&mut self) -> &mut Line {
        match self {
            Self::Alone(writable) => &mut writable.line,
            Self::Beside(line) => line,
        }
    }
}
