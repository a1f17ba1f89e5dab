package com.github.shiroedev2024.leaf.runtime.logs;

import ch.qos.logback.classic.LoggerContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * The logging of one runtime, apart from that of every other in the process: loggers, an output and
 * the ring. Settings change while it runs; loggers stay valid and the ring keeps its lines. Safe
 * from any thread.
 */
public final class RuntimeLogs implements AutoCloseable {
  private final LoggerContext context = new LoggerContext();
  private final OutputStream console;
  private final LogRing ring;
  private final LineAppender appender;
  private LogSettings settings;
  private boolean closed;

  private RuntimeLogs(LogSettings settings, OutputStream console) {
    this.settings = settings;
    this.console = console;
    // A later runtime starts above whatever this one can reach: 1,000 lines a millisecond.
    this.ring = new LogRing(settings.memoryBytes(), System.currentTimeMillis() * 1000);
    this.appender = new LineAppender(ring);
    appender.setContext(context);
    appender.start();
    context.setName("leaf");
    context.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  /**
   * Starts logging; lines for standard output go to the process's own.
   *
   * @throws IOException when the file cannot be opened, naming it and the cause
   */
  public static RuntimeLogs open(LogSettings settings) throws IOException {
    return open(settings, new FileOutputStream(FileDescriptor.out));
  }

  /**
   * Starts logging.
   *
   * @param console written to in place of standard output, never closed
   * @throws IOException when the file cannot be opened, naming it and the cause
   */
  public static RuntimeLogs open(LogSettings settings, OutputStream console) throws IOException {
    RuntimeLogs logs = new RuntimeLogs(settings, console);
    logs.change(settings);
    return logs;
  }

  /** Where the runtime's parts get their loggers from. */
  public ILoggerFactory loggers() {
    return context;
  }

  /** The lines kept in memory; none while the settings have memory off. */
  public LogRing ring() {
    return ring;
  }

  public synchronized LogSettings settings() {
    return settings;
  }

  /**
   * Opens what these settings need without changing anything yet, so that a reload can fail before
   * it does anything.
   *
   * @throws IOException when the file cannot be opened, naming it and the cause
   */
  public Change prepare(LogSettings next) throws IOException {
    LogOutput output = null;
    if (next.level() != LogLevel.NONE) {
      Path file = next.file();
      output =
          file == null
              ? LogOutput.console(console, this::complain)
              : LogOutput.file(file, this::complain);
    }
    return new Change(next, output);
  }

  /**
   * Changes the settings at once.
   *
   * @throws IOException when the file cannot be opened; nothing has changed then
   */
  public void change(LogSettings next) throws IOException {
    try (Change change = prepare(next)) {
      change.apply();
    }
  }

  private void complain(String message) {
    context.getLogger(RuntimeLogs.class.getName()).error(message);
  }

  private synchronized @Nullable LogOutput swap(LogSettings next, @Nullable LogOutput output) {
    if (closed) {
      return output;
    }
    settings = next;
    ring.maxBytes(next.memoryBytes());
    ring.on(next.memory());
    LogOutput before = appender.target(output, next);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(next.level().level());
    return before;
  }

  /** Writes out what is queued and stops; later messages go nowhere. The ring stays readable. */
  @Override
  public void close() {
    LogOutput before;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      before = appender.target(null, settings);
    }
    context.stop();
    if (before != null) {
      before.close();
    }
  }

  /** Settings ready to be applied; to be closed either way. */
  public final class Change implements AutoCloseable {
    private final LogSettings next;
    private @Nullable LogOutput unused;

    private Change(LogSettings next, @Nullable LogOutput output) {
      this.next = next;
      this.unused = output;
    }

    /** Makes the settings live; once. */
    public void apply() {
      unused = swap(next, unused);
    }

    /** Closes the output that is not in use: the new one, or after {@link #apply} the old. */
    @Override
    public void close() {
      LogOutput output = unused;
      unused = null;
      if (output != null) {
        output.close();
      }
    }
  }
}
