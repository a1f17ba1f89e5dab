package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.dial.DialFailure;
import com.github.shiroedev2024.leaf.engine.dial.LocalBinding;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec.Server;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server asked over UDP, and over TCP when the answer was cut. */
final class UdpUpstream implements Upstream {
  /** An unanswered query is sent again after this time, sooner when the timeout is short. */
  private static final Duration RESEND = Duration.ofSeconds(1);

  /** The pause before the first new try after a quick error; it doubles each time. */
  private static final long RETRY_MILLIS = 25;

  /** Room for a query; longer names make it grow. */
  private static final int QUERY_BYTES = 128;

  private final Server.Udp server;
  private final String name;
  private final ServerPath direct;
  private final ServerPath routed;
  private final IntSupplier ids;
  private final int maxSends;
  private final long timeoutNanos;
  private final long resendNanos;

  /**
   * @param ids random 16-bit message ids that nobody can foresee
   */
  UdpUpstream(
      Server.Udp server, EngineOptions options, Supplier<Dispatcher> dispatcher, IntSupplier ids) {
    this.server = server;
    this.name = NetUtil.toSocketAddressString(server.address());
    Duration timeout = options.get(EngineOptions.DNS_TIMEOUT);
    this.timeoutNanos = Math.max(timeout.toNanos(), TimeUnit.MILLISECONDS.toNanos(1));
    this.maxSends = options.get(EngineOptions.MAX_DNS_RETRIES);
    this.resendNanos = Math.min(RESEND.toNanos(), timeoutNanos / Math.min(maxSends, 4));
    LocalBinding binding = new LocalBinding(options);
    int timeoutMillis = (int) Math.min(Math.max(1, timeout.toMillis()), Integer.MAX_VALUE);
    this.direct = new DirectPath(server.address(), binding, timeoutMillis);
    this.routed = new RoutedPath(server.address(), dispatcher);
    this.ids = ids;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean direct() {
    return server.direct();
  }

  @Override
  public Runnable ask(Question question, Lookup lookup, EventLoop loop, Consumer<Answer> answer) {
    Query query = new Query(question, lookup == Lookup.DIRECT ? direct : routed, loop, answer);
    loop.execute(query::begin);
    return query::end;
  }

  /** One question until its answer. On the loop. */
  private final class Query implements ServerPath.Listener {
    private final Question question;
    private final ServerPath path;
    private final EventLoop loop;
    private final Consumer<Answer> answer;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> next;
    private ServerPath.@Nullable Conversation conversation;
    private int id;
    private int sends;
    private boolean edns = true;
    private boolean stream;
    private boolean ended;

    Query(Question question, ServerPath path, EventLoop loop, Consumer<Answer> answer) {
      this.question = question;
      this.path = path;
      this.loop = loop;
      this.answer = answer;
    }

    void begin() {
      if (ended) {
        return;
      }
      deadline =
          loop.schedule(
              () ->
                  finish(
                      new Answer.Failed(
                          "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms",
                          true)),
              timeoutNanos,
              TimeUnit.NANOSECONDS);
      open();
    }

    private void open() {
      closeConversation();
      id = ids.getAsInt();
      conversation = stream ? path.stream(loop, this) : path.datagrams(loop, this);
      send();
    }

    private void send() {
      if (conversation == null) {
        return;
      }
      sends++;
      ByteBuf message = Unpooled.buffer(QUERY_BYTES);
      DnsMessages.writeQuery(message, id, question, edns);
      conversation.send(message);
      if (!stream && sends < maxSends && !ended) {
        next = loop.schedule(this::send, resendNanos, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void received(ByteBuf message) {
      switch (DnsMessages.readAnswer(message, id, question)) {
        case null -> {
          // Not the answer to our question: forged or late. The right one may still come.
        }
        case Answer.Truncated t -> {
          if (stream) {
            finish(new Answer.Failed("cut its answer even over TCP", false));
          } else {
            stream = true;
            again();
          }
        }
        case Answer.NotUnderstood n -> {
          if (edns) {
            edns = false;
            again();
          } else {
            finish(new Answer.Failed(n.why(), false));
          }
        }
        case Answer a -> finish(a);
      }
    }

    /** Asks in another way; not from within the conversation that is closed by it. */
    private void again() {
      cancel(next);
      closeConversation();
      loop.execute(
          () -> {
            if (!ended) {
              open();
            }
          });
    }

    @Override
    public void failed(Throwable cause) {
      cancel(next);
      closeConversation();
      if (ended) {
        return;
      }
      CloseReason reason = DialFailure.reason(cause);
      if (sends >= maxSends || reason == CloseReason.LIMIT || reason == CloseReason.DROPPED) {
        finish(new Answer.Failed(DialFailure.text(reason, cause), false));
        return;
      }
      next =
          loop.schedule(this::open, RETRY_MILLIS << Math.min(sends - 1, 8), TimeUnit.MILLISECONDS);
    }

    private void finish(Answer result) {
      if (!ended) {
        end();
        answer.accept(result);
      }
    }

    void end() {
      ended = true;
      cancel(deadline);
      cancel(next);
      closeConversation();
    }

    private void closeConversation() {
      ServerPath.Conversation open = conversation;
      conversation = null;
      if (open != null) {
        open.close();
      }
    }

    private static void cancel(@Nullable Future<?> timer) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }
}
