package com.github.shiroedev2024.leaf.runtime.control;

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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be asked of a running runtime. Calls may come from any thread. Those that
 * answer a future never block; the others take no longer than a copy of what they answer, except
 * where said. All fail with {@link ControlException}.
 */
public interface RuntimeControl {
  /** Whether the runtime is starting, running or stopping. */
  enum State {
    STARTING,
    RUNNING,
    STOPPING,
    STOPPED
  }

  State state();

  /** Reads the configuration again and makes it live; blocks for that long. */
  Reloaded reload();

  /**
   * Begins to stop the runtime: drains for at most the drain time, then closes. Answers at once.
   */
  CompletableFuture<Void> shutdown();

  /** One TCP probe now through the node selected now; milliseconds. */
  CompletableFuture<Double> checkConnectivity();

  /** Hands over each active connection, oldest first, without keeping them all in memory. */
  void activeConnections(Consumer<Connection> each);

  /** Finished connections, newest first. */
  List<Connection> recentConnections();

  /** Totals of an outbound, group or inbound; NOT_FOUND when there is none of that tag. */
  Usage usageOfTag(String tag);

  /** Totals of a user; NOT_FOUND when neither configured nor seen. */
  Usage usageOfUser(String userId);

  /** A window of the log from a position, 0 being the oldest line kept. */
  LogPage logs(int limit, long offset);

  /** The log after a cursor that {@link LogPage#next} gave. */
  LogPage logsAfter(int limit, long cursor);

  void clearLogs();

  /** Every configured group in the file's order. */
  List<GroupInfo> groups();

  /** The members of a group. */
  List<Member> members(String group);

  /** The member in use. */
  String selected(String group);

  /**
   * Picks a member of a select group.
   *
   * @param close also ends the group's open connections
   * @return how many connections were ended
   */
  int select(String group, String member, boolean close);

  /** The state of a failover group, in TCP order. */
  List<Actor> failoverStatus(String group);

  /** Begins a health check of one failover group. */
  void healthcheck(String group);

  /** Begins a health check of every failover group. */
  void healthcheckAll();

  /** Probes an outbound or group now, TCP and UDP side by side. */
  CompletableFuture<Health> health(String tag);

  /** Unix seconds at which the peer last sent or took bytes; null if never. */
  @Nullable Long lastPeerActive(String tag);

  /** Seconds since then; null if never. */
  @Nullable Long sinceLastPeerActive(String tag);

  /** NOT_FOUND unless the tag is a speedtest group; there is no such kind yet. */
  void requireSpeedtest(String tag);

  /** NOT_FOUND unless the tag is an mptp group; there is no such kind yet. */
  void requireMptp(String tag);

  /** Ends one connection; NOT_FOUND when there is none of that id. */
  void closeConnection(long id);

  /** Ends all connections that pass this outbound, group or inbound; answers how many. */
  int closeConnections(String tag);

  /** Reads the configuration again without applying it; blocks for that long. */
  List<ConfigProblem> testConfig();

  /** Which rule and outbounds would carry it; does not connect. */
  CompletableFuture<Route> route(String destination, String network);

  /** Writes one line to the runtime's log, for the faces in front of it. */
  void logError(String target, String message);
}
