package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.Gateway;
import com.github.shiroedev2024.leaf.engine.os.LinuxTun;
import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.os.TunLink;
import com.github.shiroedev2024.leaf.engine.packet.Drop;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.Reassembly;
import com.github.shiroedev2024.leaf.engine.spi.Device;
import com.github.shiroedev2024.leaf.engine.spi.DeviceInbound;
import com.github.shiroedev2024.leaf.engine.telemetry.LogThrottle;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A network device with all that lives as long as it: its threads, one for each queue, its tables
 * of connections, its addresses and routes.
 */
final class TunDevice implements Device {
  private static final long SWEEP_SECONDS = 5;

  /** How long the loops and the readers have to let go of a device that is closed. */
  private static final long LET_GO_SECONDS = 5;

  /**
   * Addresses of exchanged devices that are still led here; each is a rule, looked at per route.
   */
  private static final int MAX_FORMER = 16;

  private final TunPlan plan;
  private final PacketDevice packets;
  private final boolean temporary;
  private final Logger log;
  private final List<EventLoop> loops = new ArrayList<>();
  private final DropCounts drops = new DropCounts();
  private final LogThrottle failures = new LogThrottle();
  private final Reassembly fragments = new Reassembly();
  private final Ticker ticker = Ticker.systemTicker();
  private final @Nullable TcpNat four;
  private final @Nullable TcpNat six;
  private final UdpFlows udp;
  private final CountDownLatch reading;
  private volatile @Nullable TunInbound inbound;
  private @Nullable Future<?> sweep;

  /** What devices before this one had, the latest last. */
  private final List<InetAddress> former = new ArrayList<>();

  private final DropReport dropReport;
  private boolean routed;
  private boolean forwards;
  private boolean serving;
  private boolean closed;

  TunDevice(
      TunPlan plan,
      PacketDevice packets,
      boolean temporary,
      EventLoopGroup group,
      ILoggerFactory logs) {
    this.plan = plan;
    this.packets = packets;
    this.temporary = temporary;
    this.log = logs.getLogger("leaf.tun");
    for (EventExecutor loop : group) {
      loops.add((EventLoop) loop);
    }
    TunNet net4 = plan.four();
    TunNet net6 = plan.six();
    this.four = net4 == null ? null : new TcpNat(net4);
    this.six = net6 == null ? null : new TcpNat(net6);
    this.udp = new UdpFlows(loops, packets, plan.mtu(), drops);
    this.dropReport = new DropReport(drops, log);
    this.reading = new CountDownLatch(packets.queues());
  }

  /**
   * Opens the device. Where none runs it comes up at once, routes included; beside one that runs it
   * waits, under another name, for {@link #takeOver}.
   */
  static TunDevice open(
      TunPlan plan, List<Device> running, EventLoopGroup loops, ILoggerFactory logs)
      throws IOException {
    if (!Transports.isNative(loops)) {
      throw new IOException("a TUN device needs Linux and epoll");
    }
    if (plan.fd() >= 0) {
      LinuxTun handed = LinuxTun.handedIn(plan.fd());
      try {
        TunDevice device =
            new TunDevice(addressed(plan, handed.name()), handed, false, loops, logs);
        device.startIfAlone(running);
        return device;
      } catch (IOException | RuntimeException e) {
        handed.close();
        throw e;
      }
    }
    int queues = Math.max(1, Math.min(16, Runtime.getRuntime().availableProcessors()));
    boolean beside = !running.isEmpty();
    LinuxTun made = LinuxTun.create(beside ? temporaryName(plan.name()) : plan.name(), queues);
    try {
      TunLink.mtu(made.name(), plan.mtu());
      TunDevice device = new TunDevice(plan, made, beside, loops, logs);
      device.startIfAlone(running);
      return device;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private static String temporaryName(String name) {
    return "leaf-" + Integer.toHexString(name.hashCode() & 0xff_ffff);
  }

  /** The plan with the addresses that the device has. */
  private static TunPlan addressed(TunPlan plan, String name) throws IOException {
    NetworkInterface found = NetworkInterface.getByName(name);
    TunNet four = null;
    TunNet six = null;
    for (InterfaceAddress has :
        found == null ? List.<InterfaceAddress>of() : found.getInterfaceAddresses()) {
      InetAddress address = has.getAddress();
      if (address.isLinkLocalAddress()) {
        continue;
      }
      try {
        TunNet net =
            TunNet.of(InetAddress.getByAddress(address.getAddress()), has.getNetworkPrefixLength());
        four = four == null && !net.six() ? net : four;
        six = six == null && net.six() ? net : six;
      } catch (IllegalArgumentException e) {
        throw new IOException("tun-fd " + plan.fd() + " (" + name + "): " + e.getMessage(), e);
      }
    }
    if (four == null && six == null) {
      throw new IOException(
          "tun-fd "
              + plan.fd()
              + ": the device '"
              + name
              + "' has no address; give it one before Leaf starts");
    }
    return plan.on(name, four, six);
  }

  private void startIfAlone(List<Device> running) throws IOException {
    if (running.isEmpty()) {
      up(plan.autoRoute());
    }
  }

  private void up(boolean alone) throws IOException {
    if (alone) {
      TunLink.clearAbandoned();
      stopForwarding();
    }
    if (plan.fd() < 0) {
      TunLink.up(
          plan.name(),
          plan.nets().stream().map(n -> new TunLink.Address(n.address(), n.prefix())).toList());
    }
    if (!plan.autoRoute()) {
      return;
    }
    try {
      if (plan.gateway()) {
        forwards = true;
        Gateway.on(plan.name(), plan.six() != null, log);
      }
      route();
    } catch (IOException e) {
      if (forwards) {
        stopForwarding();
      }
      throw e;
    }
  }

  private void route() throws IOException {
    TunNet net4 = plan.four();
    TunNet net6 = plan.six();
    if (net4 == null) {
      throw new IOException("auto-route needs an IPv4 address on the device");
    }
    TunLink.lead(
        new TunLink.Routes(
            plan.name(),
            net4.address(),
            net6 == null ? null : net6.address(),
            former,
            plan.mark(),
            plan.dnsRoutes()));
    routed = true;
  }

  private void stopForwarding() {
    forwards = false;
    try {
      Gateway.off();
    } catch (IOException e) {
      log.error("what GATEWAY_MODE switched on stays so: {}", e.getMessage());
    }
  }

  @Override
  public List<InetAddress> addresses() {
    return plan.nets().stream().map(TunNet::address).toList();
  }

  @Override
  public void takeOver(List<Device> before) throws IOException {
    if (before.isEmpty()) {
      return;
    }
    boolean hold = plan.autoRoute() && before.stream().anyMatch(d -> ((TunDevice) d).routed);
    if (hold) {
      TunLink.hold(true);
    }
    for (Device device : before) {
      TunDevice old = (TunDevice) device;
      old.close(hold);
      former.addAll(old.former);
      former.addAll(old.addresses());
    }
    former.removeAll(addresses());
    if (former.size() > MAX_FORMER) {
      former.subList(0, former.size() - MAX_FORMER).clear(); // the oldest
    }
    if (temporary) {
      TunLink.rename(packets.name(), plan.name());
    }
    up(!hold);
    if (hold) {
      TunLink.hold(false);
    }
  }

  @Override
  public void serve(DeviceInbound next, List<InetSocketAddress> listening) {
    TunInbound now = (TunInbound) next;
    now.serves(this);
    inbound = now;
    for (InetSocketAddress socket : listening) {
      TcpNat nat = nat(socket.getAddress() instanceof Inet6Address);
      if (nat != null) {
        nat.listeningPort = socket.getPort();
      }
    }
    if (serving) {
      return;
    }
    serving = true;
    var threads = new DefaultThreadFactory("leaf-tun", true);
    for (int queue = 0; queue < packets.queues(); queue++) {
      List<LoopMail> mail = loops.stream().map(LoopMail::new).toList();
      QueueReader reader = new QueueReader(this, queue, mail, ticker);
      threads
          .newThread(
              () -> {
                try {
                  reader.run();
                } finally {
                  reading.countDown();
                }
              })
          .start();
    }
    sweep =
        loops
            .getFirst()
            .scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    log.info(
        "device {} is up: {}, mtu {}, {} queues{}",
        plan.name(),
        plan.nets().stream().map(n -> n.address().getHostAddress() + "/" + n.prefix()).toList(),
        plan.mtu(),
        packets.queues(),
        routed ? ", all traffic led to it (mark " + plan.mark() + " goes beside it)" : "");
  }

  private void sweep() {
    long now = ticker.nanoTime();
    if (four != null) {
      four.sweep(now);
    }
    if (six != null) {
      six.sweep(now);
    }
    udp.sweep();
    dropReport.look(now);
  }

  /** The client's connection that this one of ours stands for; null when there is none. */
  @Nullable TcpFlow accepted(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
      return null;
    }
    TcpNat nat = nat(peer.getAddress() instanceof Inet6Address);
    TcpFlow flow =
        nat == null
                || Flow.low(peer.getAddress()) != nat.peerLow
                || Flow.high(peer.getAddress()) != nat.peerHigh
            ? null
            : nat.byPort(peer.getPort());
    if (flow == null || flow.channel != null) {
      return null;
    }
    flow.channel = channel;
    channel
        .closeFuture()
        .addListener(
            done -> {
              flow.seenNanos = ticker.nanoTime();
              flow.closed = true;
              flow.channel = null;
            });
    return flow;
  }

  int mtu() {
    return plan.mtu();
  }

  PacketDevice packets() {
    return packets;
  }

  DropCounts drops() {
    return drops;
  }

  Reassembly fragments() {
    return fragments;
  }

  UdpFlows udp() {
    return udp;
  }

  List<EventLoop> loops() {
    return loops;
  }

  @Nullable TcpNat nat(boolean ofSix) {
    return ofSix ? six : four;
  }

  /** Who serves it; only asked once somebody does. */
  TunInbound inbound() {
    TunInbound now = inbound;
    if (now == null) {
      throw new IllegalStateException("nobody serves the device");
    }
    return now;
  }

  /** Whether a packet is for the device's own subnet, in which nobody lives. */
  boolean ownSubnet(PacketView packet) {
    TunNet net = packet.six() ? plan.six() : plan.four();
    return net != null
        && ((packet.targetHigh() ^ Flow.high(net.address())) & net.maskHigh()) == 0
        && ((packet.targetLow() ^ Flow.low(net.address())) & net.maskLow()) == 0;
  }

  /** A fault of ours on one packet. */
  void failed(RuntimeException e) {
    drops.add(Drop.FAULT);
    long suppressed = failures.pass(ticker.nanoTime());
    if (suppressed >= 0) {
      log.warn("a packet was lost to a fault; {} more since the last such line", suppressed, e);
    }
  }

  /** The device can be read no more, though nobody closed it. */
  void gone() {
    log.error("device {} is gone; reload or restart to make it again", plan.name());
  }

  @Override
  public void close() {
    close(false);
  }

  /**
   * @param keepRules somebody else takes the traffic over
   */
  private void close(boolean keepRules) {
    if (closed) {
      return;
    }
    closed = true;
    if (routed && !keepRules) {
      try {
        TunLink.clear();
      } catch (IOException e) {
        log.error(
            "rules of routing table {} could not be removed: {}", TunLink.TABLE, e.getMessage());
      }
    }
    if (forwards) {
      stopForwarding();
    }
    Future<?> sweeping = sweep;
    if (sweeping != null) {
      sweeping.cancel(false);
    }
    if (letGo()) {
      packets.close();
    }
    if (serving) {
      String dropped = drops.toString();
      log.info(
          "device {} is closed{}",
          plan.name(),
          dropped.isEmpty() ? "" : "; dropped packets: " + dropped);
    }
  }

  /** Ends everybody's use of the device: first the loops', then, when all is read, the readers'. */
  private boolean letGo() {
    if (!serving) {
      return true;
    }
    for (TcpNat nat : new @Nullable TcpNat[] {four, six}) {
      if (nat != null) {
        nat.channels().forEach(Channel::close);
      }
    }
    CountDownLatch done = new CountDownLatch(loops.size());
    for (int i = 0; i < loops.size(); i++) {
      int loop = i;
      try {
        loops
            .get(i)
            .execute(
                () -> {
                  udp.end(loop);
                  done.countDown();
                });
      } catch (RejectedExecutionException e) {
        done.countDown(); // it has ended, and uses nothing any more
      }
    }
    try {
      boolean free = done.await(LET_GO_SECONDS, TimeUnit.SECONDS);
      packets.wake();
      if (reading.await(LET_GO_SECONDS, TimeUnit.SECONDS) && free) {
        return true;
      }
      log.error("device {} is still in use and cannot be closed", plan.name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it closes with the process
    }
    return false;
  }
}
