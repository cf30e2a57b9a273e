//! A client that takes nothing for granted, and a world that stands still.

use std::time::Duration;

use jiff::Timestamp;
use margay_sim::{ManualClock, PlannedFault, Scenario, Simulation, SimulationConfig, TokenKind};
use serde_json::Value;

/// When the simulated worlds of these tests begin.
pub(crate) const START: &str = "2026-06-01T12:00:00.000Z";

pub(crate) struct World {
    pub(crate) simulation: Simulation,
    pub(crate) clock: ManualClock,
    /// How long one request may take.
    pub(crate) patience: Duration,
    client: reqwest::Client,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl World {
    pub(crate) async fn start(event_count: u64) -> Self {
        Self::start_with(SimulationConfig {
            event_count,
            ..SimulationConfig::default()
        })
        .await
    }

    /// Starts a world of 300 events in which these faults happen.
    pub(crate) async fn with_faults(faults: impl IntoIterator<Item = PlannedFault>) -> Self {
        Self::with_scenario(Scenario {
            faults: faults.into_iter().collect(),
            ..Scenario::default()
        })
        .await
    }

    /// Starts a world of 300 events with a scenario.
    pub(crate) async fn with_scenario(scenario: Scenario) -> Self {
        Self::start_with(SimulationConfig {
            event_count: 300,
            scenario,
            ..SimulationConfig::default()
        })
        .await
    }

    pub(crate) async fn start_with(config: SimulationConfig) -> Self {
        let clock = ManualClock::starting_at(START.parse::<Timestamp>().unwrap());
        let simulation = Simulation::start(SimulationConfig {
            clock: clock.clone().into(),
            ..config
        })
        .await
        .unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            simulation,
            clock,
            patience: Duration::from_secs(30),
            client,
        }
    }

    /// Asks for the audit log with these parameters, already encoded.
    pub(crate) async fn audit(&self, parameters: &str) -> Answer {
        self.audit_as(TokenKind::ServiceAccountFull, parameters).await
    }

    pub(crate) async fn audit_as(&self, kind: TokenKind, parameters: &str) -> Answer {
        let path = format!(
            "/workspaces/{}/audit_log_events?{parameters}",
            self.simulation.organization_id()
        );
        self.get(kind, &path).await
    }

    /// As [`Self::audit`], when the answer may not come.
    pub(crate) async fn try_audit(&self, parameters: &str) -> Result<Answer, reqwest::Error> {
        let path = format!(
            "/workspaces/{}/audit_log_events?{parameters}",
            self.simulation.organization_id()
        );
        let token = self.simulation.token(TokenKind::ServiceAccountFull);
        self.try_get(&path, Some(&format!("Bearer {token}"))).await
    }

    /// Asks for a path below the API's root.
    pub(crate) async fn get(&self, kind: TokenKind, path: &str) -> Answer {
        self.get_with(path, Some(&format!("Bearer {}", self.simulation.token(kind))))
            .await
    }

    pub(crate) async fn get_with(&self, path: &str, authorization: Option<&str>) -> Answer {
        self.try_get(path, authorization).await.unwrap()
    }

    pub(crate) async fn try_get(&self, path: &str, authorization: Option<&str>) -> Result<Answer, reqwest::Error> {
        let url = format!("{}{path}", self.simulation.api_url());
        let mut request = self.client.get(url).timeout(self.patience);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            text: response.text().await?,
        })
    }

    /// Reads on until an empty page; returns all ids and the last offset.
    pub(crate) async fn drain(&self, filters: &str) -> (Vec<String>, Option<String>) {
        let (mut ids, mut offset) = (Vec::new(), None);
        loop {
            let page = self.audit(&with_offset(filters, offset.as_deref())).await;
            offset = page.offset().or(offset);
            if page.events().is_empty() {
                return (ids, offset);
            }
            ids.extend(page.ids());
        }
    }

    pub(crate) fn truth(&self) -> Vec<String> {
        self.simulation.event_ids().collect()
    }
}

pub(crate) fn with_offset(parameters: &str, offset: Option<&str>) -> String {
    match offset {
        Some(offset) => format!("{parameters}&offset={}", encode(offset)),
        None => parameters.to_owned(),
    }
}

pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].as_array().unwrap().clone()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.events()
            .iter()
            .map(|event| event["gid"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn offset(&self) -> Option<String> {
        let page = self.json();
        let next_page = page.get("next_page").unwrap();
        (!next_page.is_null()).then(|| next_page["offset"].as_str().unwrap().to_owned())
    }

    pub(crate) fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}
