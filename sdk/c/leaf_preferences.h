/*
 * The preferences of Leaf and where they are kept. Programs include leaf_core.h instead, which also asks
 * a running core for them.
 */
#ifndef LEAF_PREFERENCES_H
#define LEAF_PREFERENCES_H

#if defined(__STRICT_ANSI__) && !defined(_POSIX_C_SOURCE) && !defined(_GNU_SOURCE) && !defined(_DEFAULT_SOURCE)
#error "leaf_core.h needs POSIX: compile with -std=gnu11 or with -D_POSIX_C_SOURCE=200809L"
#endif

#include <pwd.h>
#include <unistd.h>

#include "leaf.h"

struct leaf_text_list {
  char **items;
  size_t count;
};

/* What a person has set for one home of Leaf. Made by the functions below; free it with leaf_preferences_free. */
struct leaf_preferences {
  char *client_id;             /* who the hosted subscription belongs to; NULL for none */
  bool has_last_update_time;   /* false: the subscription was never updated */
  long long last_update_time;  /* when it was updated last, in Unix seconds */
  long long traffic;           /* bytes that the subscription allows; 0 when there is none */
  long long used_traffic;      /* bytes of it already used */
  char *expire_time;           /* when it ends, as its service wrote it; NULL when it does not say */
  bool enable_ipv6;            /* IPv6 addresses are looked up too */
  bool prefer_ipv6;            /* and tried first */
  bool memory_logger;          /* the log is kept in memory, where leaf_get_logs reads it; false by default */
  int log_level;               /* 0 trace, 1 debug, 2 info (the default), 3 warn, 4 error */
  int api_port;                /* of the HTTP API on 127.0.0.1, 1 to 65535; 10001 by default */
  bool auto_reload;            /* a changed configuration file is reloaded by itself */
  char *user_agent;            /* what subscription requests call themselves; NULL for the default */
  bool bypass_lan;             /* local networks stay out of the tunnel */
  bool bypass_lan_in_core;     /* a rule of the core keeps them out */
  bool fake_ip;                /* DNS queries are answered with made-up addresses */
  bool force_resolve_domain;   /* names are resolved before routing */
  bool internal_dns_server;    /* the core answers the DNS queries of the tunnel itself */
  struct leaf_text_list bypass_geoip_list;   /* countries that go direct */
  struct leaf_text_list bypass_geosite_list; /* site lists that go direct */
  struct leaf_text_list reject_geoip_list;   /* countries that are refused */
  struct leaf_text_list reject_geosite_list; /* site lists that are refused */
};

/* Which fields leaf_set_preferences is to change; joined with '|'. The others are not a program's to set. */
enum leaf_preference {
  LEAF_SET_ENABLE_IPV6 = 1 << 0,
  LEAF_SET_PREFER_IPV6 = 1 << 1,
  LEAF_SET_MEMORY_LOGGER = 1 << 2,
  LEAF_SET_LOG_LEVEL = 1 << 3,
  LEAF_SET_API_PORT = 1 << 4,
  LEAF_SET_AUTO_RELOAD = 1 << 5,
  LEAF_SET_USER_AGENT = 1 << 6, /* NULL goes back to the default */
  LEAF_SET_BYPASS_LAN = 1 << 7,
  LEAF_SET_BYPASS_LAN_IN_CORE = 1 << 8,
  LEAF_SET_FAKE_IP = 1 << 9,
  LEAF_SET_FORCE_RESOLVE_DOMAIN = 1 << 10,
  LEAF_SET_INTERNAL_DNS_SERVER = 1 << 11,
  LEAF_SET_BYPASS_GEOIP_LIST = 1 << 12,
  LEAF_SET_BYPASS_GEOSITE_LIST = 1 << 13,
  LEAF_SET_REJECT_GEOIP_LIST = 1 << 14,
  LEAF_SET_REJECT_GEOSITE_LIST = 1 << 15
};

enum leaf_field_kind { LEAF_FIELD_TEXT, LEAF_FIELD_FLAG, LEAF_FIELD_NUMBER, LEAF_FIELD_NATURAL, LEAF_FIELD_LIST };

/* One field of the structure and of its JSON form. */
struct leaf_field {
  const char *name;
  enum leaf_field_kind kind;
  size_t offset;
  unsigned set; /* its leaf_preference; 0 when programs do not set it */
  int least;    /* the range and default of a LEAF_FIELD_NUMBER */
  int most;
  int fallback;
};

/* All fields but last_update_time, the only number that may be missing. */
static inline const struct leaf_field *leaf_fields(size_t *count) {
#define LEAF_FIELD(name, kind, set) {#name, kind, offsetof(struct leaf_preferences, name), set, 0, 0, 0}
  static const struct leaf_field fields[] = {
      LEAF_FIELD(client_id, LEAF_FIELD_TEXT, 0),
      LEAF_FIELD(traffic, LEAF_FIELD_NATURAL, 0),
      LEAF_FIELD(used_traffic, LEAF_FIELD_NATURAL, 0),
      LEAF_FIELD(expire_time, LEAF_FIELD_TEXT, 0),
      LEAF_FIELD(enable_ipv6, LEAF_FIELD_FLAG, LEAF_SET_ENABLE_IPV6),
      LEAF_FIELD(prefer_ipv6, LEAF_FIELD_FLAG, LEAF_SET_PREFER_IPV6),
      LEAF_FIELD(memory_logger, LEAF_FIELD_FLAG, LEAF_SET_MEMORY_LOGGER),
      {"log_level", LEAF_FIELD_NUMBER, offsetof(struct leaf_preferences, log_level), LEAF_SET_LOG_LEVEL, 0, 4, 2},
      {"api_port", LEAF_FIELD_NUMBER, offsetof(struct leaf_preferences, api_port), LEAF_SET_API_PORT, 1, 65535,
       LEAF_DEFAULT_PORT},
      LEAF_FIELD(auto_reload, LEAF_FIELD_FLAG, LEAF_SET_AUTO_RELOAD),
      LEAF_FIELD(user_agent, LEAF_FIELD_TEXT, LEAF_SET_USER_AGENT),
      LEAF_FIELD(bypass_lan, LEAF_FIELD_FLAG, LEAF_SET_BYPASS_LAN),
      LEAF_FIELD(bypass_lan_in_core, LEAF_FIELD_FLAG, LEAF_SET_BYPASS_LAN_IN_CORE),
      LEAF_FIELD(fake_ip, LEAF_FIELD_FLAG, LEAF_SET_FAKE_IP),
      LEAF_FIELD(force_resolve_domain, LEAF_FIELD_FLAG, LEAF_SET_FORCE_RESOLVE_DOMAIN),
      LEAF_FIELD(internal_dns_server, LEAF_FIELD_FLAG, LEAF_SET_INTERNAL_DNS_SERVER),
      LEAF_FIELD(bypass_geoip_list, LEAF_FIELD_LIST, LEAF_SET_BYPASS_GEOIP_LIST),
      LEAF_FIELD(bypass_geosite_list, LEAF_FIELD_LIST, LEAF_SET_BYPASS_GEOSITE_LIST),
      LEAF_FIELD(reject_geoip_list, LEAF_FIELD_LIST, LEAF_SET_REJECT_GEOIP_LIST),
      LEAF_FIELD(reject_geosite_list, LEAF_FIELD_LIST, LEAF_SET_REJECT_GEOSITE_LIST),
  };
#undef LEAF_FIELD
  *count = sizeof fields / sizeof fields[0];
  return fields;
}

static inline void leaf_text_list_free(struct leaf_text_list *list) {
  size_t i;
  for (i = 0; i < list->count; i++) {
    free(list->items[i]);
  }
  free(list->items);
  list->items = NULL;
  list->count = 0;
}

/* Frees the texts and lists; harmless when done twice. */
static inline void leaf_preferences_free(struct leaf_preferences *preferences) {
  free(preferences->client_id);
  free(preferences->expire_time);
  free(preferences->user_agent);
  leaf_text_list_free(&preferences->bypass_geoip_list);
  leaf_text_list_free(&preferences->bypass_geosite_list);
  leaf_text_list_free(&preferences->reject_geoip_list);
  leaf_text_list_free(&preferences->reject_geosite_list);
  memset(preferences, 0, sizeof *preferences);
}

/* The texts of an array; none at all when one item is no text. False when memory has run out. */
static inline bool leaf_list_read(struct leaf_json array, struct leaf_text_list *out) {
  struct leaf_json_walk items = leaf_json_items(array);
  struct leaf_json item;
  size_t count = 0;
  memset(out, 0, sizeof *out);
  while (leaf_json_next(&items, NULL, &item)) {
    if (leaf_json_kind(item) != LEAF_JSON_STRING) {
      return true;
    }
    count++;
  }
  if (count == 0 || leaf_json_kind(array) != LEAF_JSON_ARRAY) {
    return true;
  }
  out->items = (char **)calloc(count, sizeof *out->items);
  if (out->items == NULL) {
    return false;
  }
  items = leaf_json_items(array);
  while (leaf_json_next(&items, NULL, &item)) {
    out->items[out->count] = leaf_json_string(item, NULL);
    if (out->items[out->count] == NULL) {
      leaf_text_list_free(out);
      return false;
    }
    out->count++;
  }
  return true;
}

/*
 * Reads the JSON form of an object, or of nothing for the defaults. A field that is missing, of another
 * type or out of range has its default; unknown ones are ignored. False when memory has run out.
 */
static inline bool leaf_preferences_read(struct leaf_json object, struct leaf_preferences *out) {
  size_t count;
  const struct leaf_field *field = leaf_fields(&count);
  struct leaf_json value;
  long long number;
  bool ok = true;
  memset(out, 0, sizeof *out);
  for (; count > 0; count--, field++) {
    void *at = (char *)out + field->offset;
    leaf_json_member(object, field->name, &value);
    switch (field->kind) {
      case LEAF_FIELD_TEXT:
        *(char **)at = leaf_json_string(value, NULL);
        ok = ok && (*(char **)at != NULL || leaf_json_kind(value) != LEAF_JSON_STRING);
        break;
      case LEAF_FIELD_FLAG:
        leaf_json_boolean(value, (bool *)at);
        break;
      case LEAF_FIELD_NUMBER:
        *(int *)at = leaf_json_integer(value, &number) && number >= field->least && number <= field->most
                         ? (int)number
                         : field->fallback;
        break;
      case LEAF_FIELD_NATURAL:
        *(long long *)at = leaf_json_integer(value, &number) && number >= 0 ? number : 0;
        break;
      case LEAF_FIELD_LIST:
        ok = leaf_list_read(value, (struct leaf_text_list *)at) && ok;
        break;
    }
  }
  leaf_json_member(object, "last_update_time", &value);
  out->has_last_update_time = leaf_json_integer(value, &number);
  out->last_update_time = out->has_last_update_time ? number : 0;
  if (!ok) {
    leaf_preferences_free(out);
  }
  return ok;
}

static inline void leaf_field_write(struct leaf_buffer *json, const struct leaf_field *field, const void *at) {
  size_t i;
  leaf_buffer_format(json, "%s\"%s\":", json->length > 1 ? "," : "", field->name);
  switch (field->kind) {
    case LEAF_FIELD_TEXT: {
      const char *text = *(char *const *)at;
      if (text == NULL) {
        leaf_buffer_text(json, "null");
      } else {
        leaf_buffer_quoted(json, text, strlen(text));
      }
      break;
    }
    case LEAF_FIELD_FLAG:
      leaf_buffer_text(json, *(const bool *)at ? "true" : "false");
      break;
    case LEAF_FIELD_NUMBER:
      leaf_buffer_format(json, "%d", *(const int *)at);
      break;
    case LEAF_FIELD_NATURAL:
      leaf_buffer_format(json, "%lld", *(const long long *)at);
      break;
    case LEAF_FIELD_LIST: {
      const struct leaf_text_list *list = (const struct leaf_text_list *)at;
      for (i = 0; i < list->count; i++) {
        leaf_buffer_text(json, i == 0 ? "[" : ",");
        leaf_buffer_quoted(json, list->items[i], strlen(list->items[i]));
      }
      leaf_buffer_text(json, list->count == 0 ? "[]" : "]");
      break;
    }
  }
}

/*
 * The JSON of the fields that 'set' names. LEAF_OK with that JSON, or LEAF_ARGUMENT with the field that is
 * out of range.
 */
static inline struct leaf_reply leaf_preferences_changes(const struct leaf_preferences *preferences, unsigned set) {
  size_t count;
  const struct leaf_field *field = leaf_fields(&count);
  struct leaf_buffer json;
  memset(&json, 0, sizeof json);
  leaf_buffer_text(&json, "{");
  for (; count > 0; count--, field++) {
    const char *at = (const char *)preferences + field->offset;
    if ((set & field->set) == 0) {
      continue;
    }
    if (field->kind == LEAF_FIELD_NUMBER && (*(const int *)(const void *)at < field->least ||
                                             *(const int *)(const void *)at > field->most)) {
      leaf_buffer_free(&json);
      return leaf_reply_format(LEAF_ARGUMENT, 0, "%s is %d; it must be %d to %d", field->name,
                               *(const int *)(const void *)at, field->least, field->most);
    }
    leaf_field_write(&json, field, at);
  }
  leaf_buffer_text(&json, "}");
  return leaf_reply_of(LEAF_OK, 0, &json);
}

/* Adds a path as it is from the root, without '.', '..' and double slashes. */
static inline bool leaf_path_absolute(struct leaf_buffer *out, const char *path) {
  struct leaf_buffer whole;
  const char *part;
  memset(&whole, 0, sizeof whole);
  if (path[0] != '/') {
    char *here = NULL;
    size_t size;
    for (size = 256; here == NULL && size <= (1 << 20); size *= 2) {
      char *room = (char *)malloc(size);
      here = room == NULL ? NULL : getcwd(room, size);
      if (here == NULL) {
        free(room);
        if (room == NULL || errno != ERANGE) {
          return false;
        }
      }
    }
    if (here == NULL) {
      return false;
    }
    leaf_buffer_text(&whole, here);
    free(here);
    leaf_buffer_text(&whole, "/");
  }
  leaf_buffer_text(&whole, path);
  leaf_buffer_add(out, "", 0);
  for (part = whole.text; !whole.failed && !out->failed && *part != '\0';) {
    size_t length = strcspn(part, "/");
    if (length == 2 && memcmp(part, "..", 2) == 0) {
      while (out->length > 0 && out->text[--out->length] != '/') {
      }
      out->text[out->length] = '\0';
    } else if (length > 0 && !(length == 1 && part[0] == '.')) {
      leaf_buffer_text(out, "/");
      leaf_buffer_add(out, part, length);
    }
    part += length + (part[length] == '/');
  }
  if (out->length == 0) {
    leaf_buffer_text(out, "/");
  }
  if (whole.failed) {
    out->failed = true;
  }
  leaf_buffer_free(&whole);
  return !out->failed;
}

/* The user's own folder; by the rules of XDG a variable that is unset or relative counts as the fallback. */
static inline bool leaf_xdg(struct leaf_buffer *out, const char *variable, const char *fallback) {
  const char *value = getenv(variable);
  const char *user = getenv("HOME");
  struct leaf_buffer path;
  bool done;
  memset(&path, 0, sizeof path);
  if (value != NULL && value[0] == '/') {
    leaf_buffer_text(&path, value);
  } else {
    struct passwd entry;
    struct passwd *found = NULL;
    char room[4096];
    if ((user == NULL || user[0] == '\0') && getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 &&
        found != NULL) {
      user = found->pw_dir;
    }
    leaf_buffer_text(&path, user == NULL ? "" : user);
    leaf_buffer_text(&path, fallback);
  }
  leaf_buffer_text(&path, "/leaf");
  done = !path.failed && leaf_path_absolute(out, path.text);
  leaf_buffer_free(&path);
  return done;
}

/* Where one core keeps its things, by the rules of the core itself. */
struct leaf_home {
  char *config; /* the configuration and the preferences */
  char *state;  /* selections, locks and the control socket */
};

static inline void leaf_home_free(struct leaf_home *home) {
  free(home->config);
  free(home->state);
  home->config = home->state = NULL;
}

/*
 * The home in a folder, as --home names it; for NULL the one that LEAF_HOME names, else the user's XDG
 * folders. False when memory has run out or the current folder cannot be told.
 */
static inline bool leaf_home_find(struct leaf_home *home, const char *folder) {
  struct leaf_buffer config;
  struct leaf_buffer state;
  bool done;
  memset(&config, 0, sizeof config);
  memset(&state, 0, sizeof state);
  if (folder == NULL) {
    folder = getenv("LEAF_HOME");
    folder = folder == NULL || folder[0] == '\0' ? NULL : folder;
  }
  done = folder != NULL ? leaf_path_absolute(&config, folder) && leaf_path_absolute(&state, folder)
                        : leaf_xdg(&config, "XDG_CONFIG_HOME", "/.config") &&
                              leaf_xdg(&state, "XDG_STATE_HOME", "/.local/state");
  if (!done) {
    leaf_buffer_free(&config);
    leaf_buffer_free(&state);
  }
  home->config = config.text;
  home->state = state.text;
  return done;
}

/* Adds a whole file, at most 16 MiB; the answer is 0, or the errno of the failure. */
static inline int leaf_file_read(struct leaf_buffer *out, const char *path) {
  char piece[4096];
  size_t n;
  int failure = 0;
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return errno;
  }
  leaf_buffer_add(out, "", 0);
  while (failure == 0 && (n = fread(piece, 1, sizeof piece, file)) > 0) {
    leaf_buffer_add(out, piece, n);
    failure = out->failed ? ENOMEM : out->length > ((size_t)16 << 20) ? EFBIG : 0;
  }
  if (failure == 0 && ferror(file)) {
    failure = errno != 0 ? errno : EIO;
  }
  fclose(file);
  return failure;
}

/*
 * Reads the saved preferences of the home in a folder; for NULL of the one that LEAF_HOME names, else of
 * the user's own ($XDG_CONFIG_HOME/leaf or ~/.config/leaf). A home without them has the defaults. While
 * the core runs with another port than the saved one, ask the core: leaf_get_preferences. LEAF_IO with a
 * text that names the file when it cannot be read or is no JSON object; the defaults are given then.
 */
static inline struct leaf_reply leaf_load_preferences(const char *folder, struct leaf_preferences *out) {
  struct leaf_home home;
  struct leaf_buffer path;
  struct leaf_buffer text;
  struct leaf_json object;
  struct leaf_reply reply;
  int failure;
  memset(&path, 0, sizeof path);
  memset(&text, 0, sizeof text);
  memset(&object, 0, sizeof object);
  memset(out, 0, sizeof *out);
  if (!leaf_home_find(&home, folder)) {
    return leaf_reply_no_memory();
  }
  leaf_buffer_text(&path, home.config);
  leaf_buffer_text(&path, "/preferences.json");
  leaf_home_free(&home);
  failure = path.failed ? ENOMEM : leaf_file_read(&text, path.text);
  if (failure == ENOMEM) {
    reply = leaf_reply_no_memory();
  } else if (failure != 0 && failure != ENOENT) {
    reply = leaf_reply_format(LEAF_IO, 0, "%s: %s", path.text, strerror(failure));
  } else if (failure == 0 && leaf_json_parse(text.text, text.length, &object) != LEAF_JSON_OK) {
    reply = leaf_reply_format(LEAF_IO, 0, "%s: the preferences are not JSON", path.text);
  } else if (failure == 0 && leaf_json_kind(object) != LEAF_JSON_OBJECT) {
    reply = leaf_reply_format(LEAF_IO, 0, "%s: the preferences are not a JSON object", path.text);
    memset(&object, 0, sizeof object);
  } else {
    reply = leaf_reply_format(LEAF_OK, 0, "%s", path.text);
  }
  if (!leaf_preferences_read(object, out)) {
    leaf_reply_free(&reply);
    reply = leaf_reply_no_memory();
  }
  leaf_buffer_free(&path);
  leaf_buffer_free(&text);
  return reply;
}

#endif
