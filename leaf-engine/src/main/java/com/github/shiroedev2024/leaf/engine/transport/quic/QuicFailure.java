package com.github.shiroedev2024.leaf.engine.transport.quic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.github.shiroedev2024.leaf.engine.certificate.CertificateRefused;
import com.github.shiroedev2024.leaf.engine.dial.DialFailure;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClosedChannelException;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What went wrong, as one of our reasons and in words. */
final class QuicFailure {
  private static final AttributeKey<QuicConnectionCloseEvent> CLOSED =
      AttributeKey.valueOf(QuicFailure.class, "closed");

  /** RFC 9000, section 20.1. */
  private static final int CONNECTION_REFUSED = 0x2;

  /** RFC 7301, section 3.2. */
  private static final int NO_APPLICATION_PROTOCOL = 120;

  /** A peer may write what it likes. */
  private static final int MAX_REASON = 100;

  private QuicFailure() {}

  /** Notes what the peer said when it closed the connection. */
  static void closed(Channel connection, QuicConnectionCloseEvent event) {
    connection.attr(CLOSED).set(event);
  }

  /**
   * A connection that did not come about.
   *
   * @param refused why the certificate was not accepted, or null
   * @param heard whether the server sent anything
   */
  static SessionException ofConnect(
      Throwable thrown, @Nullable CertificateRefused refused, boolean heard) {
    if (refused != null) {
      return failure(refused.reason(), String.valueOf(refused.getMessage()), thrown);
    }
    return switch (thrown) {
      case SessionException known -> known;
      case ConnectTimeoutException e ->
          heard
              ? failure(
                  CloseReason.HANDSHAKE_TIMEOUT, "the QUIC handshake did not come to its end", e)
              : failure(CloseReason.DIAL_TIMEOUT, "nothing answers there", e);
      case QuicClosedChannelException e when e.event() != null -> ofClose(e.event(), e);
      case ClosedChannelException e ->
          failure(
              CloseReason.HANDSHAKE_CLOSED,
              "the connection was closed during the QUIC handshake",
              e);
      case SSLException e -> failure(CloseReason.HANDSHAKE_FAILED, "TLS: " + text(e), e);
      case QuicException e ->
          failure(CloseReason.PROTOCOL_ERROR, "what it answers is not right: " + text(e), e);
      case IOException e -> {
        CloseReason reason = DialFailure.reason(e);
        yield failure(reason, DialFailure.text(reason, e), e);
      }
      default -> failure(CloseReason.HANDSHAKE_FAILED, text(thrown), thrown);
    };
  }

  private static SessionException ofClose(QuicConnectionCloseEvent event, Throwable cause) {
    int alert = event.isTlsError() ? QuicConnectionCloseEvent.extractTlsError(event.error()) : -1;
    if (alert == NO_APPLICATION_PROTOCOL) {
      return failure(
          CloseReason.ALPN_MISMATCH,
          "it speaks none of the application protocols offered (alpn)",
          cause);
    }
    if (alert >= 0) {
      return failure(
          CloseReason.HANDSHAKE_FAILED, "it refused the handshake with TLS alert " + alert, cause);
    }
    if (!event.isApplicationClose() && event.error() == CONNECTION_REFUSED) {
      return failure(CloseReason.REFUSED, "it takes no connection" + said(event), cause);
    }
    return failure(
        CloseReason.HANDSHAKE_CLOSED,
        "it closed the connection during the QUIC handshake (" + code(event) + ")",
        cause);
  }

  /** A stream whose connection is no more, though the peer had not ended the stream. */
  static SessionException lost(QuicChannel connection, String peer, CloseReason reason) {
    QuicConnectionCloseEvent event = connection.attr(CLOSED).get();
    String how;
    if (event != null) {
      how = "the peer closed the connection (" + code(event) + ")";
    } else if (connection.isTimedOut()) {
      how = "nothing came on the connection for too long";
    } else {
      how = "the connection was closed";
    }
    return new SessionException(reason, peer + ": " + how + ", and its streams with it");
  }

  /** What the library tells a stream. */
  static SessionException ofStream(Throwable thrown, String peer, CloseReason reason) {
    return switch (thrown) {
      case SessionException known -> known;
      case QuicStreamResetException e ->
          failure(
              reason,
              peer + " reset the stream (error " + e.applicationProtocolCode() + ")",
              thrown);
      case ChannelOutputShutdownException e ->
          failure(reason, peer + " reads the stream no more", thrown);
      default -> failure(reason, peer + ": " + text(thrown), thrown);
    };
  }

  private static String code(QuicConnectionCloseEvent event) {
    return (event.isApplicationClose() ? "application error " : "error ")
        + event.error()
        + said(event);
  }

  private static String said(QuicConnectionCloseEvent event) {
    // Netty 4.2.18 cannot give a reason that is empty, but prints it.
    if (event.toString().endsWith("reason=null}")) {
      return "";
    }
    String text = new String(event.reason(), ISO_8859_1).replaceAll("[^ -~]", "?");
    return text.isEmpty()
        ? ""
        : ": " + (text.length() > MAX_REASON ? text.substring(0, MAX_REASON) : text);
  }

  private static SessionException failure(CloseReason reason, String message, Throwable cause) {
    return new SessionException(reason, message, cause);
  }

  static String text(Throwable cause) {
    String text = cause.getMessage();
    return text == null || text.isBlank() ? cause.getClass().getSimpleName() : text;
  }
}
