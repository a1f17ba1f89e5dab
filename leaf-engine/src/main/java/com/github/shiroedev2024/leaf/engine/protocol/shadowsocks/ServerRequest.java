package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The beginning of one client's stream. */
interface ServerRequest {
  /** Opens what the client sends. */
  StreamOpener opener();

  /**
   * Takes the request off the start of the payload; null, and nothing taken, while more is needed.
   *
   * @param payload all that was opened until now
   * @param nanos the time on the event loop's ticker
   * @throws BadHeaderException when it must not be served
   */
  @Nullable Destination read(ByteBuf payload, long nanos) throws BadHeaderException;

  /** Seals what goes back; once the request was read. */
  StreamSealer sealer();

  /** What the traffic counts under; once the request was read. */
  @Nullable String userId();
}
