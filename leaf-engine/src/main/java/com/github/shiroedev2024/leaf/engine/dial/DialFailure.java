package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.Locale;

/** Tells from the system's exception why a socket could not be opened or connected. */
public final class DialFailure {
  private DialFailure() {}

  /**
   * The reason behind what Netty or the JDK threw; {@link CloseReason#DIAL_FAILED} when it is none
   * of the known ones.
   */
  public static CloseReason reason(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SessionException known) {
        return known.reason();
      }
      if (t instanceof ConnectTimeoutException) {
        return CloseReason.DIAL_TIMEOUT;
      }
      if (t instanceof NoRouteToHostException) {
        return CloseReason.UNREACHABLE;
      }
      if (t instanceof PortUnreachableException) {
        return CloseReason.REFUSED;
      }
      CloseReason told = fromText(t.getMessage() == null ? "" : t.getMessage());
      if (told != CloseReason.DIAL_FAILED) {
        return told;
      }
      // The JDK translates the system's text to the user's language; its class still tells.
      if (t.getClass() == ConnectException.class && !text(t).contains("error(")) {
        return CloseReason.REFUSED;
      }
    }
    return CloseReason.DIAL_FAILED;
  }

  /** What went wrong, for people, without the address that the caller names. */
  public static String text(CloseReason reason, Throwable cause) {
    return switch (reason) {
      case DIAL_FAILED, NOT_SUPPORTED, INTERNAL_ERROR -> text(cause);
      case LIMIT -> "no file descriptor left, raise the limit of open files (ulimit -n)";
      default -> reason.text();
    };
  }

  private static String text(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
  }

  private static CloseReason fromText(String message) {
    String m = message.toLowerCase(Locale.ROOT);
    if (m.contains("too many open files") || m.contains("error(-24)") || m.contains("error(-23)")) {
      return CloseReason.LIMIT;
    }
    if (m.contains("connection refused") || m.contains("error(-111)")) {
      return CloseReason.REFUSED;
    }
    if (m.contains("unreachable") || m.contains("error(-101)") || m.contains("error(-113)")) {
      return CloseReason.UNREACHABLE;
    }
    if (m.contains("timed out") || m.contains("error(-110)")) {
      return CloseReason.DIAL_TIMEOUT;
    }
    return CloseReason.DIAL_FAILED;
  }
}
