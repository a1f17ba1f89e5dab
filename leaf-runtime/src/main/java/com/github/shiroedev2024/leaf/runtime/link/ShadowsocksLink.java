package com.github.shiroedev2024.leaf.runtime.link;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ss://}: the form of SIP002, whose user part is Base64 or (for the 2022 methods) plain
 * text, and the older one that encodes everything up to the name.
 */
final class ShadowsocksLink {
  private ShadowsocksLink() {}

  static NodeLine read(String link) throws LinkException {
    LinkUrl.Split split = LinkUrl.split(link);
    if (split.body().indexOf('@') < 0) {
      String whole = Base64Text.decode(split.body());
      if (whole == null) {
        throw new LinkException("what stands behind ss:// is neither a server nor Base64");
      }
      LinkUrl url = LinkUrl.parse("ss://" + whole);
      return line(url, url.user(), split.name());
    }
    LinkUrl url = LinkUrl.parse(link);
    String user = url.user();
    if (user.indexOf(':') >= 0) {
      return line(url, LinkUrl.decoded(user, "the password"), url.name());
    }
    String decoded = Base64Text.decode(LinkUrl.decoded(user, "the user"));
    if (decoded == null) {
      throw new LinkException("the user is neither method:password nor Base64 of it");
    }
    return line(url, decoded, url.name());
  }

  private static NodeLine line(LinkUrl url, String user, @Nullable String name)
      throws LinkException {
    int colon = user.indexOf(':');
    if (colon < 0) {
      throw new LinkException("the user is not method:password");
    }
    Map<String, String> keys = new LinkedHashMap<>();
    String plugin = url.query().get("plugin");
    if (plugin != null && !plugin.isEmpty()) {
      plugin(plugin, keys);
    }
    return new NodeLine(
        NodeLine.name(name, url.host(), url.port()),
        "ss",
        url.host(),
        url.port(),
        List.of(user.substring(0, colon), user.substring(colon + 1)),
        keys);
  }

  private static void plugin(String text, Map<String, String> keys) throws LinkException {
    String[] parts = text.split(";", -1);
    if (!parts[0].equals("obfs-local") && !parts[0].equals("simple-obfs")) {
      throw new LinkException("the plugin '" + parts[0] + "' is not supported");
    }
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String value = equals < 0 ? "" : parts[i].substring(equals + 1);
      switch (equals < 0 ? parts[i] : parts[i].substring(0, equals)) {
        case "obfs" -> keys.put("obfs", value);
        case "obfs-host" -> keys.put("obfs-host", value);
        case "obfs-uri" -> keys.put("obfs-path", value);
        default -> {
          // tuning of the plugin's own process
        }
      }
    }
  }
}
