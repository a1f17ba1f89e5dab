package com.github.shiroedev2024.leaf.runtime.link;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code vmess://}: Base64 of a JSON object, or the URL form with the UUID as user. */
final class VmessLink {
  private VmessLink() {}

  static NodeLine read(String link) throws LinkException {
    LinkUrl.Split split = LinkUrl.split(link);
    String json = split.body().indexOf('@') < 0 ? Base64Text.decode(split.body()) : null;
    if (json != null) {
      return ofJson(json);
    }
    LinkUrl url = LinkUrl.parse(link);
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("security", method(url.query().get("encryption")));
    Transport.add(Transport.Said.of(url.query(), "none"), keys);
    return new NodeLine(
        NodeLine.name(url.name(), url.host(), url.port()),
        "vmess",
        url.host(),
        url.port(),
        List.of(LinkUrl.decoded(url.user(), "the UUID")),
        keys);
  }

  private static NodeLine ofJson(String json) throws LinkException {
    JsonObject said;
    try {
      JsonElement parsed = JsonParser.parseString(json);
      if (!parsed.isJsonObject()) {
        throw new LinkException("what is encoded behind vmess:// is not a JSON object");
      }
      said = parsed.getAsJsonObject();
    } catch (JsonParseException e) {
      throw new LinkException("what is encoded behind vmess:// is not JSON");
    }
    String alterId = text(said, "aid", "0");
    if (!alterId.isEmpty() && !alterId.equals("0")) {
      throw new LinkException("alterId " + alterId + ": only VMess with AEAD (0) is supported");
    }
    String host = LinkUrl.host(text(said, "add", ""));
    int port = LinkUrl.port(text(said, "port", ""));
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("security", method(text(said, "scy", "")));
    String net = text(said, "net", "tcp").toLowerCase(Locale.ROOT);
    boolean grpc = net.equals("grpc");
    String path = text(said, "path", "");
    Transport.add(
        new Transport.Said(
            net,
            grpc ? null : text(said, "type", ""),
            path,
            text(said, "host", ""),
            grpc ? path : null,
            text(said, "tls", ""),
            text(said, "sni", ""),
            text(said, "alpn", ""),
            text(said, "allowInsecure", "").matches("1|true")),
        keys);
    return new NodeLine(
        NodeLine.name(text(said, "ps", ""), host, port),
        "vmess",
        host,
        port,
        List.of(text(said, "id", "")),
        keys);
  }

  private static String method(@Nullable String said) {
    return said == null || said.isEmpty() ? "auto" : said;
  }

  /** Numbers come as numbers or as text. */
  private static String text(JsonObject object, String key, String otherwise) {
    JsonElement value = object.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString().strip() : otherwise;
  }
}
