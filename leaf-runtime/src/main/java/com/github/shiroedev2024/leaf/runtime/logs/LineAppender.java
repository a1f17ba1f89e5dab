package com.github.shiroedev2024.leaf.runtime.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import com.github.shiroedev2024.leaf.runtime.logs.LogSettings.Format;
import org.jspecify.annotations.Nullable;

/** Turns each event into one line, for the ring and for the output. */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private final LogRing ring;
  private volatile @Nullable LogOutput output;
  private volatile LogSettings settings = LogSettings.DEFAULT;

  LineAppender(LogRing ring) {
    this.ring = ring;
  }

  /** Switches to another output and answers the one before. */
  @Nullable LogOutput target(@Nullable LogOutput newOutput, LogSettings newSettings) {
    LogOutput before = output;
    settings = newSettings;
    output = newOutput;
    return before;
  }

  @Override
  protected void append(ILoggingEvent event) {
    LogSettings now = settings;
    LogOutput out = output;
    boolean full = now.format() == Format.FULL;
    String line = now.memory() || full ? LogLine.full(event) : "";
    if (now.memory()) {
      ring.append(line);
    }
    if (out != null) {
      boolean traces = full && now.level().compareTo(LogLevel.DEBUG) <= 0;
      String text = full ? line : LogLine.message(event);
      out.write(traces ? text + LogLine.stackTrace(event) : text);
    }
  }
}
