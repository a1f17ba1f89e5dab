package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.function.Consumer;

/** Parts one on top of the other, for those that are made of other parts. */
public final class Layers {
  private Layers() {}

  /** One outbound with all below it, as the dialer of the next. */
  private record Stacked(Outbound actor, Dialer below) implements Dialer {
    @Override
    public Future<Channel> dial(Session session, Destination destination) {
      return actor.connect(session, destination, below);
    }

    @Override
    public Future<Channel> associate(Session session, Destination first) {
      return actor.associate(session, first, below);
    }
  }

  /**
   * Dials through a stack of outbounds: the last is asked for the destination, and whatever it
   * dials the one before it is asked for, down to what lies below all.
   *
   * @param actors the nearest hop first; none gives {@code below} itself
   */
  public static Dialer over(List<Outbound> actors, Dialer below) {
    Dialer top = below;
    for (Outbound actor : actors) {
      top = new Stacked(actor, top);
    }
    return top;
  }

  /**
   * Takes a stream of the innermost of these layers to what serves it, by way of each of them.
   *
   * @param layers the outermost first; none gives {@code next} itself
   */
  public static Consumer<Channel> inFront(List<InboundLayer> layers, Consumer<Channel> next) {
    Consumer<Channel> first = next;
    for (InboundLayer layer : layers.reversed()) {
      Consumer<Channel> behind = first;
      first = stream -> layer.accept(stream, behind);
    }
    return first;
  }
}
