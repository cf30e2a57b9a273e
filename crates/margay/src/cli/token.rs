//! `margay token …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use clap::{Args, Subcommand};

use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make an API token; its value is printed this once
    Create(Create),
    /// List API tokens, without their values
    List {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Delete an API token: it is not taken any more from then on
    Delete {
        /// Its name or id
        name: String,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Permissions: AlertRead, AlertModify, DestinationRead, DestinationModify, LogSourceRead, LogSourceModify,
             OrganizationAPITokenRead, OrganizationAPITokenModify, SummaryRead, AuditLogRead,
             DataAnalyticsRead, DataAnalyticsModify, UserRead, UserModify; `all` stands for all of them

The value goes to standard output, everything else to standard error:
  margay token create ci --permission LogSourceRead --permission AlertRead --expires 90d > token.txt
  curl -H \"X-API-Key: $(cat token.txt)\" http://127.0.0.1:8470/api/v1/log-sources
")]
pub(crate) struct Create {
    /// What to call it
    pub(crate) name: String,
    /// What it is to let do; repeat for more
    #[arg(long = "permission", value_name = "PERMISSION", required = true)]
    pub(crate) permissions: Vec<String>,
    /// After which time it is not taken any more, such as `90d`; it does not expire unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
    /// An address or network that it may be used from; repeat for more. From everywhere unless given
    #[arg(long = "allow", value_name = "CIDR")]
    pub(crate) allowed: Vec<String>,
}
