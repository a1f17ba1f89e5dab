package com.github.shiroedev2024.leaf.engine.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/** How messages get to one DNS server and back. All calls on the given event loop. */
interface ServerPath {
  /** Who asked. */
  interface Listener {
    /** A message from the server; the buffer is released after the call. */
    void received(ByteBuf message);

    /** Nothing more will come. Not called after {@link Conversation#close}. */
    void failed(Throwable cause);
  }

  /** One socket, or one session, used for one question. */
  interface Conversation {
    /** Takes ownership of the message. Before the path is open it waits. */
    void send(ByteBuf message);

    void close();
  }

  /** One message per datagram. */
  Conversation datagrams(EventLoop loop, Listener listener);

  /** Messages over a connection, each behind its length (RFC 1035 section 4.2.2). */
  Conversation stream(EventLoop loop, Listener listener);
}
