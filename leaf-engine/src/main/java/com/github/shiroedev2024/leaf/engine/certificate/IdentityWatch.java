package com.github.shiroedev2024.leaf.engine.certificate;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Notices when a server's certificate or key is written anew, by a look at the files every {@link
 * #SECONDS} seconds. A pair is read when both files have been left alone from one look to the next,
 * so that one which is half replaced is not complained of. A pair that does not work is told once,
 * and the one before stays.
 */
public final class IdentityWatch implements AutoCloseable {
  private static final int SECONDS = 2;

  private final String owner;
  private final IdentitySource source;
  private final Consumer<Identity> changed;
  private final Logger log;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final Future<?> timer;
  private volatile boolean closed;
  private String loaded;
  private @Nullable String seen;

  private IdentityWatch(
      String owner,
      IdentitySource source,
      EventLoop loop,
      Consumer<Identity> changed,
      Logger log,
      long periodMillis) {
    this.owner = owner;
    this.source = source;
    this.loaded = source.firstStamp();
    this.changed = changed;
    this.log = log;
    this.timer = loop.scheduleAtFixedRate(this::look, 0, periodMillis, TimeUnit.MILLISECONDS);
  }

  /**
   * Begins to watch; null when nothing comes from a file.
   *
   * @param owner what to call it in the log: {@code inbound 'in'}
   * @param loop for the timer only; files are read on a thread of their own
   * @param changed told each new identity, on that thread
   */
  public static @Nullable IdentityWatch begin(
      String owner, IdentitySource source, EventLoop loop, Consumer<Identity> changed, Logger log) {
    return source.files().isEmpty()
        ? null
        : new IdentityWatch(owner, source, loop, changed, log, SECONDS * 1000L);
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("leaf-certificates")
          .start(
              () -> {
                try {
                  compare();
                } finally {
                  looking.set(false);
                }
              });
    }
  }

  /** One look at a time, each sees what the one before wrote. */
  private void compare() {
    String stamp = source.stamp();
    boolean settled = stamp.equals(seen);
    seen = stamp;
    if (closed || !settled || stamp.equals(loaded)) {
      return;
    }
    loaded = stamp;
    try {
      Identity identity = source.reread();
      changed.accept(identity);
      log.info(
          "{}: the certificate was replaced; new connections get the one valid until {}",
          owner,
          identity.chain().getFirst().getNotAfter().toInstant());
    } catch (CertificateException | RuntimeException e) {
      log.warn(
          "{}: the new certificate is not used, the one before stays: {}", owner, e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    timer.cancel(false);
  }
}
