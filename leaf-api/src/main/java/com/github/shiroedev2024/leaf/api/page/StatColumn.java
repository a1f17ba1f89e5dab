package com.github.shiroedev2024.leaf.api.page;

import com.github.shiroedev2024.leaf.api.model.Decimals;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A column of the connection tables: how it sorts and what a cell shows, as HTML. */
enum StatColumn {
  ID("#", true),
  NETWORK("Net", false),
  SOURCE("Source", false),
  DESTINATION("Destination", false),
  OUTBOUND_TAG("Outbound", false),
  RULE("Rule", false),
  BYTES_SENT("Sent", true),
  BYTES_RECVD("Received", true),
  DURATION("Duration", true),
  START_TIME("Started", true),
  FIRST_BYTE_MS("First byte", true),
  INBOUND_TAG("Inbound", false),
  USER_ID("User", false),
  PROCESS("Process", false),
  CLOSE_REASON("Ended", false);

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT);

  private final String title;
  private final boolean number;

  StatColumn(String title, boolean number) {
    this.title = title;
    this.number = number;
  }

  /** The word in the query: that of the JSON. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  String title() {
    return title;
  }

  /** Numbers stand to the right, and are first looked at from the largest on. */
  boolean isNumber() {
    return number;
  }

  static @Nullable StatColumn of(String key) {
    for (StatColumn column : values()) {
      if (column.key().equals(key)) {
        return column;
      }
    }
    return null;
  }

  Comparator<Connection> order() {
    return switch (this) {
      case ID -> Comparator.comparingLong(Connection::id);
      case BYTES_SENT -> Comparator.comparingLong(Connection::bytesSent);
      case BYTES_RECVD -> Comparator.comparingLong(Connection::bytesRecvd);
      case DURATION -> Comparator.comparingDouble(Connection::duration);
      case START_TIME -> Comparator.comparingLong(Connection::startTime);
      case FIRST_BYTE_MS ->
          Comparator.comparingDouble(
              c -> Objects.requireNonNullElse(c.timings().firstByteMs(), -1.0));
      case NETWORK -> text(Connection::network);
      case SOURCE -> text(Connection::source);
      case DESTINATION -> text(Connection::destination);
      case OUTBOUND_TAG -> text(Connection::outboundTag);
      case INBOUND_TAG -> text(Connection::inboundTag);
      case RULE -> text(c -> orEmpty(c.rule()));
      case USER_ID -> text(c -> orEmpty(c.userId()));
      case PROCESS -> text(c -> orEmpty(c.process()));
      case CLOSE_REASON -> text(c -> orEmpty(c.closeReason()));
    };
  }

  private static Comparator<Connection> text(Function<Connection, String> of) {
    return Comparator.comparing(of, String.CASE_INSENSITIVE_ORDER);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The whole cell. */
  String cell(Connection c) {
    return switch (this) {
      case ID -> cell("n soft", Long.toString(c.id()));
      case NETWORK -> cell("", Html.escape(c.network()));
      case SOURCE -> cell("", Html.escape(c.source()) + small(c.forwardedSource()));
      case DESTINATION -> cell("w", Html.escape(c.destination()) + small(sniffed(c)));
      case OUTBOUND_TAG -> cell("", Html.escape(c.outboundTag()) + small(groups(c)));
      case RULE -> cell("w soft", Html.escape(orEmpty(c.rule())));
      case BYTES_SENT -> bytes(c.bytesSent(), c.sendCompleted());
      case BYTES_RECVD -> bytes(c.bytesRecvd(), c.recvCompleted());
      case DURATION -> cell("n", duration(c.duration()));
      case START_TIME ->
          cell(
              "n soft",
              CLOCK.format(Instant.ofEpochSecond(c.startTime()).atZone(ZoneId.systemDefault())));
      case FIRST_BYTE_MS -> timings(c);
      case INBOUND_TAG -> cell("soft", Html.escape(c.inboundTag()));
      case USER_ID -> cell("soft", Html.escape(orEmpty(c.userId())));
      case PROCESS -> cell("soft", Html.escape(orEmpty(c.process())));
      case CLOSE_REASON -> cell("soft", Html.escape(orEmpty(c.closeReason())));
    };
  }

  private static String cell(String style, String html) {
    return (style.isEmpty() ? "<td>" : "<td class=\"" + style + "\">") + html + "</td>";
  }

  private static String small(@Nullable String text) {
    return text == null || text.isEmpty() ? "" : "<small>" + Html.escape(text) + "</small>";
  }

  private static @Nullable String sniffed(Connection c) {
    return c.tlsSniffedDomain() != null
        ? c.tlsSniffedDomain()
        : c.httpSniffedDomain() != null ? c.httpSniffedDomain() : c.dnsSniffedDomain();
  }

  private static String groups(Connection c) {
    return c.outboundChain().isEmpty() ? "" : "via " + String.join(" › ", c.outboundChain());
  }

  private static String bytes(long bytes, boolean completed) {
    String end = completed ? ", completed" : "";
    return "<td class=\"n\" title=\"" + bytes + " bytes" + end + "\">" + size(bytes) + "</td>";
  }

  /** Three digits or so, in powers of 1024. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = -1;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, units[unit]);
  }

  static String duration(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = (long) seconds;
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
  }

  private static String timings(Connection c) {
    String all =
        "name "
            + ms(c.timings().dnsMs())
            + ", connect "
            + ms(c.timings().connectMs())
            + ", handshake "
            + ms(c.timings().handshakeMs());
    return "<td class=\"n\" title=\"" + all + "\">" + ms(c.timings().firstByteMs()) + "</td>";
  }

  private static String ms(@Nullable Double value) {
    String text = value == null ? null : Decimals.text(value);
    return text == null ? "–" : text + " ms";
  }
}
