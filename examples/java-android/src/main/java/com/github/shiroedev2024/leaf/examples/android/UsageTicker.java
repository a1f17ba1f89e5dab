package com.github.shiroedev2024.leaf.examples.android;

import com.github.shiroedev2024.leaf.android.library.ApiClient;
import com.github.shiroedev2024.leaf.android.library.LeafException;
import com.github.shiroedev2024.leaf.android.library.model.UsageReply;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Shows each second how much a tag has carried and how fast. The arguments are the port of the API,
 * the tag and how many seconds to go on.
 */
public final class UsageTicker {
  private static final double KIB = 1024;

  private UsageTicker() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 3) {
      System.err.println("usage: UsageTicker PORT TAG SECONDS");
      System.exit(2);
    }
    try (ApiClient leaf = new ApiClient("http://127.0.0.1:" + args[0])) {
      tick(leaf, args[1], Integer.parseInt(args[2]));
    } catch (LeafException e) {
      System.err.println("Leaf says: " + e.getMessage());
      System.exit(1);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void tick(ApiClient leaf, String tag, int seconds)
      throws IOException, InterruptedException {
    UsageReply before = leaf.getUsage(tag);
    for (int i = 0; i < seconds; i++) {
      TimeUnit.SECONDS.sleep(1);
      UsageReply now = leaf.getUsage(tag);
      System.out.printf(
          Locale.ROOT,
          "%s  up %d B (%.1f KiB/s)  down %d B (%.1f KiB/s)%n",
          tag,
          now.getBytesSent(),
          (now.getBytesSent() - before.getBytesSent()) / KIB,
          now.getBytesRecvd(),
          (now.getBytesRecvd() - before.getBytesRecvd()) / KIB);
      before = now;
    }
  }
}
