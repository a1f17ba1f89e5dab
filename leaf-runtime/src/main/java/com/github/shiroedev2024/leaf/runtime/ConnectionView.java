package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SniffedNames;
import com.github.shiroedev2024.leaf.engine.session.Timings;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConnectionTimings;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A session as the control calls show it. */
final class ConnectionView {
  private static final double NANOS_PER_MS = 1e6;
  private static final double NANOS_PER_S = 1e9;

  private ConnectionView() {}

  static Connection of(Session session) {
    Timings timings = session.timings();
    SniffedNames names = session.names();
    CloseReason reason = session.closeReason();
    String detail = session.closeDetail();
    return new Connection(
        session.id(),
        session.network().word(),
        session.inboundTag(),
        session.forwardedSource(),
        text(session.source()),
        session.destination().toString(),
        session.path().outboundTag(),
        session.path().groups(),
        session.sent(),
        session.received(),
        session.sendCompleted(),
        session.receiveCompleted(),
        session.startMillis() / 1000,
        session.durationNanos() / NANOS_PER_S,
        names.dns(),
        names.tls(),
        names.http(),
        session.userId(),
        session.rule(),
        null,
        new ConnectionTimings(
            millis(timings.dns()),
            millis(timings.connect()),
            millis(timings.handshake()),
            millis(timings.firstByte())),
        reason == null ? null : detail == null ? reason.text() : reason.text() + ": " + detail);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress() == null
        ? address.getHostString() + ":" + address.getPort()
        : NetUtil.toSocketAddressString(address);
  }

  private static @Nullable Double millis(long nanos) {
    return nanos == Timings.UNSET ? null : nanos / NANOS_PER_MS;
  }
}
