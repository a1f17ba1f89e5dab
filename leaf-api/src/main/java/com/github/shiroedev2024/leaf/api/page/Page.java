package com.github.shiroedev2024.leaf.api.page;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.api.http.Resources;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frame around each page: head, style, navigation, and the query that links carry on. The
 * policy allows that one style sheet and nothing else: no script, no image, no foreign address.
 */
final class Page {
  private static final String STYLE = Resources.text(Page.class, "page.css");
  private static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + sha256(STYLE)
          + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final String ROOT = "/api/v1/runtime/";
  private static final int MOST_REFRESH_SECONDS = 3600;

  private final String title;
  private final String path;
  private final int refresh;
  private final Map<String, String> query = new LinkedHashMap<>();

  /**
   * @param path under {@code /api/v1/runtime/}
   */
  Page(String title, String path, Call call) {
    this.title = title;
    this.path = path;
    this.refresh = (int) call.number("refresh", 0, 0, MOST_REFRESH_SECONDS);
    if (refresh > 0) {
      query.put("refresh", Integer.toString(refresh));
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Notes a parameter that links to this page carry on. */
  void carry(String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      query.put(name, value);
    }
  }

  /** A link to this page with some parameters changed; a null value removes one. Escaped. */
  String link(String name, @Nullable String value, String other, @Nullable String otherValue) {
    Map<String, String> changed = new LinkedHashMap<>(query);
    change(changed, name, value);
    change(changed, other, otherValue);
    StringBuilder link = new StringBuilder("?");
    changed.forEach(
        (key, each) ->
            link.append(link.length() > 1 ? "&" : "").append(key).append('=').append(encode(each)));
    return Html.escape(link.toString());
  }

  private static void change(Map<String, String> query, String name, @Nullable String value) {
    if (value == null) {
      query.remove(name);
    } else {
      query.put(name, value);
    }
  }

  /** Percent-encodes; a space is {@code %20}, since a plus sign means itself here. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  Reply reply(Reply.Body content) {
    return Reply.html(
        POLICY,
        sink -> {
          start(sink);
          content.writeTo(sink);
          sink.write("</main></body></html>\n");
        });
  }

  private void start(Reply.Sink sink) throws IOException {
    sink.write("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    sink.write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    sink.write("<meta name=\"color-scheme\" content=\"light dark\">");
    if (refresh > 0) {
      sink.write("<meta http-equiv=\"refresh\" content=\"" + refresh + "\">");
    }
    sink.write("<title>" + title + " · Leaf</title><style>" + STYLE + "</style></head><body>");
    sink.write("<header><strong>Leaf</strong><nav>");
    tab(sink, "stat/html", "Connections");
    tab(sink, "stat/recent/html", "Finished");
    tab(sink, "logs/html", "Log");
    sink.write("</nav><span class=\"refresh\">Refresh: ");
    choice(sink, 0, "off");
    choice(sink, 2, "2 s");
    choice(sink, 10, "10 s");
    sink.write("</span></header><main><h1>" + title + "</h1>");
  }

  private void tab(Reply.Sink sink, String target, String name) throws IOException {
    String current = target.equals(path) ? " aria-current=\"page\"" : "";
    sink.write("<a href=\"" + ROOT + target + "\"" + current + ">" + name + "</a>");
  }

  private void choice(Reply.Sink sink, int seconds, String name) throws IOException {
    String link = link("refresh", seconds == 0 ? null : Integer.toString(seconds), "", null);
    String current = seconds == refresh ? " aria-current=\"true\"" : "";
    sink.write("<a href=\"" + link + "\"" + current + ">" + name + "</a> ");
  }

  /**
   * A form that carries on what else is asked for.
   *
   * @param fields the parameters that its controls set
   * @param controls HTML
   */
  void form(Reply.Sink sink, Set<String> fields, String controls) throws IOException {
    sink.write("<form method=\"get\" action=\"" + ROOT + path + "\">");
    for (Map.Entry<String, String> each : query.entrySet()) {
      if (!fields.contains(each.getKey())) {
        sink.write(
            "<input type=\"hidden\" name=\""
                + each.getKey()
                + "\" value=\""
                + Html.escape(each.getValue())
                + "\">");
      }
    }
    sink.write(controls + "<button>Show</button></form>");
  }
}
