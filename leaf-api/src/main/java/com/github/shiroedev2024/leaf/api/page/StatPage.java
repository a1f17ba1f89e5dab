package com.github.shiroedev2024.leaf.api.page;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table of connections. {@code sort} and {@code desc} order it, {@code q} filters it, {@code
 * limit} bounds it; no more than that many connections are held, however many there are.
 */
public final class StatPage {
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;

  private final Page page;
  private final String intro;
  private final boolean recent;
  private final StatColumn sort;
  private final boolean descending;
  private final String filter;
  private final int limit;

  private StatPage(Call call, boolean recent) {
    this.recent = recent;
    this.intro = recent ? "finished" : "open";
    this.page =
        recent
            ? new Page("Finished connections", "stat/recent/html", call)
            : new Page("Connections", "stat/html", call);
    String key = call.optional("sort");
    StatColumn column = key == null ? StatColumn.ID : StatColumn.of(key);
    if (column == null) {
      throw Call.badRequest("parameter 'sort' names no column: '" + key + "'");
    }
    this.sort = column;
    String desc = call.text("desc");
    this.descending = desc == null ? key == null : desc.isEmpty() || call.flag("desc");
    this.filter = Objects.requireNonNullElse(call.text("q"), "");
    this.limit = (int) call.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    if (key != null) {
      page.carry("sort", key);
      page.carry("desc", descending ? "1" : "0");
    }
    page.carry("q", filter);
    page.carry("limit", limit == DEFAULT_LIMIT ? null : Integer.toString(limit));
  }

  /** The page of open connections. */
  public static StatPage active(Call call) {
    return new StatPage(call, false);
  }

  /** The page of finished connections. */
  public static StatPage recent(Call call) {
    return new StatPage(call, true);
  }

  /**
   * @param connections hands over each connection
   */
  public Reply reply(Consumer<Consumer<Connection>> connections) {
    return page.reply(sink -> content(sink, connections));
  }

  private void content(Reply.Sink sink, Consumer<Consumer<Connection>> connections)
      throws IOException {
    Top top = new Top(order(), limit);
    connections.accept(top);
    List<Connection> shown = top.sorted();
    sink.write("<p>" + top.seen + " " + intro);
    if (!filter.isEmpty()) {
      sink.write(", " + top.matching + " match");
    }
    if (shown.size() < top.matching) {
      sink.write(", the first " + shown.size() + " shown");
    }
    sink.write(
        ". Sent "
            + StatColumn.size(top.sent)
            + ", received "
            + StatColumn.size(top.received)
            + ".</p>");
    page.form(
        sink,
        Set.of("q"),
        "<input type=\"search\" name=\"q\" aria-label=\"Filter\""
            + " placeholder=\"Filter by address, domain, tag, rule, user\" value=\""
            + Html.escape(filter)
            + "\">");
    table(sink, shown);
  }

  private Comparator<Connection> order() {
    Comparator<Connection> order = sort.order().thenComparingLong(Connection::id);
    return descending ? order.reversed() : order;
  }

  private void table(Reply.Sink sink, List<Connection> shown) throws IOException {
    List<StatColumn> columns =
        Stream.of(StatColumn.values())
            .filter(column -> recent || column != StatColumn.CLOSE_REASON)
            .filter(
                column ->
                    column != StatColumn.PROCESS
                        || shown.stream().anyMatch(c -> c.process() != null))
            .filter(
                column ->
                    column != StatColumn.USER_ID
                        || shown.stream().anyMatch(c -> c.userId() != null))
            .toList();
    sink.write("<div class=\"scroll\"><table><thead><tr>");
    for (StatColumn column : columns) {
      heading(sink, column);
    }
    sink.write("</tr></thead><tbody>");
    for (Connection connection : shown) {
      StringBuilder row = new StringBuilder("<tr>");
      columns.forEach(column -> row.append(column.cell(connection)));
      sink.write(row.append("</tr>"));
    }
    if (shown.isEmpty()) {
      sink.write("<tr><td class=\"soft\" colspan=\"" + columns.size() + "\">None.</td></tr>");
    }
    sink.write("</tbody></table></div>");
  }

  private void heading(Reply.Sink sink, StatColumn column) throws IOException {
    boolean current = column == sort;
    boolean next = current ? !descending : column.isNumber();
    String link = page.link("sort", column.key(), "desc", next ? "1" : "0");
    String state = current ? " aria-sort=\"" + (descending ? "de" : "a") + "scending\"" : "";
    String arrow = current ? (descending ? " ↓" : " ↑") : "";
    sink.write(
        "<th"
            + (column.isNumber() ? " class=\"n\"" : "")
            + state
            + "><a href=\""
            + link
            + "\">"
            + column.title()
            + arrow
            + "</a></th>");
  }

  private static boolean holds(@Nullable String text, String lower) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(lower);
  }

  /** Keeps the first few of a long row in an order, and sums up the rest. */
  private final class Top implements Consumer<Connection> {
    private final Comparator<Connection> order;
    private final int most;
    private final PriorityQueue<Connection> kept;
    private final String lower = filter.toLowerCase(Locale.ROOT);
    private long seen;
    private long matching;
    private long sent;
    private long received;

    Top(Comparator<Connection> order, int most) {
      this.order = order;
      this.most = most;
      this.kept = new PriorityQueue<>(order.reversed());
    }

    @Override
    public void accept(Connection c) {
      seen++;
      if (!lower.isEmpty() && !matches(c)) {
        return;
      }
      matching++;
      sent += c.bytesSent();
      received += c.bytesRecvd();
      if (kept.size() < most) {
        kept.add(c);
      } else if (order.compare(c, kept.element()) < 0) {
        kept.remove();
        kept.add(c);
      }
    }

    private boolean matches(Connection c) {
      return Stream.of(c.destination(), c.source(), c.outboundTag(), c.inboundTag(), c.network())
              .anyMatch(text -> holds(text, lower))
          || c.outboundChain().stream().anyMatch(text -> holds(text, lower))
          || holds(c.forwardedSource(), lower)
          || holds(c.dnsSniffedDomain(), lower)
          || holds(c.tlsSniffedDomain(), lower)
          || holds(c.httpSniffedDomain(), lower)
          || holds(c.rule(), lower)
          || holds(c.userId(), lower)
          || holds(c.process(), lower)
          || holds(c.closeReason(), lower);
    }

    List<Connection> sorted() {
      List<Connection> sorted = new ArrayList<>(kept);
      sorted.sort(order);
      return sorted;
    }
  }
}
