//! What a person sets about an Asana log source, and the JSON it is stored as. The token is not part of it.
//!
//! Always holds: a [`Settings`] is valid. Errors never repeat what was typed, which may be a token in the wrong field.

mod api_url;
mod organization_id;

use serde::{Deserialize, Serialize};

use crate::remedy::Remedy;

pub use self::api_url::{API_URL_DEFAULT, ApiUrl, ApiUrlError};
pub use self::organization_id::{OrganizationId, OrganizationIdError};

/// Version of the stored form that this crate writes.
pub const SETTINGS_VERSION: u64 = 1;
/// Records asked for a page unless set otherwise.
pub const PAGE_RECORDS_DEFAULT: u16 = 100;
/// No more records than this can be asked for a page.
pub const PAGE_RECORDS_MAX: u16 = 1000;

/// Where and what to pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the API is.
    pub api_url: ApiUrl,
    /// Whose log.
    pub organization_id: OrganizationId,
    /// How many records to ask for at once.
    pub page_records: PageRecords,
}

/// How many records to ask for at once, sent as `limit`.
///
/// The vendor's reference contradicts itself (read 2026-11-23): the parameter is documented as 1 to 100, the operation's
/// text says that 1000 is the default. 100 holds under both readings and is ours. More is allowed for those who find that
/// their tenant grants it; if it does not, the vendor answers 400 and the diagnosis says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRecords(u16);

impl PageRecords {
    /// Accepts 1 to [`PAGE_RECORDS_MAX`].
    pub fn new(count: u16) -> Result<Self, PageRecordsError> {
        if (1..=PAGE_RECORDS_MAX).contains(&count) {
            Ok(Self(count))
        } else {
            Err(PageRecordsError { count })
        }
    }

    /// Returns the number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageRecords {
    fn default() -> Self {
        Self(PAGE_RECORDS_DEFAULT)
    }
}

/// A page size that is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a page holds 1 to {PAGE_RECORDS_MAX} records, not {count}")]
pub struct PageRecordsError {
    /// What was asked for.
    pub count: u16,
}

/// Why stored settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Written by a newer version.
    #[error("these settings have version {found}, and this Margay knows versions up to {SETTINGS_VERSION}")]
    UnknownVersion {
        /// The version that they name.
        found: u64,
    },
    /// Not the JSON that we write.
    #[error("these are not settings of an Asana log source")]
    Malformed(#[source] serde_json::Error),
    /// The API URL is not valid.
    #[error("the API URL is not valid")]
    ApiUrl(#[source] ApiUrlError),
    /// The Organization Id is not valid.
    #[error("the Organization Id is not valid")]
    OrganizationId(#[source] OrganizationIdError),
    /// The page size is not valid.
    #[error("the page size is not valid")]
    PageRecords(#[source] PageRecordsError),
}

impl SettingsError {
    /// Returns what the error asks for: stored settings do not mend themselves.
    pub fn remedy(&self) -> Remedy {
        Remedy::AskOperator
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

/// The stored form. A promise: `fixtures/formats/asana-settings` is read for ever.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsV1 {
    version: u64,
    api_url: String,
    organization_id: String,
    page_records: u16,
}

impl Settings {
    /// Returns the settings as stored.
    ///
    /// # Panics
    /// Never: strings and numbers always make JSON.
    pub fn to_json(&self) -> String {
        let stored = SettingsV1 {
            version: SETTINGS_VERSION,
            api_url: self.api_url.to_string(),
            organization_id: self.organization_id.to_string(),
            page_records: self.page_records.get(),
        };
        serde_json::to_string(&stored).expect("strings and numbers always make JSON")
    }

    /// Reads stored settings.
    pub fn from_json(json: &str) -> Result<Self, SettingsError> {
        let version = serde_json::from_str::<VersionOnly>(json)
            .map_err(SettingsError::Malformed)?
            .version;
        if version != SETTINGS_VERSION {
            return Err(SettingsError::UnknownVersion { found: version });
        }
        let stored: SettingsV1 = serde_json::from_str(json).map_err(SettingsError::Malformed)?;
        Ok(Self {
            api_url: stored.api_url.parse().map_err(SettingsError::ApiUrl)?,
            organization_id: stored.organization_id.parse().map_err(SettingsError::OrganizationId)?,
            page_records: PageRecords::new(stored.page_records).map_err(SettingsError::PageRecords)?,
        })
    }
}

#[cfg(test)]
mod tests;
