//! Every audit event type that is publicly known, and how often it happens here.
//!
//! The names are those of the vendor's list ("Supported audit log events", official source as of 2023-01-26, read
//! 2026-11-23) and of later public material; the list is known to be incomplete, and so is this one. The frequencies
//! are made up: logins, tasks and attachments all day long, a change of the admin settings once in a while.

use Details::{
    App, Change, DivisionRole, Empty, Login, NewDomain, NewValue, NewValueAfterNull, Unknown, WorkspaceRole,
};
use ResourceKind::{
    Announcement, Attachment, CustomField, Division, EmailDomain, Goal, Message, Portfolio, Project, ProjectTemplate,
    Search, ServiceAccount, StatusUpdate, Story, Task, TaskTemplate, Team, User, Workspace,
};

/// One type of audit event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// How often it happens, relative to the others.
    pub weight: u32,
    /// `event_category`. For `user_updates` and `creation` the spelling is inferred from the headings of the list.
    pub category: &'static str,
    /// `event_type`.
    pub name: &'static str,
    /// What `resource` is.
    pub resource: ResourceKind,
    /// What `details` holds.
    pub details: Details,
}

/// What an event was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// A person, who has an e-mail address.
    User,
    /// A service account: of resource type `user` but without an e-mail address, as public samples show.
    ServiceAccount,
    /// The organisation.
    Workspace,
    /// An e-mail domain; seen on SAML settings, though the list says workspace.
    EmailDomain,
    /// An announcement; the spelling of its type is inferred.
    Announcement,
    /// A division of the organisation.
    Division,
    /// A team.
    Team,
    /// A project.
    Project,
    /// A portfolio.
    Portfolio,
    /// A goal.
    Goal,
    /// A task, with a subtype.
    Task,
    /// An attachment.
    Attachment,
    /// A comment or another story; often without a name.
    Story,
    /// A message.
    Message,
    /// A status update.
    StatusUpdate,
    /// A custom field.
    CustomField,
    /// A task template.
    TaskTemplate,
    /// A project template.
    ProjectTemplate,
    /// A search.
    Search,
}

impl ResourceKind {
    /// Returns the value of `resource_type`.
    pub fn name(self) -> &'static str {
        match self {
            User | ServiceAccount => "user",
            Workspace => "workspace",
            EmailDomain => "email_domain",
            Announcement => "workspace_announcement",
            Division => "division",
            Team => "team",
            Project => "project",
            Portfolio => "portfolio",
            Goal => "goal",
            Task => "task",
            Attachment => "attachment",
            Story => "story",
            Message => "message",
            StatusUpdate => "status_update",
            CustomField => "custom_field",
            TaskTemplate => "task_template",
            ProjectTemplate => "project_template",
            Search => "search",
        }
    }
}

/// What the `details` of an event type hold. Known for 18 types from public samples and the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// Seen empty.
    Empty,
    /// Nobody has published them; sent empty.
    Unknown,
    /// `method`, an array; sometimes `saml_response`, which may be null (specification, since 2025-12-11).
    Login,
    /// `old_value` and `new_value`, two different ones of these.
    Change {
        /// The values seen.
        from: &'static [&'static str],
    },
    /// `new_value` alone.
    NewValue {
        /// The value seen.
        to: &'static str,
    },
    /// `old_value: null` and `new_value`.
    NewValueAfterNull {
        /// The value seen.
        to: &'static str,
    },
    /// `new_value` alone, an e-mail domain.
    NewDomain,
    /// Old and new admin role, and the workspace as `group`.
    WorkspaceRole,
    /// Old and new admin role, and a division as `group`. The group is documented, the values are inferred.
    DivisionRole,
    /// `app_type`, `app_gid`, `app_name`, `app_url`.
    App,
}

const fn row(
    weight: u32,
    category: &'static str,
    name: &'static str,
    resource: ResourceKind,
    details: Details,
) -> EventType {
    EventType {
        weight,
        category,
        name,
        resource,
        details,
    }
}

/// The event types, in the order of the vendor's list.
///
/// The resource of the last two of `roles` is unpublished; they are sent with the workspace.
#[rustfmt::skip]
pub const CATALOGUE: &[EventType] = &[
    // logins
    row(4200, "logins", "user_login_succeeded", User, Login),
    row(260, "logins", "user_login_failed", User, Login),
    row(1500, "logins", "user_logged_out", User, Empty),
    // user_updates
    row(120, "user_updates", "user_invited", User, Unknown),
    row(30, "user_updates", "user_deprovisioned", User, Unknown),
    row(2, "user_updates", "user_reprovisioned", User, Unknown),
    row(40, "user_updates", "user_forgot_password_started", User, Unknown),
    row(24, "user_updates", "user_password_reset", User, Unknown),
    row(20, "user_updates", "user_password_changed", User, Unknown),
    row(14, "user_updates", "user_two_factor_auth_enabled", User, Unknown),
    row(5, "user_updates", "user_two_factor_auth_disabled", User, Unknown),
    row(2, "user_updates", "user_csv_import_started", User, Unknown),
    row(2, "user_updates", "domain_user_billing_paused", User, Unknown),
    row(2, "user_updates", "domain_user_billing_unpaused", User, Unknown),
    // admin_settings
    row(1, "admin_settings", "workspace_security_contact_email_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_google_sso_settings_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_saml_settings_changed", EmailDomain, Change { from: &["optional", "required"] }),
    row(1, "admin_settings", "workspace_saml_url_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_password_requirements_changed", Workspace, Change { from: &["strong", "simple"] }),
    row(1, "admin_settings", "workspace_force_password_reset", Workspace, Unknown),
    row(1, "admin_settings", "workspace_guest_invite_permissions_changed", Workspace, Change { from: &["admins_only", "anyone"] }),
    row(1, "admin_settings", "workspace_file_attachment_options_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_default_team_privacy_settings_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_wide_reporting_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_wide_reporting_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_associated_email_domain_added", Workspace, NewDomain),
    row(1, "admin_settings", "workspace_associated_email_domain_removed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_require_two_factor_auth_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_require_two_factor_auth_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_app_recipient_emails_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_view_links_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_view_links_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_default_session_duration_changed", Workspace, Change { from: &["14 days", "never"] }),
    row(1, "admin_settings", "workspace_announcement_created", Announcement, Unknown),
    row(1, "admin_settings", "workspace_announcement_removed", Announcement, Unknown),
    row(1, "admin_settings", "workspace_form_link_authentication_required_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_form_link_authentication_required_disabled", Workspace, Empty),
    row(1, "admin_settings", "workspace_personal_access_token_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_personal_access_token_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_app_admin_approval_setting_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_require_app_approvals_of_type_changed", Workspace, Change { from: &["all_apps", "off"] }),
    row(1, "admin_settings", "workspace_form_is_embeddable_forms_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_form_is_embeddable_forms_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_logged_out_view_authentication_required_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_logged_out_view_authentication_required_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_baa_signed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_required_sso_provider_settings_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_idle_session_duration_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_ip_allowlist_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_ip_allowlist_api_traffic_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_allowed_ip_range_added", Workspace, Unknown),
    row(1, "admin_settings", "workspace_allowed_ip_range_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_allowed_ip_range_removed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_ip_allowlist_member_type_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_mobile_app_biometric_authentication_required_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_mobile_app_screen_capture_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_mobile_app_copy_paste_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_mobile_app_attachments_sharing_enabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_mobile_app_attachments_sharing_disabled", Workspace, Unknown),
    row(1, "admin_settings", "workspace_trusted_domains_setting_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_machine_learning_product_feature_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_personal_access_token_expiry_changed", Workspace, Unknown),
    row(1, "admin_settings", "workspace_service_account_token_expiry_changed", Workspace, Unknown),
    row(1, "admin_settings", "ai_studio_addon_type_changed", Workspace, Unknown),
    // roles
    row(1, "roles", "user_workspace_admin_role_changed", User, WorkspaceRole),
    row(1, "roles", "user_division_admin_role_changed", User, DivisionRole),
    row(1, "roles", "custom_role_created", Workspace, Unknown),
    row(1, "roles", "role_permission_changed", Workspace, Unknown),
    // content_export
    row(2, "content_export", "workspace_export_started", Workspace, Empty),
    row(40, "content_export", "search_report_export_started", Search, Unknown),
    row(2, "content_export", "workspace_teams_export_started", Workspace, Unknown),
    row(2, "content_export", "division_teams_export_started", Division, Unknown),
    row(2, "content_export", "workspace_members_export_started", Workspace, Unknown),
    row(110, "content_export", "project_csv_export_started", Project, Unknown),
    row(2300, "content_export", "attachment_downloaded", Attachment, Unknown),
    row(2, "content_export", "workspace_attachment_export_started", Attachment, Unknown),
    row(2, "content_export", "object_export_started", Workspace, Unknown),
    // access_control
    row(36, "access_control", "project_share_link_enabled", Project, Unknown),
    row(14, "access_control", "project_share_link_disabled", Project, Unknown),
    row(16, "access_control", "project_view_link_enabled", Project, Unknown),
    row(8, "access_control", "project_view_link_disabled", Project, Unknown),
    row(10, "access_control", "team_privacy_settings_changed", Team, NewValue { to: "public" }),
    row(340, "access_control", "team_member_added", Team, Unknown),
    row(130, "access_control", "team_member_removed", Team, Unknown),
    row(760, "access_control", "project_member_added", Project, Unknown),
    row(240, "access_control", "project_member_removed", Project, Unknown),
    row(90, "access_control", "project_privacy_settings_changed", Project, NewValueAfterNull { to: "members_only" }),
    row(60, "access_control", "portfolio_member_added", Portfolio, Unknown),
    row(16, "access_control", "portfolio_member_removed", Portfolio, Unknown),
    // apps
    row(2, "apps", "team_harvest_integration_enabled", Team, Unknown),
    row(2, "apps", "team_harvest_integration_disabled", Team, Unknown),
    row(180, "apps", "user_app_authorized", User, App),
    row(40, "apps", "user_app_revoked", User, Unknown),
    row(22, "apps", "user_personal_access_token_authorized", User, Unknown),
    row(9, "apps", "user_personal_access_token_revoked", User, Unknown),
    row(2, "apps", "service_account_created", ServiceAccount, Empty),
    row(2, "apps", "service_account_deleted", ServiceAccount, Unknown),
    row(2, "apps", "service_account_name_changed", ServiceAccount, Unknown),
    // creation
    row(14, "creation", "team_created", Team, Unknown),
    row(2600, "creation", "attachment_uploaded", Attachment, Unknown),
    // deletion
    row(2400, "deletion", "task_deleted", Task, Empty),
    row(60, "deletion", "task_permanently_deleted", Task, Unknown),
    row(130, "deletion", "task_undeleted", Task, Unknown),
    row(90, "deletion", "project_deleted", Project, Unknown),
    row(12, "deletion", "project_undeleted", Project, Unknown),
    row(10, "deletion", "portfolio_deleted", Portfolio, Unknown),
    row(2, "deletion", "portfolio_undeleted", Portfolio, Unknown),
    row(14, "deletion", "goal_deleted", Goal, Unknown),
    row(2, "deletion", "goal_undeleted", Goal, Unknown),
    row(26, "deletion", "custom_field_deleted", CustomField, Unknown),
    row(2, "deletion", "custom_field_undeleted", CustomField, Unknown),
    row(40, "deletion", "message_deleted", Message, Unknown),
    row(2, "deletion", "message_permanently_deleted", Message, Unknown),
    row(2, "deletion", "message_undeleted", Message, Unknown),
    row(2, "deletion", "team_deleted", Team, Unknown),
    row(2, "deletion", "team_undeleted", Team, Unknown),
    row(210, "deletion", "attachment_deleted", Attachment, Unknown),
    row(16, "deletion", "attachment_undeleted", Attachment, Unknown),
    row(620, "deletion", "comment_deleted", Story, Unknown),
    row(20, "deletion", "comment_undeleted", Story, Unknown),
    row(30, "deletion", "status_update_deleted", StatusUpdate, Unknown),
    row(2, "deletion", "status_update_permanently_deleted", StatusUpdate, Unknown),
    row(2, "deletion", "status_update_undeleted", StatusUpdate, Unknown),
    row(16, "deletion", "task_template_deleted", TaskTemplate, Unknown),
    row(2, "deletion", "task_template_undeleted", TaskTemplate, Unknown),
    row(8, "deletion", "project_template_deleted", ProjectTemplate, Unknown),
    row(2, "deletion", "project_template_undeleted", ProjectTemplate, Unknown),
    row(160, "deletion", "story_deleted", Story, Unknown),
    row(2, "deletion", "story_undeleted", Story, Unknown),
];

#[cfg(test)]
mod tests;
