// The headers included from C++: that it compiles is the test.
#include "../leaf_core.h"

bool latency(int port, const char *tag, double *ms) {
  leaf_client leaf;
  leaf_reply reply = leaf_open_port(&leaf, port);
  leaf_json object;
  leaf_json value;
  bool known = false;
  if (reply.error == LEAF_OK) {
    leaf_reply_free(&reply);
    reply = leaf_get_outbound_health(&leaf, tag);
    known = reply.error == LEAF_OK && leaf_json_parse(reply.text, reply.length, &object) == LEAF_JSON_OK &&
            leaf_json_member(object, "tcp_ms", &value) && leaf_json_number(value, ms);
  }
  leaf_reply_free(&reply);
  leaf_client_close(&leaf);
  return known;
}
