package com.github.shiroedev2024.leaf.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.api.http.Limits;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConnectionTimings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PagesTest {
  private static final String STAT = "/api/v1/runtime/stat/html";
  private static final String RECENT = "/api/v1/runtime/stat/recent/html";
  private static final String LOGS = "/api/v1/runtime/logs/html";
  private static final String EVIL = "<script>alert(1)</script>\"'&\u202e";

  private static List<String> found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.results().map(result -> result.group(1)).toList();
  }

  @Test
  void thePolicyAllowsTheOneStyleSheetAndNothingElse() throws Exception {
    try (TestServer server = new TestServer()) {
      for (String path : List.of(STAT, RECENT, LOGS)) {
        RawHttp.Reply page = server.get(path);
        String style = found("<style>([^<]*)</style>", page.body()).getFirst();
        String hash =
            Base64.getEncoder()
                .encodeToString(
                    MessageDigest.getInstance("SHA-256")
                        .digest(style.getBytes(StandardCharsets.UTF_8)));
        assertThat(page.header("Content-Security-Policy"))
            .isEqualTo(
                "default-src 'none'; style-src 'sha256-"
                    + hash
                    + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(page.body())
            .doesNotContain("<script", "style=", "onclick", "http://", "https://");
      }
    }
  }

  @Test
  void foreignTextIsEscapedEverywhere() throws Exception {
    FakeControl control = new FakeControl();
    Connection evil =
        new Connection(
            1,
            EVIL,
            EVIL,
            EVIL,
            EVIL,
            EVIL,
            EVIL,
            List.of(EVIL),
            1,
            2,
            true,
            true,
            0,
            1.5,
            EVIL,
            EVIL,
            EVIL,
            EVIL,
            EVIL,
            EVIL,
            new ConnectionTimings(null, null, null, null),
            EVIL);
    control.active.add(evil);
    control.recent.add(evil);
    control.ring.append("2026-11-23T08:15:30.000Z WARN " + EVIL + " " + EVIL);
    control.ring.append(EVIL);
    try (TestServer server = new TestServer(control, Limits.DEFAULT)) {
      for (String path : List.of(STAT, RECENT, LOGS)) {
        for (String query : List.of("", "?q=%3Cscript%3Ealert(1)%3C/script%3E%22'%26")) {
          String page = server.get(path + query).body();
          assertThat(page)
              .doesNotContain("<script")
              .doesNotContain("alert(1)</")
              .contains("&lt;script&gt;");
          assertThat(page).doesNotContain("\u202e").doesNotContain("\"'&");
        }
      }
    }
  }

  @Test
  void tablesSortByEveryColumnBothWays() throws Exception {
    FakeControl control = new FakeControl();
    control.active.clear();
    for (int i = 0; i < 20; i++) {
      control.active.add(FakeControl.connection(i * 7 % 20, "host" + i % 20 + ":1", "OUT"));
    }
    try (TestServer server = new TestServer(control, Limits.DEFAULT)) {
      String page = server.get(STAT + "?sort=id").body();
      List<String> ids = found("<tr><td class=\"n soft\">(\\d+)</td>", page);
      assertThat(ids).hasSize(20).startsWith("0", "1", "2").endsWith("19");
      assertThat(
              found(
                  "<tr><td class=\"n soft\">(\\d+)</td>",
                  server.get(STAT + "?sort=id&desc").body()))
          .isEqualTo(ids.reversed());
      assertThat(found("<tr><td class=\"n soft\">(\\d+)</td>", server.get(STAT).body()))
          .as("newest first unless said otherwise")
          .isEqualTo(ids.reversed());
      List<String> links = found("<th[^>]*><a href=\"([^\"]*)\"", page);
      assertThat(links).hasSizeGreaterThan(10);
      for (String link : links) {
        String sorted = server.get(STAT + link.replace("&amp;", "&")).body();
        assertThat(found("(aria-sort)", sorted)).as(link).hasSize(1);
        assertThat(found("<tr><td class=\"n soft\">(\\d+)</td>", sorted)).hasSize(20);
      }
    }
  }

  @Test
  void tablesAreFilteredAndBounded() throws Exception {
    FakeControl control = new FakeControl();
    control.active.clear();
    for (int i = 0; i < 30; i++) {
      control.active.add(
          FakeControl.connection(i, (i % 3 == 0 ? "Three" : "other") + i + ":1", "OUT"));
    }
    try (TestServer server = new TestServer(control, Limits.DEFAULT)) {
      String page = server.get(STAT + "?q=three&limit=4&sort=id").body();
      assertThat(found("<td class=\"w\">(\\w+)", page))
          .containsExactly("Three0", "Three3", "Three6", "Three9");
      assertThat(page).contains("30 open, 10 match, the first 4 shown");
      assertThat(page).contains("value=\"three\"").contains("q=three&amp;");
      assertThat(server.get(STAT + "?q=nothing").body()).contains("None.");
    }
  }

  @Test
  void theLogShowsTheNewestAndLeavesPollingClientsAlone() throws Exception {
    FakeControl control = new FakeControl();
    control.ring.clear();
    try (TestServer server = new TestServer(control, Limits.DEFAULT)) {
      assertThat(server.get(LOGS).body()).contains("0 lines kept").contains("None.");
      for (int i = 0; i < 20; i++) {
        String level = i % 2 == 0 ? "WARN" : "DEBUG";
        control.ring.append("2026-11-23T08:15:30.000Z " + level + " t line" + i + ".");
      }
      String json = "/api/v1/runtime/logs/json?limit=5&offset=";
      assertThat(server.get(json + 0).body()).contains("line4.");
      String page = server.get(LOGS + "?limit=5").body();
      assertThat(found("t (line\\d+)\\.", page))
          .containsExactly("line15", "line16", "line17", "line18", "line19");
      assertThat(found("t (line\\d+)\\.", server.get(LOGS + "?limit=5&level=info").body()))
          .containsExactly("line16", "line18");
      assertThat(found("t (line\\d+)\\.", server.get(LOGS + "?q=LINE1.").body()))
          .containsExactly("line1");
      assertThat(server.get(json + 5).body()).contains("line5.").contains("line9.");
    }
  }

  @Test
  void aPageRefreshesItselfWhenAsked() throws Exception {
    try (TestServer server = new TestServer()) {
      String page = server.get(STAT + "?refresh=2&sort=duration&desc=0").body();
      assertThat(page).contains("<meta http-equiv=\"refresh\" content=\"2\">");
      assertThat(page).contains("?refresh=10&amp;sort=duration&amp;desc=0");
      assertThat(server.get(STAT).body()).doesNotContain("http-equiv");
      assertThat(server.get(STAT + "?refresh=soon").status()).isEqualTo(400);
    }
  }
}
