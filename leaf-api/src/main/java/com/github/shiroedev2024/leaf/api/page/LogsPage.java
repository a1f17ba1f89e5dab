package com.github.shiroedev2024.leaf.api.page;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.runtime.control.Replies.LogPage;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest lines of the log. {@code level} shows that level and above, {@code q} only lines with
 * that text, {@code limit} looks further back. It reads by cursor, so that the places where polling
 * clients go on stay remembered.
 */
public final class LogsPage {
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;
  private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

  private final Page page;
  private final int limit;
  private final @Nullable String level;
  private final String filter;

  private LogsPage(Call call) {
    page = new Page("Log", "logs/html", call);
    limit = (int) call.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    String word = call.text("level");
    level = word == null || word.isEmpty() ? null : word.toUpperCase(Locale.ROOT);
    if (level != null && !LEVELS.contains(level)) {
      throw Call.badRequest(
          "parameter 'level' must be one of trace, debug, info, warn, error, not '" + word + "'");
    }
    filter = Objects.requireNonNullElse(call.text("q"), "");
    page.carry("level", level == null ? null : level.toLowerCase(Locale.ROOT));
    page.carry("q", filter);
    page.carry("limit", limit == DEFAULT_LIMIT ? null : Integer.toString(limit));
  }

  public static LogsPage of(Call call) {
    return new LogsPage(call);
  }

  public Reply reply(RuntimeControl control) {
    LogPage end = control.logsAfter(0, Long.MAX_VALUE);
    LogPage newest = control.logsAfter(limit, Math.max(0, end.next() - limit));
    return page.reply(sink -> content(sink, newest));
  }

  private void content(Reply.Sink sink, LogPage newest) throws IOException {
    String lower = filter.toLowerCase(Locale.ROOT);
    List<String> shown =
        newest.messages().stream()
            .filter(line -> level == null || LEVELS.indexOf(levelOf(line)) >= LEVELS.indexOf(level))
            .filter(line -> line.toLowerCase(Locale.ROOT).contains(lower))
            .toList();
    sink.write(
        "<p>" + newest.total() + " lines kept, " + shown.size() + " shown, newest last.</p>");
    StringBuilder options = new StringBuilder("<select name=\"level\" aria-label=\"Level\">");
    options.append("<option value=\"\">every level</option>");
    for (String each : LEVELS) {
      String word = each.toLowerCase(Locale.ROOT);
      options
          .append("<option value=\"" + word + "\"" + (each.equals(level) ? " selected" : "") + ">")
          .append(word + " and above</option>");
    }
    page.form(
        sink,
        Set.of("q", "level"),
        options
            + "</select><input type=\"search\" name=\"q\" aria-label=\"Filter\""
            + " placeholder=\"Only lines with\" value=\""
            + Html.escape(filter)
            + "\">");
    sink.write("<div class=\"scroll\"><ol>");
    for (String line : shown) {
      line(sink, line);
    }
    sink.write(shown.isEmpty() ? "<li class=\"DEBUG\">None.</li></ol></div>" : "</ol></div>");
  }

  private static void line(Reply.Sink sink, String line) throws IOException {
    String word = levelOf(line);
    int at = line.indexOf(' ');
    if (word.isEmpty()) {
      sink.write("<li>" + Html.escape(line) + "</li>");
      return;
    }
    int rest = at + 1 + word.length();
    sink.write(
        "<li class=\""
            + word
            + "\"><span class=\"soft\">"
            + Html.escape(line.substring(0, at))
            + "</span> <b>"
            + word
            + "</b>"
            + Html.escape(line.substring(rest))
            + "</li>");
  }

  /** The word after the time; empty when it is no level. */
  private static String levelOf(String line) {
    int start = line.indexOf(' ') + 1;
    int end = line.indexOf(' ', start);
    String word = start > 0 && end > start ? line.substring(start, end) : "";
    return LEVELS.contains(word) ? word : "";
  }
}
