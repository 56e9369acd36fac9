#include "file_cases.hpp"

#include <gtest/gtest.h>

#include "conformance/registered.hpp"

namespace strowger::http {
namespace {

constexpr const char* same_time = "Sun, 06 Nov 1994 08:49:37 GMT\r\n";
constexpr const char* before = "Sun, 06 Nov 1994 08:49:36 GMT\r\n";
constexpr const char* after = "Sun, 06 Nov 1994 08:49:38 GMT\r\n";
constexpr const char* all = file_text;

FileCase part(const std::string& name, const std::string& range, const std::string& content_range,
              const std::string& body) {
  return {name,
          "Range: " + range + "\r\n",
          206,
          body,
          {"Content-Range: bytes " + content_range + "\r\n",
           "Content-Length: " + std::to_string(body.size()) + "\r\n"}};
}

std::vector<FileCase> conditions() {
  const std::string not_modified = "ETag: {etag}\r\n";
  return {
      {"Rfc9110_13_1_1_if_match_with_the_files_tag", "If-Match: {etag}\r\n", 200, all},
      {"Rfc9110_13_1_1_if_match_with_any", "If-Match: *\r\n", 200, all},
      {"Rfc9110_13_1_1_if_match_with_the_tag_in_a_list", "If-Match: \"a\", {etag}\r\n", 200, all},
      {"Rfc9110_13_1_1_if_match_with_another", "If-Match: \"a\"\r\n", 412, ""},
      {"Rfc9110_13_1_1_if_match_compares_strongly", "If-Match: W/{etag}\r\n", 412, ""},
      {"Rfc9110_13_1_2_if_none_match_with_the_files_tag",
       "If-None-Match: {etag}\r\n",
       304,
       "",
       {not_modified}},
      {"Rfc9110_13_1_2_if_none_match_compares_weakly",
       "If-None-Match: W/{etag}\r\n",
       304,
       "",
       {not_modified}},
      {"Rfc9110_13_1_2_if_none_match_with_any", "If-None-Match: *\r\n", 304, "", {not_modified}},
      {"Rfc9110_13_1_2_if_none_match_in_two_lines",
       "If-None-Match: \"a\"\r\nIf-None-Match: \"b\", {etag}\r\n",
       304,
       "",
       {not_modified}},
      {"Rfc9110_13_1_2_if_none_match_with_another", "If-None-Match: \"a\"\r\n", 200, all},
      {"Rfc9110_13_1_2_if_none_match_for_head",
       "If-None-Match: {etag}\r\n",
       304,
       "",
       {not_modified},
       "HEAD"},
      {"Rfc9110_13_1_3_if_modified_since_then",
       "If-Modified-Since: " + std::string(same_time),
       304,
       "",
       {not_modified}},
      {"Rfc9110_13_1_3_if_modified_since_before", "If-Modified-Since: " + std::string(before), 200,
       all},
      {"Rfc9110_13_1_3_if_modified_since_after", "If-Modified-Since: " + std::string(after), 304,
       ""},
      {"Rfc9110_13_1_3_what_is_no_date_is_ignored", "If-Modified-Since: yesterday\r\n", 200, all},
      {"Rfc9110_13_1_3_is_ignored_beside_if_none_match",
       "If-None-Match: \"a\"\r\nIf-Modified-Since: " + std::string(same_time), 200, all},
      {"Rfc9110_13_1_4_if_unmodified_since_then", "If-Unmodified-Since: " + std::string(same_time),
       200, all},
      {"Rfc9110_13_1_4_if_unmodified_since_before", "If-Unmodified-Since: " + std::string(before),
       412, ""},
      {"Rfc9110_13_1_4_what_is_no_date_is_ignored", "If-Unmodified-Since: yesterday\r\n", 200, all},
      {"Rfc9110_13_1_4_is_ignored_beside_if_match",
       "If-Match: {etag}\r\nIf-Unmodified-Since: " + std::string(before), 200, all},
      {"Rfc9110_13_2_2_if_match_goes_first", "If-Match: \"a\"\r\nIf-None-Match: {etag}\r\n", 412,
       ""},
      {"Rfc9110_13_2_2_if_none_match_goes_before_ranges",
       "If-None-Match: {etag}\r\nRange: bytes=0-1\r\n", 304, ""},
      {"Rfc9110_13_2_2_a_failed_condition_goes_before_ranges",
       "If-Match: \"a\"\r\nRange: bytes=0-1\r\n", 412, ""},
  };
}

std::vector<FileCase> conditional_ranges() {
  const std::string range = "Range: bytes=2-4\r\n";
  return {
      {"Rfc9110_13_1_5_if_range_with_the_files_tag", range + "If-Range: {etag}\r\n", 206, "234"},
      {"Rfc9110_13_1_5_if_range_with_another", range + "If-Range: \"a\"\r\n", 200, all},
      {"Rfc9110_13_1_5_if_range_compares_strongly", range + "If-Range: W/{etag}\r\n", 200, all},
      {"Rfc9110_13_1_5_if_range_with_the_files_date", range + "If-Range: " + same_time, 206, "234"},
      {"Rfc9110_13_1_5_if_range_wants_the_very_date", range + "If-Range: " + after, 200, all},
      {"Rfc9110_13_1_5_if_range_without_range", "If-Range: {etag}\r\n", 200, all},
  };
}

std::vector<FileCase> ranges() {
  const std::vector<std::string> none{"Content-Range: bytes */10\r\n"};
  return {
      part("Rfc9110_14_1_2_from_and_to", "bytes=2-4", "2-4/10", "234"),
      part("Rfc9110_14_1_2_one_octet", "bytes=0-0", "0-0/10", "0"),
      part("Rfc9110_14_1_2_to_the_end", "bytes=7-", "7-9/10", "789"),
      part("Rfc9110_14_1_2_beyond_the_end", "bytes=8-99", "8-9/10", "89"),
      part("Rfc9110_14_1_2_the_last_three", "bytes=-3", "7-9/10", "789"),
      part("Rfc9110_14_1_2_more_than_there_is_from_the_end", "bytes=-30", "0-9/10", all),
      part("Rfc9110_14_1_units_know_no_case", "BYTES=2-4", "2-4/10", "234"),
      {"Rfc9110_14_1_2_from_the_end_on", "Range: bytes=10-\r\n", 416, "", none},
      {"Rfc9110_14_1_2_the_last_none", "Range: bytes=-0\r\n", 416, "", none},
      {"Rfc9110_14_1_1_the_wrong_way_round_is_ignored", "Range: bytes=4-2\r\n", 200, all},
      {"Rfc9110_14_1_1_letters_are_ignored", "Range: bytes=a-b\r\n", 200, all},
      {"Rfc9110_14_1_1_a_dash_alone_is_ignored", "Range: bytes=-\r\n", 200, all},
      {"Rfc9110_14_1_1_a_number_too_large_is_ignored", "Range: bytes=0-99999999999999999999999\r\n",
       200, all},
      {"Rfc9110_14_2_several_are_answered_with_the_whole", "Range: bytes=1-2,4-5\r\n", 200, all},
      {"Rfc9110_14_2_two_lines_are_answered_with_the_whole",
       "Range: bytes=1-2\r\nRange: bytes=4-5\r\n", 200, all},
      {"Rfc9110_14_2_other_units_are_ignored", "Range: lines=1-2\r\n", 200, all},
      {"Rfc9110_14_2_get_alone_knows_ranges",
       "Range: bytes=2-4\r\n",
       200,
       "",
       {"Content-Length: 10\r\n"},
       "HEAD"},
      {"Rfc9110_14_3_accept_ranges_is_told", "", 200, all, {"Accept-Ranges: bytes\r\n"}},
      {"Rfc9110_15_3_7_a_part_has_its_validators",
       "Range: bytes=2-4\r\n",
       206,
       "234",
       {"ETag: {etag}\r\n", "Last-Modified: " + std::string(same_time)}},
      {"Rfc9110_8_8_the_whole_has_its_validators",
       "",
       200,
       all,
       {"ETag: {etag}\r\n", "Last-Modified: " + std::string(same_time),
        "Content-Type: application/octet-stream\r\n"}},
      {"Rfc9110_15_5_6_other_methods_are_405",
       "Content-Length: 0\r\n",
       405,
       "",
       {"Allow: GET, HEAD\r\n"},
       "DELETE"},
  };
}

std::string request_of(const FileCase& one, const std::string& etag) {
  std::string fields = one.fields;
  for (std::size_t at = 0; (at = fields.find("{etag}")) != std::string::npos;) {
    fields.replace(at, 6, etag);
  }
  return one.method + " /" + file_name + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + fields +
         "\r\n";
}

std::string value_of(const std::string& answer, const std::string& name) {
  const std::size_t at = answer.find("\r\n" + name + ": ");
  EXPECT_NE(at, std::string::npos) << answer;
  const std::size_t begin = at + name.size() + 4;
  return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

}  // namespace

std::vector<FileCase> file_cases() {
  std::vector<FileCase> cases = conditions();
  for (const auto& more : {conditional_ranges(), ranges()}) {
    cases.insert(cases.end(), more.begin(), more.end());
  }
  return cases;
}

bool register_file_cases(const char* suite,
                         const std::function<std::string(const std::string& request)>& ask) {
  for (const FileCase& one : file_cases()) {
    register_test(suite, one.name, [one, ask] {
      const std::string etag = value_of(ask(request_of({}, {})), "ETag");
      const std::string answer = ask(request_of(one, etag));
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(one.status) + " ")) << answer;
      for (std::string line : one.lines) {
        if (const std::size_t at = line.find("{etag}"); at != std::string::npos) {
          line.replace(at, 6, etag);
        }
        EXPECT_NE(answer.find("\r\n" + line), std::string::npos) << line << answer;
      }
      const std::size_t head = answer.find("\r\n\r\n");
      ASSERT_NE(head, std::string::npos) << answer;
      if (one.status < 300 || one.status == 304) {
        EXPECT_EQ(answer.substr(head + 4), one.body);
      }
    });
  }
  return true;
}

}  // namespace strowger::http
