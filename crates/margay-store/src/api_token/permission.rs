//! What API tokens let do.

/// What a token lets do. Its name is stored and stands in the API, so it never changes; the names are Panther's (the enum `Permission`
/// of its GraphQL schema, read 2026-11-23) but for `AuditLogRead`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Look at alerts and their deliveries.
    AlertRead,
    /// Change alerts, comment on them, have them sent again.
    AlertModify,
    /// Look at destinations.
    DestinationRead,
    /// Add, change, test and delete destinations.
    DestinationModify,
    /// Look at log sources, their health and their alarms.
    LogSourceRead,
    /// Add, change, pause and delete log sources, and set their alarms.
    LogSourceModify,
    /// Look at API tokens.
    OrganizationApiTokenRead,
    /// Make, change, rotate and delete API tokens.
    OrganizationApiTokenModify,
    /// Look at what flowed through log sources over time.
    SummaryRead,
    /// Look at what was done to this server, and by whom.
    AuditLogRead,
    /// Ask the lake.
    DataAnalyticsRead,
    /// Save searches for everybody, change and delete them.
    DataAnalyticsModify,
    /// Look at users.
    UserRead,
    /// Add, change and delete users.
    UserModify,
}

impl Permission {
    /// All of them.
    pub const ALL: [Permission; 14] = [
        Self::AlertRead,
        Self::AlertModify,
        Self::DestinationRead,
        Self::DestinationModify,
        Self::LogSourceRead,
        Self::LogSourceModify,
        Self::OrganizationApiTokenRead,
        Self::OrganizationApiTokenModify,
        Self::SummaryRead,
        Self::AuditLogRead,
        Self::DataAnalyticsRead,
        Self::DataAnalyticsModify,
        Self::UserRead,
        Self::UserModify,
    ];

    /// Whether it lets change something, or make somebody's server call others.
    pub fn changes(self) -> bool {
        matches!(
            self,
            Self::AlertModify
                | Self::DestinationModify
                | Self::LogSourceModify
                | Self::DataAnalyticsModify
                | Self::OrganizationApiTokenModify
                | Self::UserModify
        )
    }

    /// Whether only administrators have it: it lets give permissions away.
    pub fn is_of_admins(self) -> bool {
        matches!(
            self,
            Self::OrganizationApiTokenRead | Self::OrganizationApiTokenModify | Self::UserRead | Self::UserModify
        )
    }

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlertRead => "AlertRead",
            Self::AlertModify => "AlertModify",
            Self::DestinationRead => "DestinationRead",
            Self::DestinationModify => "DestinationModify",
            Self::LogSourceRead => "LogSourceRead",
            Self::LogSourceModify => "LogSourceModify",
            Self::OrganizationApiTokenRead => "OrganizationAPITokenRead",
            Self::OrganizationApiTokenModify => "OrganizationAPITokenModify",
            Self::SummaryRead => "SummaryRead",
            Self::AuditLogRead => "AuditLogRead",
            Self::DataAnalyticsRead => "DataAnalyticsRead",
            Self::DataAnalyticsModify => "DataAnalyticsModify",
            Self::UserRead => "UserRead",
            Self::UserModify => "UserModify",
        }
    }

    /// Returns the permission of that name, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str().eq_ignore_ascii_case(name))
    }
}
