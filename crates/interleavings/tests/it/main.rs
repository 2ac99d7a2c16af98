//! Every order in which steps of threads may come. A thread that waits for ever fails its test as a deadlock.

use interleavings::{buses, sockets};

#[test]
fn a_backlog_tells_its_socket_of_everything() {
    sockets::a_backlog_tells_of_everything(4);
}

#[test]
fn what_the_hub_and_the_socket_say_is_written_whole_and_in_order_before_the_close() {
    sockets::everything_is_written_before_the_close(usize::MAX, 3);
}

#[test]
fn where_the_kernel_takes_no_more_the_socket_goes_on_once_its_peer_reads() {
    sockets::everything_is_written_before_the_close(3, 2);
}

#[test]
fn a_connection_that_is_reset_at_any_moment_ends_its_socket() {
    sockets::a_peer_that_is_gone_ends_the_socket(2);
}

#[test]
fn a_socket_that_gives_up_at_any_moment_keeps_nothing_and_nobody() {
    for room in [3, usize::MAX] {
        sockets::a_socket_that_gives_up_is_let_go(room, 3);
    }
}

#[test]
fn the_hub_goes_on_once_all_threads_that_write_have_caught_up() {
    sockets::the_hub_goes_on_once_all_threads_have_caught_up(33, 2);
}

#[test]
fn a_listener_that_lost_an_event_is_told_even_where_no_other_event_follows() {
    buses::a_listener_that_fell_behind_is_told(3, 1, 3);
}
