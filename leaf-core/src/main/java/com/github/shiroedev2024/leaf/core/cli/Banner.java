package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.home.Version;
import com.github.shiroedev2024.leaf.core.process.RunningLeaf;
import com.github.shiroedev2024.leaf.core.process.RunningLeaf.Listener;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import java.util.List;
import java.util.Locale;

/** What a person reads when Leaf has started. */
final class Banner {
  private Banner() {}

  static String text(StartOptions options, RunningLeaf running, String configuration) {
    StringBuilder out = new StringBuilder();
    line(out, "Leaf " + Version.current() + " runs, pid " + ProcessHandle.current().pid());
    line(out, "");
    line(out, "  configuration  " + (options.configuration() == null ? "built in" : configuration));
    for (Listener listener : running.listeners()) {
      boolean api = listener.what().equals("api");
      line(
          out,
          String.format(
              Locale.ROOT,
              "  %-13s  %s%s",
              api ? "API" : words(listener.what()),
              api ? "http://" : "",
              listener.address()));
    }
    line(out, "  home           " + options.home().state());
    line(out, "");
    line(out, "Try next, in another terminal:");
    for (Listener listener : running.listeners()) {
      switch (listener.what()) {
        case "mixed" -> {
          line(out, "  curl -x socks5h://" + listener.address() + " http://example.com/");
          line(out, "  curl -x http://" + listener.address() + " http://example.com/");
        }
        case "socks" ->
            line(out, "  curl -x socks5h://" + listener.address() + " http://example.com/");
        case "http" -> line(out, "  curl -x http://" + listener.address() + " http://example.com/");
        case "api" ->
            line(out, "  curl http://" + listener.address() + "/api/v1/runtime/stat/json");
        default -> {}
      }
    }
    String home = options.home().flag();
    line(out, "  leaf ctl" + home + " outbounds");
    if (options.configuration() == null) {
      line(out, "");
      line(out, "To add a node, write " + options.home().config().resolve("config.conf") + ":");
      line(out, "  [General]");
      line(out, "  mixed-port = " + mixedPort(running.listeners()));
      line(out, "  [Proxy]");
      line(out, "  mine = ss, server.example, 8388, aes-256-gcm, password");
      line(out, "  [Rule]");
      line(out, "  FINAL, mine");
      line(out, "then check it with 'leaf test -c FILE', end this one and run it again.");
    } else {
      line(out, "");
      line(out, "After a change to the file: 'leaf reload" + home + "'.");
    }
    out.append("Ctrl-C ends Leaf.");
    return out.toString();
  }

  /** One line on what a reload has changed. */
  static String reloaded(Reloaded done) {
    String changes =
        part("added", done.added())
            + part("removed", done.removed())
            + part("changed", done.changed());
    return "reloaded: "
        + (changes.isEmpty() ? "nothing changed, " : changes)
        + done.keptConnections()
        + " connections kept, "
        + done.closedConnections()
        + " closed";
  }

  private static String part(String what, List<String> tags) {
    return tags.isEmpty() ? "" : what + " " + String.join(", ", tags) + "; ";
  }

  private static String words(String protocol) {
    return switch (protocol) {
      case "mixed" -> "SOCKS5 + HTTP";
      case "socks" -> "SOCKS5";
      case "http" -> "HTTP";
      default -> protocol;
    };
  }

  private static String mixedPort(List<Listener> listeners) {
    return listeners.stream()
        .filter(listener -> listener.what().equals("mixed"))
        .map(listener -> listener.address().substring(listener.address().lastIndexOf(':') + 1))
        .findFirst()
        .orElse("1080");
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
