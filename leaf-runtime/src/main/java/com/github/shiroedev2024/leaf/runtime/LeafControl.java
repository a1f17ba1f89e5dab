package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.runtime.control.Replies.Actor;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import com.github.shiroedev2024.leaf.runtime.control.Replies.GroupInfo;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import com.github.shiroedev2024.leaf.runtime.control.Replies.LogPage;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Member;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Route;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Usage;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Joins the runtime's lifetime and logs with the questions about its engine to one face. */
final class LeafControl implements RuntimeControl {
  private final LeafRuntime runtime;
  private final EngineControl engine;

  LeafControl(LeafRuntime runtime, EngineControl engine) {
    this.runtime = runtime;
    this.engine = engine;
  }

  @Override
  public State state() {
    return runtime.state();
  }

  @Override
  public Reloaded reload() {
    return runtime.reload();
  }

  @Override
  public CompletableFuture<Void> shutdown() {
    return runtime.shutdown();
  }

  @Override
  public CompletableFuture<Double> checkConnectivity() {
    return engine.checkConnectivity();
  }

  @Override
  public void activeConnections(Consumer<Connection> each) {
    engine.activeConnections(each);
  }

  @Override
  public List<Connection> recentConnections() {
    return engine.recentConnections();
  }

  @Override
  public Usage usageOfTag(String tag) {
    return engine.usageOfTag(tag);
  }

  @Override
  public Usage usageOfUser(String userId) {
    return engine.usageOfUser(userId);
  }

  @Override
  public LogPage logs(int limit, long offset) {
    return runtime.ring().page(limit, offset);
  }

  @Override
  public LogPage logsAfter(int limit, long cursor) {
    return runtime.ring().after(limit, cursor);
  }

  @Override
  public void clearLogs() {
    runtime.ring().clear();
  }

  @Override
  public List<GroupInfo> groups() {
    return engine.groups();
  }

  @Override
  public List<Member> members(String group) {
    return engine.members(group);
  }

  @Override
  public String selected(String group) {
    return engine.selected(group);
  }

  @Override
  public int select(String group, String member, boolean close) {
    return engine.select(group, member, close);
  }

  @Override
  public List<Actor> failoverStatus(String group) {
    return engine.failoverStatus(group);
  }

  @Override
  public void healthcheck(String group) {
    engine.healthcheck(group);
  }

  @Override
  public void healthcheckAll() {
    engine.healthcheckAll();
  }

  @Override
  public CompletableFuture<Health> health(String tag) {
    return engine.health(tag);
  }

  @Override
  public @Nullable Long lastPeerActive(String tag) {
    return engine.lastPeerActive(tag);
  }

  @Override
  public @Nullable Long sinceLastPeerActive(String tag) {
    return engine.sinceLastPeerActive(tag);
  }

  @Override
  public void requireSpeedtest(String tag) {
    engine.requireKind(tag, "speedtest");
  }

  @Override
  public void requireMptp(String tag) {
    engine.requireKind(tag, "mptp");
  }

  @Override
  public void closeConnection(long id) {
    engine.closeConnection(id);
  }

  @Override
  public int closeConnections(String tag) {
    return engine.closeConnections(tag);
  }

  @Override
  public List<ConfigProblem> testConfig() {
    return runtime.testConfig();
  }

  @Override
  public CompletableFuture<Route> route(String destination, String network) {
    return engine.route(destination, network);
  }

  @Override
  public void logError(String target, String message) {
    runtime.logger(target).error("{}", message);
  }
}
