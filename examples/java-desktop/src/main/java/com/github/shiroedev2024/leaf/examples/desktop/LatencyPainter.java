package com.github.shiroedev2024.leaf.examples.desktop;

import com.github.shiroedev2024.leaf.desktop.api.ApiClient;
import com.github.shiroedev2024.leaf.sdk.LeafException;
import com.github.shiroedev2024.leaf.sdk.model.LeafPreferences;
import com.github.shiroedev2024.leaf.sdk.model.OutboundGroup;
import com.github.shiroedev2024.leaf.sdk.model.OutboundHealthReply;
import com.github.shiroedev2024.leaf.sdk.model.OutboundInfo;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Paints the latency of every node, all measured at once. The argument is the port of the API; the
 * preferences name it when there is none.
 */
public final class LatencyPainter {
  private static final int THREADS = 64;
  private static final double MILLIS_PER_MARK = 10;
  private static final int WIDEST = 40;

  private LatencyPainter() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : LeafPreferences.load().getApiPort();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (ApiClient leaf = new ApiClient(port)) {
      Map<String, Future<OutboundHealthReply>> probes = new LinkedHashMap<>();
      for (String node : nodes(leaf)) {
        probes.put(node, threads.submit(() -> leaf.getOutboundHealth(node)));
      }
      for (Map.Entry<String, Future<OutboundHealthReply>> probe : probes.entrySet()) {
        System.out.println(line(probe.getKey(), probe.getValue()));
      }
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } finally {
      threads.shutdownNow();
    }
  }

  /** The members of all groups that are no groups themselves, each once. */
  private static Set<String> nodes(ApiClient leaf) throws IOException {
    Set<String> groups = new HashSet<>();
    for (OutboundGroup group : leaf.getOutboundList().getOutbounds()) {
      groups.add(group.getTag());
    }
    Map<String, Boolean> nodes = new LinkedHashMap<>();
    for (String group : groups) {
      for (OutboundInfo member : leaf.getSelectOutboundItems(group).getOutbounds()) {
        if (!groups.contains(member.getName())) {
          nodes.put(member.getName(), true);
        }
      }
    }
    return nodes.keySet();
  }

  private static String line(String node, Future<OutboundHealthReply> probe)
      throws InterruptedException {
    try {
      OutboundHealthReply health = probe.get();
      Double millis = health.getTcpMs() != null ? health.getTcpMs() : health.getUdpMs();
      return String.format(Locale.ROOT, "%-24s %s", node, bar(millis));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String why = cause instanceof LeafException ? cause.getMessage() : String.valueOf(cause);
      return String.format(Locale.ROOT, "%-24s %s", node, why);
    }
  }

  private static String bar(@Nullable Double millis) {
    if (millis == null) {
      return "does not answer";
    }
    int marks = (int) Math.min(WIDEST, Math.max(1, Math.round(millis / MILLIS_PER_MARK)));
    return String.format(Locale.ROOT, "%-40s %.1f ms", "#".repeat(marks), millis);
  }
}
