//! What a replay should come to, whatever the schemas and the records: an oracle, and random schemas and records against it.

use super::*;

/// What the tables should hold: by the id of the record, as each schema makes it.
pub(super) struct Oracle {
    pub(super) before: BTreeMap<RowId, Result<Event, RejectRow>>,
    pub(super) after: BTreeMap<RowId, Result<Event, RejectRow>>,
}

impl Oracle {
    pub(super) async fn of(line: &Line, source: &Source, before: &CustomSchema, after: &CustomSchema) -> Self {
        let entries = line.store.entries(source.id, Sequence::ZERO, usize::MAX).await.unwrap();
        let by = |versioned: &VersionedSchema| {
            let mut outcome = Outcome::default();
            for entry in &entries {
                normalise::entry(versioned, entry, &source.label, &mut outcome);
            }
            let events = outcome
                .events
                .into_iter()
                .map(|event| (event.standard.row_id, Ok(event)));
            let rejects = outcome.rejects.into_iter().map(|reject| (reject.row_id, Err(reject)));
            events.chain(rejects).collect()
        };
        Self {
            before: by(&compiled(before)),
            after: by(&compiled(after)),
        }
    }

    /// A lake in which what a replay should give has simply landed.
    pub(super) async fn lake(
        &self,
        folder: &Path,
        schemas: [&CustomSchema; 2],
        source: &Source,
        records: ReplayedRecords,
    ) -> Lake {
        let schemas = schemas.map(compiled);
        let lake = Lake::open(folder, &[schemas[0].schema.as_ref().clone()]).await.unwrap();
        let (mut kept, mut replayed, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        for (row_id, before) in &self.before {
            match (before, &self.after[row_id], records) {
                (Ok(event), Ok(_), ReplayedRecords::Failed) | (Ok(event), Err(_), _) => {
                    let is_old = event.standard.schema_version == schemas[0].version;
                    if is_old { &mut kept } else { &mut replayed }.push(event.clone());
                }
                (_, Ok(event), _) => replayed.push(event.clone()),
                (Err(_), Err(reject), _) => rejects.push(reject.clone()),
            }
        }
        for (sequence, (versioned, events)) in (1..).zip(schemas.iter().zip([kept, replayed])) {
            let batch = Batch {
                events: EventColumns::of(&versioned.schema, &events).unwrap(),
                rejects: std::mem::take(&mut rejects),
                after: vec![(source.id, sequence - 1)],
                through: vec![(source.id, sequence)],
            };
            lake.land(batch).await.unwrap();
        }
        lake
    }
}

/// Numbers that look random, the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A schema of some of these fields; a field's type never changes, all else does.
    fn schema(&mut self) -> String {
        let mut yaml = "schema: Test.Log\nfields:\n".to_owned();
        for choices in [
            [
                "{name: id, type: string}",
                "{name: id, type: string, required: true}",
                "",
            ],
            [
                "{name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}",
                "{name: at, type: timestamp, timeFormats: [rfc3339, unix], isEventTime: true}",
                "{name: at, type: timestamp, timeFormats: [unix]}",
            ],
            [
                "{name: level, type: int}",
                "{name: level, type: int, required: true}",
                "",
            ],
            [
                "{name: address, type: string}",
                "{name: address, type: string, indicators: [ip]}",
                "",
            ],
            [
                "{name: actor, type: object, fields: [{name: email, type: string}]}",
                "{name: actor, type: object, fields: [{name: email, type: string, indicators: [email]}, {name: age, type: int}]}",
                "{name: actor, type: object, fields: [{name: email, type: string, required: true}]}",
            ],
            ["{name: tags, type: array, element: {type: string}}", "", ""],
        ] {
            let choice = self.pick(&choices);
            if !choice.is_empty() {
                writeln!(yaml, "  - {choice}").unwrap();
            }
        }
        yaml
    }

    fn record(&mut self) -> String {
        if self.below(20) == 0 {
            return self.pick(&["", "{", "[]", "null", "{\"id\": 1}}"]).to_owned();
        }
        let members = [
            self.pick(&["", "\"id\": \"x\"", "\"id\": 7", "\"id\": null"]),
            self.pick(&[
                "",
                "\"at\": \"2026-02-28T23:59:59.9Z\"",
                "\"at\": 1767225600",
                "\"at\": \"soon\"",
                "\"at\": \"\"",
            ]),
            self.pick(&["", "\"level\": 1", "\"level\": \"2\"", "\"level\": 1.5"]),
            self.pick(&["", "\"address\": \"192.0.2.1\"", "\"address\": {}"]),
            self.pick(&[
                "",
                "\"actor\": {}",
                "\"actor\": {\"email\": \"a@b.cd\", \"age\": 3}",
                "\"actor\": {\"age\": \"x\"}",
            ]),
            self.pick(&[
                "",
                "\"tags\": []",
                "\"tags\": [\"a\", null]",
                "\"unknown\": [1, {\"a\": null}]",
            ]),
        ];
        let members: Vec<_> = members.into_iter().filter(|member| !member.is_empty()).collect();
        format!("{{{}}}", members.join(", "))
    }
}

#[tokio::test]
async fn whatever_the_schemas_and_records_the_tables_say_what_they_should() {
    for seed in 0..12 {
        let mut random = Random(seed);
        let (before, after) = (versioned(&random.schema(), 1), versioned(&random.schema(), 2));
        let entries: Vec<Vec<String>> = (0..=random.below(5))
            .map(|_| (0..=random.below(30)).map(|_| random.record()).collect())
            .collect();
        let records = [ReplayedRecords::Journalled, ReplayedRecords::Failed][random.below(2)];
        let mut settings = settings(records);
        settings.batch_bytes_max = 1 + random.below(4_000);

        let (folder, scratch) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let source = landed(folder.path(), &before, &entries).await;
        let line = open(folder.path(), &after, CrashPlan::default()).await;
        let oracle = Oracle::of(&line, &source, &before, &after).await;
        let expected = oracle.lake(scratch.path(), [&before, &after], &source, records).await;
        let counted = run(
            &line,
            &source,
            ReplaySettings {
                effect: Effect::Count,
                ..settings
            },
        )
        .await;
        let replayed = run(&line, &source, settings).await;
        assert_eq!(counted, replayed, "seed {seed}");
        let [read, sums @ ..] = counts(&replayed);
        assert_eq!(read, sums.iter().sum::<u64>(), "seed {seed}");
        assert_eq!(tables(&line.lake).await, tables(&expected).await, "seed {seed}");

        let commits_before = commits(folder.path(), "test_log");
        let again = run(&line, &source, settings).await;
        assert_eq!((again.landed, again.replaced), (0, 0), "seed {seed}");
        assert_eq!(
            (again.failing, again.kept),
            (replayed.failing, replayed.kept),
            "seed {seed}"
        );
        assert_eq!(commits(folder.path(), "test_log"), commits_before, "seed {seed}");
    }
}
