//! The HTTP half of the contract: paths, statuses, shapes, headers; in one process on SQLite and as services on
//! MariaDB.

mod pages;

suite! { [one_process, services] {
    accounts:
        a_user_is_shown_with_an_email_to_oneself_only,
        the_list_of_users_is_searched_by_prefix_and_paged_by_the_last_id,
        oneself_changes_what_is_given_and_nothing_else,
        names_and_emails_are_unique_ignoring_case,
        deleting_an_account_takes_the_password_and_oneself;
    cookies:
        the_refresh_token_travels_in_a_cookie_only,
        a_cookie_counts_from_our_own_pages_only,
        the_cookie_is_secure_when_a_trusted_proxy_says_https;
    cors:
        the_frontend_alone_may_read_answers_from_another_origin,
        no_other_origin_is_told_that_it_may_read;
    errors:
        unknown_paths_are_problems,
        a_wrong_method_is_told_which_are_right,
        a_body_that_is_not_the_json_it_should_be_is_told_what_is_wrong,
        an_oversized_body_is_refused_and_the_connection_stays_usable,
        every_response_has_a_request_id_that_a_caller_may_choose,
        the_log_names_requests_by_their_id_and_holds_no_secret,
        several_fields_at_fault_are_all_named,
        head_is_answered_as_get_without_a_body;
    events:
        every_event_is_as_the_document_has_it,
        every_documented_action_is_taken;
    internal:
        introspection_tells_active_tokens_from_all_others,
        internal_paths_take_a_key_and_nothing_else;
    messages:
        a_message_has_the_contracts_shape,
        history_is_read_in_pages_of_ascending_order,
        content_is_kept_as_it_is_but_for_the_spaces_around_it;
    rooms:
        rooms_have_the_contracts_shapes,
        a_room_of_others_answers_as_one_that_is_not_there,
        only_the_owner_administers_a_room,
        members_are_paged_past_two_hundred;
    sessions:
        signup_login_and_refresh_answer_with_a_session,
        an_access_token_claims_what_the_contract_says,
        the_previous_refresh_token_gets_the_same_successor_again_for_a_moment,
        bad_refresh_tokens_are_refused_and_logout_never_complains,
        a_wrong_password_and_an_unknown_email_look_the_same,
        a_forgotten_password_is_reset_once,
        without_dev_mode_nobody_is_given_a_reset_link,
        closed_signups_are_refused,
        guessable_passwords_are_refused;
} }
