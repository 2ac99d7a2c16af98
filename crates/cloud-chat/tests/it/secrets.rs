//! What the log tells, what is told to nobody, and lines of the log that stay lines.

suite! { [one_process, services] {
    keeping:
        no_secret_is_in_a_log_an_answer_or_what_the_system_shows_of_a_process;
    logins:
        the_log_says_who_logged_in_from_where_and_who_was_turned_away,
        a_storm_of_refusals_is_a_line_of_the_log_not_a_thousand;
    lines:
        nothing_that_people_send_makes_or_breaks_a_line_of_the_log;
} }
