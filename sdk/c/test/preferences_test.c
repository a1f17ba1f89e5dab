/* The preferences' JSON form, file and home; nothing of it needs a core. */
#include "../leaf_preferences.h"

#include <sys/stat.h>

#include "check.h"
#include "folder.h"

static const char whole[] =
    "{\"client_id\":\"me\",\"last_update_time\":1735689600,\"traffic\":5000000000,\"used_traffic\":7,"
    "\"expire_time\":\"2030\",\"enable_ipv6\":true,\"prefer_ipv6\":true,\"memory_logger\":true,\"log_level\":4,"
    "\"api_port\":12345,\"auto_reload\":true,\"user_agent\":\"ü\",\"bypass_lan\":true,\"bypass_lan_in_core\":true,"
    "\"fake_ip\":true,\"force_resolve_domain\":true,\"internal_dns_server\":true,"
    "\"bypass_geoip_list\":[\"cn\",\"ir\"],\"bypass_geosite_list\":[\"a\"],\"reject_geoip_list\":[],"
    "\"reject_geosite_list\":[\"ads\",\"b\\\"\"],\"of_tomorrow\":[{}]}";

static struct leaf_preferences read_json(const char *text) {
  struct leaf_json object;
  struct leaf_preferences preferences;
  CHECK(leaf_json_parse(text, strlen(text), &object) == LEAF_JSON_OK);
  CHECK(leaf_preferences_read(object, &preferences));
  return preferences;
}

static void check_defaults(const struct leaf_preferences *preferences) {
  CHECK(preferences->client_id == NULL && preferences->user_agent == NULL && preferences->expire_time == NULL);
  CHECK(!preferences->has_last_update_time && preferences->traffic == 0 && preferences->used_traffic == 0);
  CHECK(!preferences->memory_logger && !preferences->enable_ipv6 && !preferences->fake_ip);
  CHECK_NUMBER(preferences->log_level, 2);
  CHECK_NUMBER(preferences->api_port, 10001);
  CHECK(preferences->bypass_geoip_list.count == 0 && preferences->reject_geosite_list.count == 0);
}

static void every_field_is_read(void) {
  struct leaf_preferences preferences = read_json(whole);
  CHECK_TEXT(preferences.client_id, "me");
  CHECK(preferences.has_last_update_time && preferences.last_update_time == 1735689600);
  CHECK(preferences.traffic == 5000000000LL && preferences.used_traffic == 7);
  CHECK_TEXT(preferences.expire_time, "2030");
  CHECK(preferences.enable_ipv6 && preferences.prefer_ipv6 && preferences.memory_logger && preferences.auto_reload);
  CHECK(preferences.bypass_lan && preferences.bypass_lan_in_core && preferences.fake_ip);
  CHECK(preferences.force_resolve_domain && preferences.internal_dns_server);
  CHECK(preferences.log_level == 4 && preferences.api_port == 12345);
  CHECK_TEXT(preferences.user_agent, "ü");
  CHECK_NUMBER((long long)preferences.bypass_geoip_list.count, 2);
  CHECK_TEXT(preferences.bypass_geoip_list.items[1], "ir");
  CHECK_TEXT(preferences.bypass_geosite_list.items[0], "a");
  CHECK_NUMBER((long long)preferences.reject_geoip_list.count, 0);
  CHECK_TEXT(preferences.reject_geosite_list.items[1], "b\"");
  leaf_preferences_free(&preferences);
  leaf_preferences_free(&preferences);
}

static void what_cannot_be_used_has_its_default(void) {
  static const char *const texts[] = {
      "{}",
      "{\"client_id\":null,\"last_update_time\":null,\"user_agent\":null,\"bypass_geoip_list\":null}",
      "{\"client_id\":1,\"last_update_time\":\"x\",\"traffic\":-1,\"used_traffic\":\"1\",\"enable_ipv6\":\"true\","
      "\"memory_logger\":1,\"log_level\":5,\"api_port\":65536,\"bypass_geoip_list\":[\"a\",1],"
      "\"reject_geosite_list\":{\"a\":\"b\"}}",
      "{\"log_level\":-1,\"api_port\":0,\"last_update_time\":1.5,\"fake_ip\":null}"};
  size_t i;
  for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    struct leaf_preferences preferences = read_json(texts[i]);
    check_defaults(&preferences);
    leaf_preferences_free(&preferences);
  }
}

static void only_what_is_marked_is_written(void) {
  struct leaf_preferences preferences = read_json(whole);
  struct leaf_reply json = leaf_preferences_changes(&preferences, LEAF_SET_API_PORT | LEAF_SET_MEMORY_LOGGER);
  CHECK_TEXT(json.text, "{\"memory_logger\":true,\"api_port\":12345}");
  leaf_reply_free(&json);
  json = leaf_preferences_changes(&preferences, 0);
  CHECK_TEXT(json.text, "{}");
  leaf_reply_free(&json);
  json = leaf_preferences_changes(&preferences, ~0u);
  CHECK_TEXT(json.text,
             "{\"enable_ipv6\":true,\"prefer_ipv6\":true,\"memory_logger\":true,\"log_level\":4,\"api_port\":12345,"
             "\"auto_reload\":true,\"user_agent\":\"ü\",\"bypass_lan\":true,\"bypass_lan_in_core\":true,"
             "\"fake_ip\":true,\"force_resolve_domain\":true,\"internal_dns_server\":true,"
             "\"bypass_geoip_list\":[\"cn\",\"ir\"],\"bypass_geosite_list\":[\"a\"],\"reject_geoip_list\":[],"
             "\"reject_geosite_list\":[\"ads\",\"b\\\"\"]}");
  leaf_reply_free(&json);
  preferences.api_port = 0;
  json = leaf_preferences_changes(&preferences, LEAF_SET_API_PORT);
  CHECK_NUMBER(json.error, LEAF_ARGUMENT);
  CHECK_TEXT(json.text, "api_port is 0; it must be 1 to 65535");
  leaf_reply_free(&json);
  preferences.log_level = 5;
  json = leaf_preferences_changes(&preferences, LEAF_SET_LOG_LEVEL);
  CHECK_TEXT(json.text, "log_level is 5; it must be 0 to 4");
  leaf_reply_free(&json);
  leaf_preferences_free(&preferences);
}

static void check_path(const char *path, const char *wanted) {
  struct leaf_buffer out;
  memset(&out, 0, sizeof out);
  CHECK(leaf_path_absolute(&out, path));
  CHECK_TEXT(out.text, wanted);
  leaf_buffer_free(&out);
}

static void paths_are_made_absolute(void) {
  char here[4096];
  char wanted[4200];
  check_path("/a//b/./c/../d/", "/a/b/d");
  check_path("/../..", "/");
  check_path("/", "/");
  check_path("/a/..", "/");
  CHECK(getcwd(here, sizeof here) != NULL);
  snprintf(wanted, sizeof wanted, "%s/x", here);
  check_path("x", wanted);
  check_path("./y/../x", wanted);
}

static void check_home(const char *folder, const char *config, const char *state) {
  struct leaf_home home;
  CHECK(leaf_home_find(&home, folder));
  CHECK_TEXT(home.config, config);
  CHECK_TEXT(home.state, state);
  leaf_home_free(&home);
}

static void the_home_is_found_as_the_core_finds_it(void) {
  struct saved_environment saved = save_environment();
  setenv("HOME", "/home/me", 1);
  check_home(NULL, "/home/me/.config/leaf", "/home/me/.local/state/leaf");
  setenv("XDG_CONFIG_HOME", "/c", 1);
  setenv("XDG_STATE_HOME", "relative", 1);
  check_home(NULL, "/c/leaf", "/home/me/.local/state/leaf");
  setenv("XDG_STATE_HOME", "/s", 1);
  check_home(NULL, "/c/leaf", "/s/leaf");
  setenv("LEAF_HOME", "/srv/leaf/", 1);
  check_home(NULL, "/srv/leaf", "/srv/leaf");
  check_home("/other", "/other", "/other");
  setenv("LEAF_HOME", "", 1);
  check_home(NULL, "/c/leaf", "/s/leaf");
  restore_environment(&saved);
}

static void the_saved_file_is_read(void) {
  char folder[64];
  char wanted[200];
  struct leaf_preferences preferences;
  struct leaf_reply reply;
  struct saved_environment saved = save_environment();
  make_folder(folder, sizeof folder);
  setenv("LEAF_HOME", folder, 1);
  reply = leaf_load_preferences(NULL, &preferences);
  CHECK_NUMBER(reply.error, LEAF_OK);
  check_defaults(&preferences);
  leaf_reply_free(&reply);
  leaf_preferences_free(&preferences);

  write_file(folder, "preferences.json", whole);
  reply = leaf_load_preferences(NULL, &preferences);
  CHECK_NUMBER(reply.error, LEAF_OK);
  CHECK_NUMBER(preferences.api_port, 12345);
  CHECK_TEXT(preferences.user_agent, "ü");
  leaf_reply_free(&reply);
  leaf_preferences_free(&preferences);

  write_file(folder, "preferences.json", "{\"api_port\":");
  reply = leaf_load_preferences(NULL, &preferences);
  snprintf(wanted, sizeof wanted, "%s/preferences.json: the preferences are not JSON", folder);
  CHECK_NUMBER(reply.error, LEAF_IO);
  CHECK_TEXT(reply.text, wanted);
  check_defaults(&preferences);
  leaf_reply_free(&reply);
  leaf_preferences_free(&preferences);

  write_file(folder, "preferences.json", "[]");
  reply = leaf_load_preferences(folder, &preferences);
  snprintf(wanted, sizeof wanted, "%s/preferences.json: the preferences are not a JSON object", folder);
  CHECK_TEXT(reply.text, wanted);
  check_defaults(&preferences);
  leaf_reply_free(&reply);
  leaf_preferences_free(&preferences);
  remove_folder(folder);

  snprintf(wanted, sizeof wanted, "%s/preferences.json", folder);
  CHECK(mkdir(folder, 0700) == 0 && mkdir(wanted, 0700) == 0);
  reply = leaf_load_preferences(folder, &preferences);
  CHECK_NUMBER(reply.error, LEAF_IO);
  CHECK_PART(reply.text, wanted);
  leaf_reply_free(&reply);
  leaf_preferences_free(&preferences);
  remove_folder(folder);
  restore_environment(&saved);
}

const struct check preferences_tests[] = {TEST(every_field_is_read),
                                          TEST(what_cannot_be_used_has_its_default),
                                          TEST(only_what_is_marked_is_written),
                                          TEST(paths_are_made_absolute),
                                          TEST(the_home_is_found_as_the_core_finds_it),
                                          TEST(the_saved_file_is_read),
                                          {NULL, NULL}};
