//! What a page of another site can have somebody's browser do: send cookies, forms and handshakes, and nothing that
//! speaks for them.

suite! { [one_process, services] {
    cookies:
        a_cookie_opens_nothing_but_the_next_session,
        a_socket_takes_no_cookie_from_whatever_page;
    forms:
        what_a_form_can_send_is_refused_everywhere;
} }
