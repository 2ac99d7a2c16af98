//! Everything that nobody should send: each gets the contract's error, and the process lives on.

suite! { [one_process, services] {
    bodies:
        a_megabyte_and_a_hundred_thousand_levels_are_refused_everywhere,
        a_packed_body_is_refused_unopened;
    fields:
        every_field_of_every_body_refuses_what_it_must;
    injection:
        text_that_means_something_elsewhere_is_text;
    ids:
        another_users_id_in_the_path_gives_nothing_away,
        what_is_no_id_names_nothing;
    parameters:
        odd_query_parameters_are_refused;
    tokens:
        bad_access_tokens_are_refused_by_auth_and_by_chat,
        what_a_tokens_header_says_changes_nothing,
        a_token_for_later_or_for_others_is_refused,
        replayed_tokens_buy_nothing;
} }

pub use bodies::operations_with_bodies;
