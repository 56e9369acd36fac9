#include "http/parse.hpp"

#include <string>

#include <gtest/gtest.h>

#include "http/body.hpp"
#include "http/writer.hpp"

namespace strowger::http {
namespace {

std::string get(std::string_view fields, std::string_view line = "GET / HTTP/1.1") {
  return std::string(line) + "\r\n" + std::string(fields) + "\r\n";
}

/// The name of the fault, or nothing.
std::string fault_of(const std::string& text, const HeadLimits& limits = {}) {
  HeadFinder finder(limits);
  const auto end = finder.find(core::octets_of(text));
  if (!end) {
    return to_string(end.error().fault);
  }
  if (!*end) {
    return "more";
  }
  const auto head = parse_request(core::octets_of(text).first(**end), limits);
  if (!head) {
    return to_string(head.error().fault);
  }
  const auto length = body_length(*head);
  return length ? "" : to_string(length.error().fault);
}

std::string with_host(std::string_view fields) {
  return get("Host: a\r\n" + std::string(fields));
}

TEST(Parser, reads_a_request_and_its_fields) {
  const std::string text =
      "GET /chat?x=1&y HTTP/1.1\r\nHost: example.net:8080\r\nupgrade: a, \"b,c\" ,WebSocket\r\n"
      "X-Empty:\r\nX-Tab:\t v\t w \r\n\r\n";
  const auto head = parse_request(core::octets_of(text));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "GET");
  EXPECT_EQ(head->target, "/chat?x=1&y");
  EXPECT_EQ(head->path, "/chat");
  EXPECT_EQ(head->query, "x=1&y");
  EXPECT_EQ(head->authority, "example.net:8080");
  EXPECT_TRUE(head->fields.lists("Upgrade", "websocket"));
  EXPECT_FALSE(head->fields.lists("Upgrade", "c\""));
  EXPECT_EQ(head->fields.find("x-empty"), "");
  EXPECT_EQ(head->fields.find("X-TAB"), "v\t w");
  EXPECT_EQ(head->fields.find("x-none"), std::nullopt);
  EXPECT_TRUE(head->keep_alive());
}

TEST(Parser, takes_the_four_forms_of_a_target) {
  const auto path = [](const std::string& line) {
    const std::string text = get("Host: a\r\n", line);
    const auto head = parse_request(core::octets_of(text));
    return head ? std::string(head->authority) + "|" + std::string(head->path) + "|" +
                      std::string(head->query)
                : std::string(to_string(head.error().fault));
  };
  EXPECT_EQ(path("GET /x?y HTTP/1.1"), "a|/x|y");
  EXPECT_EQ(path("GET http://b:1/x?y HTTP/1.1"), "b:1|/x|y");
  EXPECT_EQ(path("GET http://b?y HTTP/1.1"), "b|/|y");
  EXPECT_EQ(path("CONNECT b:443 HTTP/1.1"), "b:443|b:443|");
  EXPECT_EQ(path("OPTIONS * HTTP/1.1"), "a|*|");
  EXPECT_EQ(path("GET * HTTP/1.1"), "bad_target");
  EXPECT_EQ(path("CONNECT b HTTP/1.1"), "bad_target");
  EXPECT_EQ(path("GET x HTTP/1.1"), "bad_target");
  EXPECT_EQ(path("GET /#x HTTP/1.1"), "bad_target");
  EXPECT_EQ(path("GET http:///x HTTP/1.1"), "bad_target");
}

TEST(Parser, refuses_what_two_readers_could_read_differently) {
  EXPECT_EQ(fault_of("GET / HTTP/1.1\nHost: a\n\n"), "bare_line_feed");
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: a\rx: y\r\n\r\n"), "bare_carriage_return");
  EXPECT_EQ(fault_of(with_host(std::string("x: a\0b\r\n", 8))), "control_character");
  EXPECT_EQ(fault_of(with_host("x: a\x7f\r\n")), "control_character");
  EXPECT_EQ(fault_of(with_host("x: y\r\n z\r\n")), "obsolete_fold");
  EXPECT_EQ(fault_of(with_host("Content-Length : 1\r\n")), "space_before_colon");
  EXPECT_EQ(fault_of(with_host("x y: z\r\n")), "bad_field_name");
  EXPECT_EQ(fault_of(with_host(": z\r\n")), "bad_field_name");
  EXPECT_EQ(fault_of(with_host("xyz\r\n")), "bad_field_name");
  EXPECT_EQ(fault_of(with_host("Content-Length: 1\r\nContent-Length: 1\r\n")), "several_lengths");
  EXPECT_EQ(fault_of(with_host("Content-Length: 1, 1\r\n")), "several_lengths");
  EXPECT_EQ(fault_of(with_host("Content-Length: +1\r\n")), "bad_length");
  EXPECT_EQ(fault_of(with_host("Content-Length: 0x1\r\n")), "bad_length");
  EXPECT_EQ(fault_of(with_host("Content-Length: \r\n")), "bad_length");
  EXPECT_EQ(fault_of(with_host("Content-Length: 9223372036854775808\r\n")), "bad_length");
  EXPECT_EQ(fault_of(with_host("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")),
            "length_and_coding");
  EXPECT_EQ(fault_of(with_host("Transfer-Encoding: gzip, chunked\r\n")), "unknown_coding");
  EXPECT_EQ(fault_of(with_host("Transfer-Encoding: chunked, identity\r\n")), "unknown_coding");
  EXPECT_EQ(fault_of(with_host("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
            "unknown_coding");
  EXPECT_EQ(fault_of(with_host("Transfer-Encoding: \"chunked\"\r\n")), "unknown_coding");
  EXPECT_EQ(fault_of(get("Transfer-Encoding: chunked\r\n", "GET / HTTP/1.0")),
            "coding_in_http_1_0");
}

TEST(Parser, refuses_bad_request_lines) {
  const auto line = [](std::string_view text) { return fault_of(get("Host: a\r\n", text)); };
  EXPECT_EQ(line("GET / HTTP/1.1"), "");
  EXPECT_EQ(line("GET  / HTTP/1.1"), "bad_target");
  EXPECT_EQ(line("GET /  HTTP/1.1"), "bad_target");
  EXPECT_EQ(line("GET /"), "bad_request_line");
  EXPECT_EQ(line(" GET / HTTP/1.1"), "bad_method");
  EXPECT_EQ(line("G(T / HTTP/1.1"), "bad_method");
  EXPECT_EQ(line("GET / HTTP/2.0"), "version_not_supported");
  EXPECT_EQ(line("GET / http/1.1"), "bad_version");
  EXPECT_EQ(line("GET / HTTP/1.11"), "bad_version");
  EXPECT_EQ(line("GET /\xc3\xa4 HTTP/1.1"), "bad_target");
}

TEST(Parser, wants_exactly_one_good_host) {
  EXPECT_EQ(fault_of(get("")), "missing_host");
  EXPECT_EQ(fault_of(get("", "GET / HTTP/1.0")), "");
  EXPECT_EQ(fault_of(get("Host: a\r\nHost: a\r\n")), "several_hosts");
  for (const char* good : {"a", "a.b", "a:80", "a:", "127.0.0.1", "[::1]", "[::1]:80", "a%20b"}) {
    EXPECT_EQ(fault_of(get("Host: " + std::string(good) + "\r\n")), "") << good;
  }
  for (const char* bad : {"", "a b", "a/b", "a@b", ":80", "a:b", "a:65536", "[::1", "[x]", "a,b c",
                          "[::1]80", "a:80:80"}) {
    EXPECT_EQ(fault_of(get("Host: " + std::string(bad) + "\r\n")), "bad_host") << bad;
  }
}

TEST(Parser, keeps_to_its_limits_before_the_end_has_come) {
  HeadLimits limits;
  limits.head_octets = 200;
  limits.target_octets = 50;
  limits.fields = 3;
  EXPECT_EQ(fault_of("GET /" + std::string(99, 'x'), limits), "target_too_long");
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nx: " + std::string(200, 'x'), limits), "head_too_long");
  EXPECT_EQ(fault_of(get("Host: a\r\nb:\r\nc:\r\n"), limits), "");
  EXPECT_EQ(fault_of(get("Host: a\r\nb:\r\nc:\r\nd:\r\n"), limits), "too_many_fields");
}

TEST(Parser, finds_the_same_end_however_the_head_is_cut) {
  const std::string text = with_host("a: b\r\n") + "rest";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    HeadFinder finder;
    const auto first = finder.find(core::octets_of(text).first(cut));
    ASSERT_TRUE(first) << cut;
    const auto second = finder.find(core::octets_of(text));
    ASSERT_TRUE(second && *second) << cut;
    EXPECT_EQ(**second, text.size() - 4);
    EXPECT_EQ(first->has_value(), cut >= text.size() - 4);
  }
}

TEST(Parser, reads_a_response) {
  const auto status = [](const std::string& line) {
    const std::string text = get("", line);
    const auto head = parse_response(core::octets_of(text));
    return head ? std::to_string(head->status) + std::string(head->reason)
                : std::string(to_string(head.error().fault));
  };
  EXPECT_EQ(status("HTTP/1.1 101 Switching Protocols"), "101Switching Protocols");
  EXPECT_EQ(status("HTTP/1.0 200 "), "200");
  EXPECT_EQ(status("HTTP/1.1 200"), "200");
  EXPECT_EQ(status("HTTP/1.1 2000"), "bad_status_line");
  EXPECT_EQ(status("HTTP/1.1 099 x"), "bad_status_line");
  EXPECT_EQ(status("HTTP/1.1 600 x"), "bad_status_line");
  EXPECT_EQ(status("HTTP/1.1  200 x"), "bad_status_line");
  EXPECT_EQ(status("HTTP/3.1 200 x"), "version_not_supported");
  EXPECT_EQ(status("SIP/2.0 200 OK"), "bad_version");
}

TEST(Parser, knows_which_responses_have_no_body) {
  const std::string text = get("Content-Length: 7\r\n", "HTTP/1.1 200 OK");
  const auto head = parse_response(core::octets_of(text));
  ASSERT_TRUE(head);
  EXPECT_EQ(body_length(*head, "GET")->octets, 7U);
  EXPECT_EQ(body_length(*head, "HEAD")->kind, BodyLength::Kind::none);
  EXPECT_EQ(body_length(*head, "CONNECT")->kind, BodyLength::Kind::none);
  const std::string open = get("", "HTTP/1.1 200 OK");
  EXPECT_EQ(body_length(*parse_response(core::octets_of(open)), "GET")->kind,
            BodyLength::Kind::until_close);
  const std::string none = get("", "HTTP/1.1 204 No Content");
  EXPECT_EQ(body_length(*parse_response(core::octets_of(none)), "GET")->kind,
            BodyLength::Kind::none);
}

TEST(Parser, knows_when_a_connection_goes_on) {
  const auto goes_on = [](std::string_view fields, std::string_view line) {
    const std::string text = get("Host: a\r\n" + std::string(fields), line);
    return parse_request(core::octets_of(text))->keep_alive();
  };
  EXPECT_TRUE(goes_on("", "GET / HTTP/1.1"));
  EXPECT_FALSE(goes_on("Connection: x, Close\r\n", "GET / HTTP/1.1"));
  EXPECT_FALSE(goes_on("", "GET / HTTP/1.0"));
  EXPECT_TRUE(goes_on("Connection: Keep-Alive\r\n", "GET / HTTP/1.0"));
}

TEST(Fault, each_has_a_name_a_clause_and_a_status) {
  for (std::size_t i = 0; i < fault_count; ++i) {
    const auto fault = static_cast<Fault>(i);
    EXPECT_NE(*to_string(fault), '\0');
    EXPECT_TRUE(clause_of(fault).starts_with("RFC "));
    EXPECT_GE(status_of(fault), 400);
  }
}

TEST(Writer, writes_no_head_that_could_be_two) {
  std::string out;
  HeadWriter writer(out);
  writer.response(404).field("A", "b").field("N", 12).finish();
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nA: b\r\nN: 12\r\n\r\n");
  EXPECT_FALSE(HeadWriter(out).field("A", "b\r\nEvil: 1").ok());
  EXPECT_FALSE(HeadWriter(out).field("A:", "b").ok());
  EXPECT_FALSE(HeadWriter(out).request("GET", "/ HTTP/1.1\r\nEvil:").ok());
  EXPECT_EQ(out.find("Evil"), std::string::npos);
}

}  // namespace
}  // namespace strowger::http
