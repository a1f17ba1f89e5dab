package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Answers from a table; names that are not in it fail, those in {@link #held} wait. */
public final class FakeResolver implements Resolver {
  final Map<String, List<InetAddress>> answers = new ConcurrentHashMap<>();
  final Map<String, Promise<List<InetAddress>>> held = new ConcurrentHashMap<>();
  final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<String> worked = new ConcurrentLinkedQueue<>();

  public FakeResolver with(String name, String... addresses) {
    answers.put(name, List.of(addresses).stream().map(FakeResolver::ip).toList());
    return this;
  }

  static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Future<List<InetAddress>> resolve(String name, Lookup lookup, EventLoop loop) {
    asked.add(name + " " + lookup);
    List<InetAddress> known = answers.get(name);
    if (known != null) {
      return loop.newSucceededFuture(known);
    }
    if (name.startsWith("held")) {
      return held.computeIfAbsent(name, n -> loop.newPromise());
    }
    return loop.newFailedFuture(
        new SessionException(CloseReason.RESOLVE_FAILED, name + ": no such name"));
  }

  @Override
  public Future<List<InetAddress>> resolve(
      String name, boolean six, Lookup lookup, EventLoop loop) {
    return resolve(name + (six ? " six" : " four"), lookup, loop);
  }

  @Override
  public void worked(String name, InetAddress address) {
    worked.add(name + " " + address.getHostAddress());
  }

  @Override
  public void close() {}
}
