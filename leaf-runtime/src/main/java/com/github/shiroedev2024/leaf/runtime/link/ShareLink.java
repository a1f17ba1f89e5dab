package com.github.shiroedev2024.leaf.runtime.link;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the links by which people pass nodes on. */
public final class ShareLink {
  private ShareLink() {}

  /**
   * The configuration line of a link.
   *
   * @throws LinkException when the link is malformed, or names what Leaf does not support
   */
  public static NodeLine read(String link) throws LinkException {
    return line(link).checked();
  }

  /** The line as the link says it, whether or not the configuration would take it. */
  static NodeLine line(String link) throws LinkException {
    String text = link.strip();
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new LinkException("a link is one line without control characters");
    }
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "ss" -> ShadowsocksLink.read(text);
      case "vmess" -> VmessLink.read(text);
      case "vless" -> vless(LinkUrl.parse(text));
      case "trojan" -> trojan(LinkUrl.parse(text));
      case "" -> throw new LinkException("this is no link; use ss, vmess, vless or trojan://…");
      default ->
          throw new LinkException(
              "'" + scheme + "' links are not supported; use ss, vmess, vless or trojan://…");
    };
  }

  private static NodeLine vless(LinkUrl url) throws LinkException {
    Map<String, String> keys = new LinkedHashMap<>();
    String flow = url.query().getOrDefault("flow", "");
    keys.put("flow", flow.isEmpty() ? "none" : flow);
    String encryption = url.query().getOrDefault("encryption", "");
    if (!encryption.isEmpty() && !encryption.equals("none")) {
      throw new LinkException("the encryption '" + encryption + "' of VLESS is not supported");
    }
    Transport.add(Transport.Said.of(url.query(), "none"), keys);
    return node(url, "vless", keys);
  }

  private static NodeLine trojan(LinkUrl url) throws LinkException {
    Map<String, String> keys = new LinkedHashMap<>();
    Transport.add(Transport.Said.of(url.query(), "tls"), keys);
    return node(url, "trojan", keys);
  }

  private static NodeLine node(LinkUrl url, String word, Map<String, String> keys)
      throws LinkException {
    return new NodeLine(
        NodeLine.name(url.name(), url.host(), url.port()),
        word,
        url.host(),
        url.port(),
        List.of(LinkUrl.decoded(url.user(), "the user")),
        keys);
  }
}
