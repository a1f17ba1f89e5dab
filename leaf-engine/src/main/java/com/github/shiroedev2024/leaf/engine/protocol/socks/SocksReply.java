package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The reply codes of RFC 1928 section 6, and what they mean as reasons, both ways. */
final class SocksReply {
  static final int SUCCEEDED = 0;
  static final int GENERAL_FAILURE = 1;
  static final int NOT_ALLOWED = 2;
  static final int NETWORK_UNREACHABLE = 3;
  static final int HOST_UNREACHABLE = 4;
  static final int REFUSED = 5;
  static final int TTL_EXPIRED = 6;
  static final int COMMAND_NOT_SUPPORTED = 7;
  static final int ADDRESS_NOT_SUPPORTED = 8;

  private SocksReply() {}

  /** What a client is told when its session failed for this reason. */
  static int of(SessionException failure) {
    return switch (failure.reason()) {
      case DROPPED -> NOT_ALLOWED;
      case UNREACHABLE -> network(failure.getMessage()) ? NETWORK_UNREACHABLE : HOST_UNREACHABLE;
      case RESOLVE_FAILED -> HOST_UNREACHABLE;
      case REFUSED -> REFUSED;
      case DIAL_TIMEOUT, HANDSHAKE_TIMEOUT -> TTL_EXPIRED;
      case NOT_SUPPORTED -> COMMAND_NOT_SUPPORTED;
      default -> GENERAL_FAILURE;
    };
  }

  private static boolean network(@Nullable String message) {
    return message != null && message.toLowerCase(Locale.ROOT).contains("network");
  }

  /** The reason that a server's refusal stands for. */
  static CloseReason reason(int reply) {
    return switch (reply) {
      case NOT_ALLOWED -> CloseReason.DROPPED;
      case NETWORK_UNREACHABLE, HOST_UNREACHABLE -> CloseReason.UNREACHABLE;
      case REFUSED -> CloseReason.REFUSED;
      case TTL_EXPIRED -> CloseReason.DIAL_TIMEOUT;
      case COMMAND_NOT_SUPPORTED, ADDRESS_NOT_SUPPORTED -> CloseReason.NOT_SUPPORTED;
      case GENERAL_FAILURE -> CloseReason.DIAL_FAILED;
      default -> CloseReason.PROTOCOL_ERROR;
    };
  }

  /** A server's refusal for people. */
  static String text(int reply) {
    return switch (reply) {
      case GENERAL_FAILURE -> "general failure";
      case NOT_ALLOWED -> "not allowed by its rules";
      case NETWORK_UNREACHABLE -> "network unreachable";
      case HOST_UNREACHABLE -> "host unreachable";
      case REFUSED -> "connection refused";
      case TTL_EXPIRED -> "timed out";
      case COMMAND_NOT_SUPPORTED -> "command not supported";
      case ADDRESS_NOT_SUPPORTED -> "address type not supported";
      default -> "unknown reply " + reply;
    };
  }
}
