package com.github.shiroedev2024.leaf.engine.dial;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** The texts are those that Netty and the JDK gave on Linux. */
class DialFailureTest {
  @Test
  void tellsTheReasonFromWhatTheSystemThrew() {
    is(CloseReason.REFUSED, new ConnectException("Connection refused: /127.0.0.1:1"));
    is(CloseReason.REFUSED, new ConnectException("Verbindungsaufbau abgelehnt"));
    is(CloseReason.REFUSED, new PortUnreachableException());
    is(
        CloseReason.REFUSED,
        new ConnectException("finishConnect(..) failed with error(-111): abgelehnt"));
    is(
        CloseReason.UNREACHABLE,
        new SocketException("connect(..) failed with error(-101): Network is unreachable"));
    is(CloseReason.UNREACHABLE, new NoRouteToHostException("Kein Weg"));
    is(CloseReason.DIAL_TIMEOUT, new ConnectTimeoutException("connection timed out"));
    is(
        CloseReason.DIAL_TIMEOUT,
        new ConnectException("finishConnect(..) failed with error(-110): Connection timed out"));
    is(
        CloseReason.DIAL_FAILED,
        new ConnectException("finishConnect(..) failed with error(-104): Connection reset"));
    is(CloseReason.DIAL_FAILED, new BindException("Cannot assign requested address"));
  }

  @Test
  void noDescriptorLeftIsALimit() {
    Throwable nativeOne =
        new ChannelException(
            new IOException("newSocketStream(..) failed with error(-24): Too many open files"));
    Throwable jdkOne =
        new ChannelException(
            "Failed to open a socket.", new SocketException("Too many open files"));
    is(CloseReason.LIMIT, nativeOne);
    is(CloseReason.LIMIT, jdkOne);
    assertThat(DialFailure.text(CloseReason.LIMIT, nativeOne)).contains("ulimit -n");
  }

  @Test
  void anUnknownFailureIsToldAsItIs() {
    Throwable odd = new ChannelException("outer", new IOException("Operation not permitted"));
    assertThat(DialFailure.text(DialFailure.reason(odd), odd)).isEqualTo("Operation not permitted");
    assertThat(DialFailure.text(CloseReason.DIAL_FAILED, new IOException()))
        .isEqualTo("IOException");
  }

  private static void is(CloseReason reason, Throwable cause) {
    assertThat(DialFailure.reason(cause)).as("%s", cause).isEqualTo(reason);
  }
}
