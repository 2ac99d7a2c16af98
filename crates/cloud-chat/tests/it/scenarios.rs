//! What must hold whatever shape Cloud Chat runs in. This is the one list: each scenario is a test of each shape.

mod slow_readers;

suite! { [one_process, services, many_services, side_by_side, aws] {
    connecting:
        a_connection_carries_every_room_of_the_user,
        a_connection_can_carry_one_room_alone,
        connecting_joins_the_general_room,
        the_token_may_travel_as_a_sub_protocol,
        a_connection_without_a_good_token_is_refused,
        a_room_that_one_may_not_read_is_refused;
    sending:
        a_message_sent_by_socket_reaches_everybody_and_is_acknowledged,
        a_message_sent_by_post_reaches_everybody,
        an_event_carries_the_message_as_http_has_it,
        every_connection_of_the_sender_gets_the_message,
        a_room_id_may_be_a_number_or_a_string,
        a_send_without_an_id_is_given_one,
        a_stranger_can_neither_send_nor_learn_that_the_room_is_there;
    repeats:
        a_repeat_on_any_way_returns_the_original_and_broadcasts_nothing,
        a_repeat_after_a_reconnect_is_known,
        a_repeat_after_a_crash_is_known,
        many_repeats_at_once_make_one_message,
        a_repeat_after_leaving_returns_the_original,
        the_same_id_in_another_room_is_a_conflict,
        ids_belong_to_their_sender_and_are_compared_byte_by_byte;
    ordering:
        concurrent_senders_are_seen_in_one_order_by_all,
        one_sender_is_heard_in_the_order_of_speaking,
        gaps_are_healed_by_reading_after,
        a_client_that_connects_in_the_middle_misses_nothing,
        a_client_that_was_cut_off_misses_nothing;
    membership:
        everybody_is_told_of_a_new_member_who_hears_from_then_on,
        a_removed_member_hears_nothing_past_the_last_seq_answered,
        a_member_who_leaves_hears_nothing_past_the_last_seq_answered,
        a_connection_to_one_room_ends_its_share_with_the_membership,
        a_member_who_returns_hears_again,
        an_owner_who_leaves_hands_over_to_the_longest_standing_member;
    rooms:
        a_renamed_room_is_announced,
        a_deleted_room_is_announced_and_gone_at_once,
        the_last_one_out_deletes_the_room,
        the_general_room_is_everybodys;
    reading:
        reading_is_told_to_the_readers_own_connections_only,
        unread_counts_what_others_wrote_since,
        a_read_mark_moves_forward_only;
    sessions:
        logout_cuts_the_sockets_of_that_session_only,
        a_changed_password_cuts_every_other_session,
        a_reset_password_cuts_every_session,
        a_reused_refresh_token_cuts_its_family,
        a_deleted_account_is_cut_off,
        an_expired_token_cuts_nobody_off;
    frames:
        a_bad_frame_is_answered_and_costs_nothing_else,
        an_error_names_the_send_that_it_is_about,
        a_ping_is_answered,
        invalid_utf_8_closes_with_1007,
        a_frame_past_the_limit_closes_with_1009,
        a_frame_at_the_limit_is_read,
        deep_json_is_answered,
        too_many_messages_are_told_to_wait;
    races:
        of_many_signups_with_one_name_one_wins,
        of_many_uses_of_a_reset_link_one_counts,
        adding_somebody_many_times_at_once_adds_once,
        when_everybody_leaves_at_once_the_room_ends,
        a_room_deleted_in_the_middle_of_talk_ends_for_all_at_one_point;
    accounts:
        a_deleted_account_hands_over_its_rooms_and_leaves_its_messages,
        a_new_account_of_the_same_name_inherits_nothing,
        a_renamed_user_speaks_under_the_new_name;
    views:
        a_view_kept_by_events_equals_a_fresh_one;
} }

/// One process reads from its database which sessions ended, services ask each other: either looks again.
mod stepped_clocks {
    use super::sessions;

    shapes! { [one_process, services] {
        sessions:
            a_session_that_ended_stays_ended_when_clocks_jump_ahead_and_back;
    } }
}

/// What holds where the sockets are Cloud Chat's own. API Gateway ends a connection that sends a binary frame, takes no
/// frame past 32 KB, which the longest message is when all of it is escaped, throttles a client that floods it, and cuts
/// off one that does not read, when and how it sees fit.
mod own_sockets {
    use super::{frames, slow_readers};

    shapes! { [one_process, services, many_services, side_by_side] {
        frames:
            a_binary_frame_is_answered,
            the_longest_message_is_read_even_when_all_of_it_is_escaped,
            persistent_abuse_closes_with_1008;
        slow_readers:
            a_reader_that_stops_is_cut_off_while_the_others_go_on;
    } }
}
