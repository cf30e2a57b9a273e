//! What any metadata database must do. Each case takes a fresh, empty [`Store`](margay_store::Store) and knows nothing
//! of what is behind it; `contract!` runs them all against one kind of database.

mod alert;
mod alert_edit;
mod api_token;
mod audit;
mod audit_log;
mod backfill;
mod consumer;
mod coverage;
mod health;
mod history;
mod journal;
mod lease;
mod reclaim;
mod retention;
mod round;
mod saved_search;
mod schema;
mod source;
mod standing;
mod user;

macro_rules! contract {
    ($database:path: $($module:ident { $($case:ident)* })*) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $case() {
                let database = <$database>::new().await;
                super::super::$module::$case(&database.store).await;
            })*
        })*
    };
}

mod sqlite {
    contract! {
        crate::world::Database:
        source {
            a_new_source_reads_back
            labels_are_unique_whatever_their_case
            a_label_is_found_whatever_its_case
            bad_labels_settings_and_credentials_are_refused
            credentials_read_back_and_can_be_replaced
            sources_come_ordered_by_label
            a_source_is_renamed
            imported_records_have_a_source_that_nobody_touches
            ids_of_imported_records_are_remembered_for_good
            a_source_has_a_poll_interval_of_its_own_or_the_servers
            a_source_is_edited_wholly_or_not_at_all
            settings_change_together_with_credentials_or_not_at_all
            a_deleted_source_is_gone_with_all_it_had
            a_source_that_is_deleted_with_its_events_leaves_the_wish_to_erase_them
            a_label_is_free_again_after_deletion
            unknown_sources_are_named
        }
        audit_log {
            a_change_says_who_did_it_and_how_it_was_before
            how_often_a_source_is_polled_has_a_before_and_an_after
            what_nobody_does_or_what_fails_leaves_no_entry
            no_entry_holds_a_secret
            what_was_asked_for_is_found_by_who_what_and_when
            the_log_is_read_page_by_page_and_onwards
            our_own_log_is_no_source_that_anybody_touches
            many_alerts_that_are_changed_have_an_entry_each
            a_session_of_somebody_else_is_not_ended_and_not_told_of
        }
        user {
            the_first_user_is_an_administrator_and_is_made_once
            users_are_added_changed_and_deleted
            somebody_can_always_manage_users
            a_session_lasts_while_it_is_used_and_not_for_ever
            who_may_not_log_in_is_logged_out
            a_role_never_lets_more_than_the_one_above
            nobody_makes_or_takes_hold_of_somebody_mightier
            a_password_that_was_changed_meanwhile_lets_nobody_in
        }
        saved_search {
            a_search_is_saved_changed_and_deleted
            a_name_is_taken_whatever_its_case_and_free_once_it_is_given_up
            what_cannot_be_a_saved_search_is_refused
            only_so_many_searches_are_saved_and_they_come_in_pages
        }
        schema {
            a_new_schema_is_version_1_at_revision_1
            a_name_is_taken_whatever_its_case
            a_new_text_is_the_next_version_and_the_old_one_is_kept
            the_same_text_changes_nothing
            a_change_for_another_revision_is_refused
            archiving_and_restoring_count_as_changes_and_keep_the_version
            an_archived_schema_keeps_its_name_and_takes_no_text
            a_schema_that_sources_use_is_not_archived
            no_source_begins_with_an_archived_schema
            schemas_come_ordered_by_name
            texts_over_the_limit_are_refused
            unknown_schemas_are_named
        }
        lease {
            only_one_holder_at_a_time
            every_acquisition_raises_the_token
            a_holder_takes_over_from_itself
            a_lease_that_ended_can_be_renewed_until_somebody_takes_it
            a_released_lease_is_free_and_void
            a_clock_that_was_set_back_locks_nobody_out
            void_leases_are_free_and_their_tokens_write_nothing
        }
        journal {
            a_page_becomes_an_entry_and_moves_the_checkpoint
            a_page_of_known_records_only_moves_the_checkpoint
            an_empty_page_only_moves_the_checkpoint
            only_new_records_are_journalled_in_their_order
            an_id_that_stands_twice_on_a_page_is_journalled_once
            the_same_id_in_two_sources_is_two_records
            odd_ids_and_bodies_read_back_exactly
            a_stale_token_writes_nothing
            a_released_lease_writes_nothing
            an_unknown_source_writes_nothing
            pages_over_a_limit_are_refused
            a_large_page_reads_back
            an_entry_without_text_names_its_records
            what_is_withdrawn_is_new_when_it_comes_again
            reading_stops_at_the_byte_limit_but_returns_one
            reading_after_the_head_returns_nothing
            entries_are_found_by_their_time
            what_the_journal_keeps_is_counted_over_all_sources
            records_are_found_by_their_ids
            totals_and_the_newest_event_time_are_kept
        }
        coverage {
            a_new_ledger_is_empty_and_knows_its_beginning
            a_claim_comes_with_its_page_or_not_at_all
            claims_without_a_page_are_entered_together_and_fenced
            the_beginning_only_moves_back_and_what_is_settled_only_forward
            a_reread_journals_and_claims_but_moves_no_checkpoint
            the_live_tail_never_proves_again_what_was_given_up
            what_is_disclaimed_is_a_hole_and_what_is_lost_stays_lost
        }
        backfill {
            a_source_begins_with_its_backfill_or_not_at_all
            the_oldest_event_time_is_waiting_first
            a_windows_pages_move_its_checkpoint_until_it_is_done
            a_page_of_a_window_that_is_gone_writes_nothing
            a_split_window_is_waiting_in_parts_that_begin_anew
            a_window_that_fails_is_counted_until_a_page_comes
            a_stale_token_changes_no_backfill
            only_so_many_are_open_and_only_the_last_finished_are_kept
            only_so_many_windows_wait
            what_is_found_wanting_is_a_hole_that_waits_to_be_read
        }
        health {
            measures_are_summed_over_steps
            the_average_lag_is_of_the_events_it_was_measured_of
            measures_grow_coarser_with_age
            measures_of_many_sources_are_read_at_once
            the_last_reject_is_known
            a_check_remembers_when_it_last_worked_and_did_not
            what_begins_to_fail_and_to_work_is_kept
            only_the_last_health_changes_are_kept
            a_source_is_paused_and_resumed
            it_is_known_since_when_polls_fail_and_records_wait
        }
        standing {
            how_many_sources_stand_is_read_at_once
        }
        history {
            notes_that_repeat_the_newest_are_counted_there
            only_the_last_notes_are_kept
            long_notes_are_cut
            lateness_is_counted_by_bucket
        }
        api_token {
            a_token_is_known_by_its_value_and_reads_back_without_it
            a_token_is_refused_elsewhere_afterwards_and_when_it_is_gone
            when_a_token_was_used_is_written_each_minute
            a_token_is_changed_and_keeps_its_value
            a_token_gives_away_no_more_than_it_has
            what_cannot_be_a_token_is_refused
            a_request_that_comes_twice_is_answered_alike
            a_request_that_failed_or_whose_server_died_may_begin_again
            answers_are_removed_after_a_day_and_beyond_the_limit
        }
        audit {
            audits_read_back_the_newest_first
            only_the_last_audits_are_kept
            details_over_the_limit_are_refused
        }
        alert_edit {
            many_alerts_are_changed_at_once_each_with_its_story
            what_is_to_be_already_is_no_change
            an_edit_changes_only_so_many_and_goes_on_when_it_is_made_again
            alerts_are_found_by_severity_and_type
        }
        alert {
            an_alarm_is_set_evaluated_and_read_back
            settings_that_are_no_json_and_sources_that_are_gone_are_refused
            an_incident_is_one_alert_with_its_story
            people_change_an_alert_and_what_they_decided_stays
            what_cannot_be_said_of_an_alert_is_refused
            alerts_are_listed_newest_first_in_pages
            a_destination_is_kept_with_its_secret_sealed
            a_system_error_goes_to_each_destination_that_takes_system_errors
            a_delivery_is_tried_with_the_same_id_until_it_arrives
            what_is_over_is_not_told_before_what_began
            what_was_given_up_is_sent_again_when_somebody_wants_it
            whoever_was_told_hears_that_nobody_watches_any_more
            two_servers_raise_one_alert
            alerts_that_are_long_over_are_forgotten
            it_is_known_which_destination_alerts_do_not_reach
            what_is_due_waits_for_no_other_destination
            a_secret_is_not_sent_elsewhere_than_it_was_entered_for
            which_receivers_are_done_with_is_kept
            what_a_delivery_tells_does_not_change
            what_is_sent_again_tells_how_the_alert_stands
        }
        consumer {
            a_new_source_is_read_from_its_beginning
            positions_move_forward_only
            a_position_never_passes_the_head
            consumers_do_not_know_each_other
            the_backlog_names_sources_with_something_to_read
        }
        reclaim {
            records_that_no_entry_keeps_are_taken_again_and_others_stay_known
            what_the_vendor_has_deleted_is_lost_and_the_rest_is_asked_for
            a_backfill_that_cannot_be_begun_forgets_nothing
        }
        retention {
            old_entries_go_once_every_consumer_passed_them
            a_slow_consumer_keeps_entries
            young_entries_stay
            only_a_prefix_goes_though_the_clock_jumped
            many_entries_go_in_chunks
            ids_outlive_their_entries_until_the_horizon
            a_clock_that_is_months_ahead_forgets_nothing_that_may_come_back
            many_ids_go_in_chunks
            reading_passes_over_what_was_removed
        }
        round {
            there_is_no_status_before_the_first_round
            a_round_reads_back
            failures_are_counted_until_a_success
            an_interrupted_round_says_nothing
            a_refused_token_is_a_failure_and_standing_by_says_nothing
            only_the_last_problems_are_remembered
            a_pause_is_kept_through_rounds_until_it_is_over
            a_pause_noted_under_a_clock_that_was_set_back_gives_way
            failures_are_counted_by_their_way
        }
    }
}
