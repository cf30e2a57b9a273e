//! Events, one after the other, as the columns of a record batch.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use deltalake::arrow::array::{
    ArrayRef, Date32Builder, Int32Builder, ListBuilder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use deltalake::arrow::datatypes::{DataType, Field as ArrowField, SchemaRef};
use margay_schema::{Event, Field, IndicatorColumn, Indicators, SourceId, StandardFields};

use super::column::{Builder, Misfit};
use super::{BatchError, assemble, day_of};
use crate::columns::{EVENT_DATE, EVENT_TIME};

/// The name that Delta gives the elements of a list.
const ELEMENT: &str = "element";

/// Events of one schema on their way into a record batch.
pub(crate) struct EventRows {
    /// The schema's fields: by name, in its order.
    fields: Vec<(String, Builder)>,
    standard: StandardRows,
    count: usize,
}

impl EventRows {
    pub(crate) fn new(fields: &[Field]) -> Self {
        Self {
            fields: fields
                .iter()
                .map(|field| (field.name.clone(), Builder::for_type(&field.value)))
                .collect(),
            standard: StandardRows::default(),
            count: 0,
        }
    }

    /// Returns how many events there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds an event. After an error what was collected is of no use any more.
    pub(crate) fn append(&mut self, event: &Event) -> Result<(), BatchError> {
        let misfit = |path: &str| BatchError::Misfit {
            row_id: event.standard.row_id.to_string(),
            path: path.to_owned(),
        };
        let values = event.values();
        if values.len() != self.fields.len() {
            return Err(misfit("number of fields"));
        }
        for ((name, builder), value) in self.fields.iter_mut().zip(values.iter()) {
            builder.append(value).map_err(|Misfit| misfit(name))?;
        }
        self.standard
            .append(&event.standard)
            .map_err(|Misfit| misfit("p_schema_version"))?;
        self.count += 1;
        Ok(())
    }

    /// Returns the events with exactly the table's columns.
    pub(crate) fn finish(self, table: &SchemaRef) -> Result<RecordBatch, BatchError> {
        let mut finished: HashMap<&str, ArrayRef> = self.standard.finish().into_iter().collect();
        let mut own = Vec::with_capacity(self.fields.len());
        for (name, builder) in self.fields {
            if let Ok(column) = table.field_with_name(&name) {
                own.push((name, builder.finish(column.data_type(), self.count)?));
            }
        }
        for (name, column) in &own {
            finished.insert(name, Arc::clone(column));
        }
        assemble(finished, self.count, table)
    }
}

/// The fields that every event has.
struct StandardRows {
    log_type: StringBuilder,
    row_id: StringBuilder,
    event_time: TimestampMicrosecondBuilder,
    parse_time: TimestampMicrosecondBuilder,
    schema_version: Int32Builder,
    source_id: StringBuilder,
    source_label: StringBuilder,
    unmapped: StringBuilder,
    event_date: Date32Builder,
    indicators: Vec<ListBuilder<StringBuilder>>,
    /// The source of the last event and its id as text: neighbours mostly have the same.
    last_source: Option<(SourceId, String)>,
}

impl Default for StandardRows {
    fn default() -> Self {
        let element = Arc::new(ArrowField::new(ELEMENT, DataType::Utf8, true));
        let list = || ListBuilder::new(StringBuilder::new()).with_field(Arc::clone(&element));
        Self {
            log_type: StringBuilder::new(),
            row_id: StringBuilder::new(),
            event_time: TimestampMicrosecondBuilder::new(),
            parse_time: TimestampMicrosecondBuilder::new(),
            schema_version: Int32Builder::new(),
            source_id: StringBuilder::new(),
            source_label: StringBuilder::new(),
            unmapped: StringBuilder::new(),
            event_date: Date32Builder::new(),
            indicators: IndicatorColumn::ALL.iter().map(|_| list()).collect(),
            last_source: None,
        }
    }
}

impl StandardRows {
    fn append(&mut self, standard: &StandardFields) -> Result<(), Misfit> {
        let micros = standard.event_time.as_microsecond();
        self.log_type.append_value(standard.log_type.as_str());
        write!(self.row_id, "{}", standard.row_id).map_err(|_| Misfit)?;
        self.row_id.append_value("");
        self.event_time.append_value(micros);
        self.event_date.append_value(day_of(micros));
        self.parse_time.append_value(standard.parse_time.as_microsecond());
        self.schema_version
            .append_value(i32::try_from(standard.schema_version).map_err(|_| Misfit)?);
        let source_id = match self.last_source.take() {
            Some((source_id, text)) if source_id == standard.source_id => text,
            _ => standard.source_id.to_string(),
        };
        self.source_id.append_value(&source_id);
        self.last_source = Some((standard.source_id, source_id));
        self.source_label.append_value(&standard.source_label);
        self.unmapped.append_option(standard.unmapped.as_deref());
        self.append_indicators(&standard.indicators);
        Ok(())
    }

    fn append_indicators(&mut self, indicators: &Indicators) {
        let mut found = indicators.iter().peekable();
        for (builder, column) in self.indicators.iter_mut().zip(IndicatorColumn::ALL) {
            match found.next_if(|(of, _)| *of == column) {
                Some((_, values)) => {
                    for value in values {
                        builder.values().append_value(value);
                    }
                    builder.append(true);
                }
                None => builder.append(false),
            }
        }
    }

    fn finish(mut self) -> Vec<(&'static str, ArrayRef)> {
        let mut finished: Vec<(&'static str, ArrayRef)> = vec![
            ("p_log_type", Arc::new(self.log_type.finish())),
            ("p_row_id", Arc::new(self.row_id.finish())),
            (EVENT_TIME, Arc::new(self.event_time.finish().with_timezone("UTC"))),
            ("p_parse_time", Arc::new(self.parse_time.finish().with_timezone("UTC"))),
            ("p_schema_version", Arc::new(self.schema_version.finish())),
            ("p_source_id", Arc::new(self.source_id.finish())),
            ("p_source_label", Arc::new(self.source_label.finish())),
            ("p_unmapped", Arc::new(self.unmapped.finish())),
            (EVENT_DATE, Arc::new(self.event_date.finish())),
        ];
        for (mut builder, column) in self.indicators.into_iter().zip(IndicatorColumn::ALL) {
            finished.push((column.name(), Arc::new(builder.finish())));
        }
        finished
    }
}
