package com.github.shiroedev2024.leaf.engine.relay;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.os.Splicing;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.Map;

/**
 * Hands a session from the copying relay to the one that splices, in four steps: stop reading, wait
 * until what was read has been written, deregister both channels from their event loop, start the
 * other relay. When anything comes in between (an end, an error, bytes that the transport read
 * unasked) the channels are registered again and copying goes on.
 *
 * <p>It is for large streams: one that moves little costs less when it is copied, and for a short
 * one the change itself costs more than it saves. So it waits for {@code RELAY_SPLICE_AFTER_BYTES}
 * to come at once. On the session's loop only.
 */
final class Handover {
  /** After so many attempts that could not begin or did not succeed the session is left alone. */
  private static final int MAX_ATTEMPTS = 8;

  private final StreamRelay relay;
  private final Splicing splicing;
  private final int threshold;
  private int attempts;
  private boolean goingOn;

  Handover(StreamRelay relay, Splicing splicing, int threshold) {
    this.relay = relay;
    this.splicing = splicing;
    this.threshold = threshold;
  }

  /** Whether reads have to stay off. */
  boolean isGoingOn() {
    return goingOn;
  }

  /** So many bytes came at once; begins if that is enough. */
  void moved(int bytes) {
    if (bytes < threshold || goingOn || attempts == MAX_ATTEMPTS || !relay.copies()) {
      return;
    }
    if (!splicing.ready()) {
      return;
    }
    attempts++;
    if (!isBare(relay.client()) || !isBare(relay.remote())) {
      return;
    }
    goingOn = true;
    relay.client().config().setAutoRead(false);
    relay.remote().config().setAutoRead(false);
    afterWrites(relay.client(), () -> afterWrites(relay.remote(), this::deregister));
  }

  /** Whether the bytes in the socket are those of the session: no layer and no handshake above. */
  private static boolean isBare(Channel channel) {
    for (Map.Entry<String, ChannelHandler> entry : channel.pipeline()) {
      ChannelHandler handler = entry.getValue();
      if (!(handler instanceof ReadGate
          || handler instanceof StreamEnd
          || handler instanceof StreamRelay.End)) {
        return false;
      }
    }
    return true;
  }

  private void afterWrites(Channel channel, Runnable next) {
    if (isWritten(channel)) {
      next.run();
    } else {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> next.run());
    }
  }

  private static boolean isWritten(Channel channel) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && waiting.isEmpty() && waiting.totalPendingWriteBytes() == 0;
  }

  private void deregister() {
    if (!relay.copies()) {
      resume();
      return;
    }
    relay
        .client()
        .deregister()
        .addListener(first -> relay.remote().deregister().addListener(second -> start()));
  }

  private void start() {
    if (relay.copies() && isReady(relay.client()) && isReady(relay.remote())) {
      try {
        relay.splice(splicing);
        goingOn = false;
        return;
      } catch (IOException e) {
        attempts = MAX_ATTEMPTS; // the event loop takes no more; copying needs nothing new
      }
    }
    resume();
  }

  private static boolean isReady(Channel channel) {
    ReadGate gate = channel.pipeline().get(ReadGate.class);
    return channel.isActive()
        && channel instanceof SocketChannel socket
        && !socket.isInputShutdown()
        && !socket.isOutputShutdown()
        && isWritten(channel)
        && gate != null
        && gate.isEmpty();
  }

  /** Back to copying. A session that has ended needs its channels registered to be closed. */
  private void resume() {
    goingOn = false;
    for (Channel channel : new Channel[] {relay.client(), relay.remote()}) {
      if (channel.isOpen() && !channel.isRegistered()) {
        relay
            .session()
            .loop()
            .register(channel)
            .addListener(
                registered -> {
                  if (registered.isSuccess()) {
                    channel.flush();
                  } else {
                    channel.close();
                  }
                });
      }
    }
    if (relay.session().closeReason() == null) {
      relay.client().config().setAutoRead(true);
      relay.remote().config().setAutoRead(true);
    }
  }
}
