package com.github.shiroedev2024.leaf.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.LeakPresenceDetector;
import io.netty.util.LeakPresenceDetector.ResourceScope;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * After a test class: every Netty buffer it allocated has been released, and (on Linux) no more
 * descriptors are open than before. Both may take a moment, as event loops end on their own, so
 * they are polled. Use: {@code @ExtendWith(LeakCheck.class)}.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

  static {
    // The JDK keeps a descriptor of its own from the first socket on.
    try (ServerSocketChannel listener = ServerSocketChannel.open();
        ServerSocket blocking = new ServerSocket()) {
      listener.bind(null);
      blocking.bind(null);
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private record Before(ResourceScope outer, ResourceScope own, List<String> descriptors) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    ResourceScope own = new ResourceScope(context.getRequiredTestClass().getName());
    ResourceScope outer = ScopedLeakDetector.enter(own);
    if (!tracks(own)) {
      ScopedLeakDetector.enter(outer);
      throw new IllegalStateException(
          "buffers are not tracked; run with -Dio.netty.customResourceLeakDetector="
              + ScopedLeakDetector.class.getName()
              + " as the build does");
    }
    context.getStore(NAMESPACE).put(key(context), new Before(outer, own, descriptors()));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Before before = context.getStore(NAMESPACE).remove(key(context), Before.class);
    if (before == null) {
      return; // beforeAll failed and said why
    }
    try {
      settle(() -> !before.own().hasOpenResources());
      if (before.own().hasOpenResources()) {
        try {
          LeakPresenceDetector.check(); // throws, with each buffer's allocation if they were traced
        } catch (IllegalStateException e) {
          throw new AssertionError("buffers left (-Dleak.stacks=true tells which): " + e, e);
        }
      }
    } finally {
      ScopedLeakDetector.enter(before.outer());
    }
    settle(() -> added(before.descriptors(), descriptors()).isEmpty());
    List<String> now = descriptors();
    Map<String, Integer> left = added(before.descriptors(), now);
    if (!left.isEmpty()) {
      now.removeAll(before.descriptors());
      throw new AssertionError("descriptors left open: " + left + describe(now));
    }
  }

  private static String key(ExtensionContext context) {
    return context.getRequiredTestClass().getName();
  }

  private static boolean tracks(ResourceScope scope) {
    var probe = ByteBufAllocator.DEFAULT.directBuffer(1);
    try {
      return scope.hasOpenResources();
    } finally {
      probe.release();
    }
  }

  private static void settle(BooleanSupplier done) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean() && System.nanoTime() - end < 0) {
      Await.pause();
    }
  }

  /** Open sockets, pipes, event and file descriptors; those of the JVM itself left out. */
  private static List<String> descriptors() {
    List<String> targets = new ArrayList<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return targets;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : all) {
        String target;
        try {
          target = Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
          continue; // closed in between
        }
        if (isOwn(target)) {
          targets.add(target);
        }
      }
    } catch (IOException e) {
      throw new AssertionError("cannot list " + DESCRIPTORS, e);
    }
    return targets;
  }

  /** The kernel's lines on these sockets: addresses in hex, then the state (01 is established). */
  private static String describe(List<String> targets) {
    StringBuilder lines = new StringBuilder();
    for (String table : List.of("tcp", "tcp6", "udp", "udp6", "unix")) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
          for (String target : targets) {
            String inode = target.replaceAll("^socket:\\[(\\d+)]$", "$1");
            if (List.of(line.trim().split(" +", -1)).contains(inode)) {
              lines.append("\n  ").append(table).append(' ').append(line.trim());
            }
          }
        }
      } catch (IOException e) {
        lines.append("\n  no table of ").append(table);
      }
    }
    return lines.toString();
  }

  private static boolean isOwn(String target) {
    return !(target.endsWith(".jar")
        || target.endsWith("/lib/modules")
        || target.endsWith("/fd")
        || target.startsWith("/dev/"));
  }

  /** How many more there are now, by kind. */
  private static Map<String, Integer> added(List<String> before, List<String> now) {
    Map<String, Integer> more = new TreeMap<>();
    now.forEach(target -> more.merge(kind(target), 1, Integer::sum));
    before.forEach(target -> more.merge(kind(target), -1, Integer::sum));
    more.values().removeIf(count -> count <= 0);
    return more;
  }

  private static String kind(String target) {
    return target.replaceAll(":\\[\\d+]$", "");
  }
}
